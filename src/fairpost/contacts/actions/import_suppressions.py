"""Suppresses every address of a file, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.actions.import_contacts import readable
from fairpost.contacts.imports.encoding import WIDE, find_encoding
from fairpost.contacts.imports.opening import Wishes, make_plan
from fairpost.contacts.imports.records import read_chunk
from fairpost.contacts.imports.staging_rows import Reject, stage_rows
from fairpost.contacts.reach import Reach, authorise_reach, read_reach
from fairpost.contacts.suppression import add_suppressions
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _

CHUNK = 10_000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class SuppressedFile:
    """Counts, and the first hundred rows that hold no address as (line, value, reason)."""

    added: int
    already: int
    rejected: int
    rejects: list[tuple[int, str, str]]


@transaction.atomic
def import_suppressions(
    *,
    actor: Actor,
    account_id: int,
    path: Path,
    reach: str,
    reason: str,
    encoding: str = "",
    clock: Clock | None = None,
) -> SuppressedFile:
    """Every row's address, in the column that holds addresses, is suppressed; in one transaction."""
    wanted = read_reach(reach)
    authorise_reach(actor, account_id, wanted, act="suppression.add")
    reason = single_line(reason, "reason")
    clock = clock or SystemClock()
    result = suppress_file(account_id, readable(path), encoding, wanted, reason, clock)
    record(
        actor=actor,
        act="suppression.imported",
        account_id=None if wanted.kind == "installation" else account_id,
        subject=f"suppression:{wanted.kind}",
        reason=reason,
        facts={"added": result.added, "already": result.already, "reach": wanted.kind, "reach_id": wanted.key},
        clock=clock,
    )
    return result


def suppress_file(
    account_id: int, path: Path, encoding: str, reach: Reach, reason: str, clock: Clock
) -> SuppressedFile:
    found = find_encoding(path, encoding)
    if found.name.replace("_", "-") in WIDE:
        raise Invalid(_("Save the file as UTF-8 first."), field="encoding")
    # Role addresses and all: whoever asks not to be mailed is not.
    plan = make_plan(path, found, Wishes(refuse_roles=False), {})
    plan = type(plan)(**{**plan.to_json(), "columns": ()})
    added = given = rejected = 0
    shown: list[Reject] = []
    offset, line = plan.start(path)
    with path.open("rb") as file, connection.cursor() as cursor:
        file.seek(offset)
        while True:
            chunk = read_chunk(file, line, CHUNK, plan.encoding, plan.delimiter)
            if not chunk.rows and not chunk.broken:
                break
            line = chunk.next_line
            staged = stage_rows(chunk, plan)
            canonicals = [row.split("\t")[1] for row in staged.data.decode().splitlines()]
            if canonicals:
                added += add_suppressions(cursor, account_id, canonicals, reach, reason, path.name[:200], clock.now())
            given += staged.count
            rejected += len(staged.rejects)
            shown += staged.rejects[: SHOWN - len(shown)]
    return SuppressedFile(added, given - added, rejected, [(each.line, each.value, each.reason) for each in shown])
