"""List membership as bitmaps: read from and written to `list_chunk`, a chunk of 65,536 ordinals a row."""

from __future__ import annotations

from typing import Any

import numpy as np
from psycopg import Connection, Cursor
from pyroaring import BitMap

CHUNK_BITS = 16

# By the primary key (account_id, list_id, chunk).
SELECT_CHUNKS = "SELECT members FROM list_chunk WHERE account_id = %s AND list_id = ANY(%s)"


def list_members(connection: Connection[Any], account_id: int, list_ids: list[int]) -> BitMap:
    """The ordinals that are members of any of the lists, which the caller checked to be the account's."""
    members = BitMap()
    with Cursor(connection) as cursor:
        cursor.execute(SELECT_CHUNKS, (account_id, list_ids), binary=True)
        for (chunk,) in cursor:
            members |= BitMap.deserialize(chunk)
    return members


def ordinals_of(array: bytes | None) -> BitMap:
    """The set in a PostgreSQL integer array in binary form (one dimension, no NULL)."""
    return BitMap(numbers_of(array).astype(np.uint32))


def numbers_of(array: bytes | None) -> np.ndarray:
    """The numbers in it (int32, big endian), in order; none where it is NULL."""
    if not array:
        return np.empty(0, dtype=">i4")
    return np.frombuffer(array, dtype=np.dtype([("size", ">i4"), ("value", ">i4")]), offset=20)["value"]


def count_contacts(connection: Connection[Any], account_id: int) -> int:
    """How many ordinals the account has given out: at least as many as it has contacts."""
    row = connection.execute("SELECT next - 1 FROM contact_ordinal WHERE account_id = %s", (account_id,)).fetchone()
    return row[0] if row else 0
