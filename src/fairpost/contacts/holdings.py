"""Everything that holds something on one person says so here: how to show it to them, and how to erase it.

`contacts` asks for a copy or an erasure; the apps above it hold things too. So each app names its holdings when Django
is set up (in its `ready`), as module:function, and nothing here imports them.

`export(cursor, whom)` returns what JSON can hold, of this one person only; None, an empty list or object is left out.
`erase(cursor, whom, now)` runs inside the transaction of the erasure and returns how many rows it changed; after it no
address in plain text and no link from anything to the contact is left in what it holds.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairpost.audit.holds import Held

NOTHING_HELD = Held(frozenset())


@dataclass(frozen=True, slots=True)
class Whom:
    """One address in one account. `ordinal` is None where it is no contact.

    `hashed` is what stands for the address after an erasure (empty in an export), `held` what legal holds name.
    """

    account_id: int
    canonical: str
    address: str
    ordinal: int | None
    hashed: str = ""
    held: Held = NOTHING_HELD


@dataclass(frozen=True, slots=True)
class Holding:
    """`name` is its key in a copy; `export` and `erase` are module:function, empty where there is nothing to do."""

    name: str
    export: str = ""
    erase: str = ""


HOLDINGS: dict[str, Holding] = {}


def declare(*holdings: Holding) -> None:
    """For the `ready` of an app. The same again changes nothing."""
    HOLDINGS.update({each.name: each for each in holdings})


def function_of(target: str) -> Callable[..., Any]:
    module, _colon, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)
