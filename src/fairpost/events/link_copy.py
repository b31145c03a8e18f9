"""The local copy of links says where the links of a campaign lead, so that clicks need no database.

One file for each campaign, made from its immutable content version by the folding process of an edge and read by its
serving processes. Who misses one asks for it with an empty file in `wanted`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

LINKS, WANTED = "links", "wanted"
Key = tuple[int, int]  # account, campaign


@dataclass(frozen=True, slots=True)
class LinkCopy:
    """`links` are (address as its author wrote it, whether it asks for donations), by number.

    `sender` is the legal sender, `lists` the names of the lists that were written to, as pages show them. On `until`
    (ISO date) the last token of the campaign's links is over.
    """

    links: Sequence[tuple[str, bool]]
    sender: str
    lists: Sequence[str]
    until: str

    def is_over(self, today: date) -> bool:
        return today.isoformat() > self.until


def copy_path(folder: Path, key: Key) -> Path:
    return folder / LINKS / str(key[0]) / f"{key[1]}.json"


def read_copy(folder: Path, key: Key) -> LinkCopy | None:
    """The campaign's copy; None where there is none."""
    try:
        held = json.loads(copy_path(folder, key).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return LinkCopy([(url, donation) for url, donation in held["links"]], held["sender"], held["lists"], held["until"])


def write_copy(folder: Path, key: Key, copy: LinkCopy) -> None:
    """Puts the copy in place, whole at once."""
    path = copy_path(folder, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(copy)))
    os.replace(draft, path)
    (folder / WANTED / wish_name(key)).unlink(missing_ok=True)


def remove_copy(folder: Path, key: Key) -> None:
    copy_path(folder, key).unlink(missing_ok=True)


def copied(folder: Path) -> set[Key]:
    """The campaigns whose copy is there."""
    return {
        (int(path.parent.name), int(path.stem))
        for path in (folder / LINKS).glob("*/*.json")
        if path.parent.name.isdecimal() and path.stem.isdecimal()
    }


def want(folder: Path, key: Key) -> None:
    """Asks for a campaign's copy."""
    (folder / WANTED).mkdir(exist_ok=True)
    (folder / WANTED / wish_name(key)).touch()


def wanted(folder: Path) -> list[Key]:
    """What is asked for."""
    names = [each.name.partition(".") for each in (folder / WANTED).glob("*.*")]
    return [(int(account), int(campaign)) for account, _dot, campaign in names]


def wish_name(key: Key) -> str:
    return f"{key[0]}.{key[1]}"
