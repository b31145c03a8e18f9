"""Members join and leave a list a chunk of 65,536 ordinals at a time; each chunk is one row, held while it changes."""

from __future__ import annotations

from typing import Any

from pyroaring import BitMap

from fairpost.contacts.queries.members import CHUNK_BITS


def add_members(cursor: Any, account_id: int, list_id: int, ordinals: BitMap) -> int:
    """Adds members inside the caller's transaction; returns how many were not members before."""
    return change(cursor, account_id, list_id, ordinals, joining=True)


def remove_members(cursor: Any, account_id: int, list_id: int, ordinals: BitMap) -> int:
    """Removes members inside the caller's transaction; returns how many were members."""
    return change(cursor, account_id, list_id, ordinals, joining=False)


def change(cursor: Any, account_id: int, list_id: int, ordinals: BitMap, joining: bool) -> int:
    changed = 0
    for chunk, part in by_chunk(ordinals):
        # Always in order of chunks, so that two changes of one list wait for each other and never deadlock.
        cursor.execute(
            "INSERT INTO list_chunk (account_id, list_id, chunk, members) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [account_id, list_id, chunk, BitMap().serialize()],
        )
        cursor.execute(
            "SELECT members FROM list_chunk WHERE account_id = %s AND list_id = %s AND chunk = %s FOR UPDATE",
            [account_id, list_id, chunk],
        )
        before = BitMap.deserialize(bytes(cursor.fetchone()[0]))
        after = before | part if joining else before - part
        if after != before:
            after.run_optimize()
            cursor.execute(
                "UPDATE list_chunk SET members = %s WHERE account_id = %s AND list_id = %s AND chunk = %s",
                [after.serialize(), account_id, list_id, chunk],
            )
            changed += abs(len(after) - len(before))
    return changed


def by_chunk(ordinals: BitMap):
    """(chunk number, its part of the ordinals), in order."""
    if not ordinals:
        return
    for chunk in range(ordinals.min() >> CHUNK_BITS, (ordinals.max() >> CHUNK_BITS) + 1):
        start = chunk << CHUNK_BITS
        part = ordinals & BitMap(range(start, start + (1 << CHUNK_BITS)))
        if part:
            yield chunk, part
