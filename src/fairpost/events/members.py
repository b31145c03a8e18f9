"""Who did what is kept as sets, one roaring bitmap per chunk of 65,536 ordinals, and written here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from pyroaring import BitMap

CHUNK_BITS = 16
NO_LINK = -1
EMPTY = BitMap().serialize()

# By the primary keys. Chunks come in order, so that two writers wait for each other and never deadlock.
LOCK = """
    INSERT INTO event_members (account_id, campaign_id, kind, link, chunk, members) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, campaign_id, kind, link, chunk) DO UPDATE SET members = event_members.members
    RETURNING members"""
WRITE = """
    UPDATE event_members SET members = %s
    WHERE account_id = %s AND campaign_id = %s AND kind = %s AND link = %s AND chunk = %s"""
LOCK_DAY = """
    INSERT INTO event_day_members (account_id, kind, day, chunk, members) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (account_id, kind, day, chunk) DO UPDATE SET members = event_day_members.members
    RETURNING members"""
WRITE_DAY = """
    UPDATE event_day_members SET members = %s WHERE account_id = %s AND kind = %s AND day = %s AND chunk = %s"""


def add_members(
    cursor: Any, account_id: int, campaign_id: int, kind: int, ordinals: BitMap, *, day: date, link: int = NO_LINK
) -> int:
    """Adds who did it, in the caller's transaction; returns how many had not done it before.

    A set for any link (-1) goes into the day's set as well; one for a single link does not.
    """
    added = 0
    for chunk, part in by_chunk(ordinals):
        added += merge(cursor, LOCK, WRITE, (account_id, campaign_id, kind, link, chunk), part)
        if link == NO_LINK:
            merge(cursor, LOCK_DAY, WRITE_DAY, (account_id, kind, day, chunk), part)
    return added


def merge(cursor: Any, lock: str, write: str, key: tuple[Any, ...], part: BitMap) -> int:
    """Puts `part` into one row, locked meanwhile; returns how many were new in it."""
    cursor.execute(lock, [*key, EMPTY])
    before = BitMap.deserialize(bytes(cursor.fetchone()[0]))
    after = before | part
    if len(after) == len(before):
        return 0
    after.run_optimize()
    cursor.execute(write, [after.serialize(), *key])
    return len(after) - len(before)


def by_chunk(ordinals: BitMap) -> Iterator[tuple[int, BitMap]]:
    """(chunk number, its part of the ordinals), in order."""
    numbers = np.array(ordinals, dtype=np.uint32)
    if not len(numbers):
        return
    cuts = np.flatnonzero(np.diff(numbers >> CHUNK_BITS)) + 1
    for part in np.split(numbers, cuts):
        yield int(part[0]) >> CHUNK_BITS, BitMap(part)


def members(connection: Any, account_id: int, campaign_ids: list[int], kinds: list[int], link: int = NO_LINK) -> BitMap:
    """Everybody who did any of these in any of the campaigns."""
    rows = connection.execute(
        "SELECT members FROM event_members"
        " WHERE account_id = %s AND campaign_id = ANY(%s) AND kind = ANY(%s) AND link = %s",
        [account_id, campaign_ids, kinds, link],
    )
    return BitMap.union(BitMap(), *(BitMap.deserialize(bytes(each)) for (each,) in rows))
