"""Writes what a run of journal records means, in the caller's transaction.

Every ordinal of a batch is in at most one outcome row: what changes state leaves its old row in the same statement run.
The row of the frozen slice is locked first, so that folds of different machines take turns on one batch.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from pyroaring import BitMap

from fairpost.delivery.fold.collect import Gathered, HeldBack, Key, Place, bitmap
from fairpost.engine.journal.record import FINAL
from fairpost.engine.pacing.backoff import RetrySchedule

MAX_REFUSALS = 5  # attempts at a recipient whom policy refuses (5.7.x) before that is final
HELD_DELAY = timedelta(seconds=1)
RETRIES = RetrySchedule()
RANDOM = Random()


def outcomes_of(cursor: Any, place: Place) -> dict[tuple[str, str], BitMap]:
    """The outcome rows of one batch, after locking its frozen slice."""
    where = "account_id = %s AND campaign_id = %s AND batch_no = %s"
    cursor.execute(f"SELECT 1 FROM batch_audience WHERE {where} FOR UPDATE", place)
    cursor.execute(f"SELECT state, reason, members FROM batch_outcome WHERE {where}", place)
    return {
        (state, reason): BitMap.deserialize(bytes(members)) for state, reason, members in cursor.fetchall()
    }


def apply_states(
    cursor: Any, place: Place, states: dict[tuple[str, str], list[int]]
) -> dict[tuple[str, str], BitMap]:
    """Moves ordinals into their new states and returns all outcome rows of the batch as they are now."""
    rows = outcomes_of(cursor, place)
    changed = set()
    for state, ordinals in states.items():
        moved = bitmap(ordinals)
        for other, members in rows.items():
            if other != state and members.intersect(moved):
                members -= moved
                changed.add(other)
        rows.setdefault(state, BitMap()).update(moved)
        changed.add(state)
    for state in changed:
        write_outcome(cursor, place, state, rows[state])
    return {state: members for state, members in rows.items() if members}


def write_outcome(cursor: Any, place: Place, state: tuple[str, str], members: BitMap) -> None:
    if members:
        members.run_optimize()
        cursor.execute(
            "INSERT INTO batch_outcome (account_id, campaign_id, batch_no, state, reason, size, members)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id, campaign_id, batch_no, state, reason)"
            " DO UPDATE SET size = EXCLUDED.size, members = EXCLUDED.members",
            [*place, *state, len(members), members.serialize()],
        )
    else:
        cursor.execute(
            "DELETE FROM batch_outcome WHERE account_id = %s AND campaign_id = %s AND batch_no = %s"
            " AND state = %s AND reason = %s",
            [*place, *state],
        )


def store_trail(
    cursor: Any, place: Place, sender: UUID, position: int, gathered: Gathered, now: datetime
) -> None:
    """Keeps the records themselves, for questions about single messages."""
    if gathered.trail:
        cursor.execute(
            "INSERT INTO journal_segment (account_id, campaign_id, batch_no, sender_id, position, folded_at, records)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [*place, sender, position, now, zlib.compress(b"".join(gathered.trail), 1)],
        )


def return_part(cursor: Any, key: Key, sender: UUID, held: HeldBack | None, now: datetime) -> None:
    """Ends a lease: what is final is done, the rest goes on as ready parts, each with its own time.

    Nothing happens where the part is not leased by this sender any more (replayed twice, or abandoned).
    """
    place = key[:3]
    cursor.execute(
        "SELECT members, attempts, destination FROM batch WHERE account_id = %s AND campaign_id = %s AND batch_no = %s"
        " AND part = %s AND state = 'leased' AND sender_id = %s FOR UPDATE",
        [*key, sender],
    )
    row = cursor.fetchone()
    if row is None:
        return
    members, attempts, destination = BitMap.deserialize(bytes(row[0])), row[1], row[2]
    rows = outcomes_of(cursor, place)
    for (state, _reason), done in rows.items():
        if state in FINAL:
            members -= done
    deferred = BitMap()
    for (state, _reason), waiting in rows.items():
        if state == "deferred":
            deferred |= waiting & members
    refused = bitmap(held.refused) & members - deferred if held else BitMap()
    if refused and attempts + 1 >= MAX_REFUSALS:
        apply_states(cursor, place, {("failed", "refused by policy"): list(refused)})
        members -= refused
        refused = BitMap()
    again = deferred | refused
    members -= again
    later = now + timedelta(seconds=RETRIES.delay(attempts + 1, RANDOM))
    if held:
        for name, ordinals in held.by_destination.items():
            paced = bitmap(ordinals) & members
            members -= paced
            add_part(cursor, place, paced, name, attempts, now + HELD_DELAY)
    add_part(cursor, place, again, destination, attempts + 1, later)
    cursor.execute(
        "UPDATE batch SET state = %s, members = %s, size = %s, not_before = %s, sender_id = NULL, leased_at = NULL"
        " WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND part = %s",
        ["ready" if members else "done", members.serialize(), len(members), now, *key],
    )


def add_part(
    cursor: Any, place: Place, members: BitMap, destination: str, attempts: int, at: datetime
) -> None:
    """Adds a ready part with the next number of its batch (the caller holds the lock on the slice)."""
    if members:
        cursor.execute(
            "INSERT INTO batch (account_id, campaign_id, batch_no, part, state, members, size, destination, attempts,"
            " not_before) SELECT %s, %s, %s, max(part) + 1, 'ready', %s, %s, %s, %s, %s FROM batch"
            " WHERE account_id = %s AND campaign_id = %s AND batch_no = %s",
            [*place, members.serialize(), len(members), destination, attempts, at, *place],
        )


def finish_if_done(
    cursor: Any, account_id: int, campaign_id: int, now: datetime, of: tuple[str, ...] = ("running",)
) -> None:
    """Closes a dispatch in one of the states `of` whose parts are all done."""
    cursor.execute(
        "UPDATE dispatch SET state = 'finished', finished_at = %s, state_at = %s, state_reason = '', state_by = ''"
        " WHERE account_id = %s AND campaign_id = %s AND state = ANY(%s) AND NOT EXISTS"
        " (SELECT 1 FROM batch WHERE account_id = %s AND campaign_id = %s AND state <> 'done')",
        [now, now, account_id, campaign_id, list(of), account_id, campaign_id],
    )
