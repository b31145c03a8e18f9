"""Who did what is kept as sets, one roaring bitmap per chunk of ordinals, and written here and nowhere else.

A chunk has 65,536 ordinals; that of a single link, which few follow, has 16 times as many and the first one's number.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from pyroaring import BitMap

CHUNK_BITS = 16
LINK_CHUNK_BITS = 20
NO_LINK = -1

SetKey = tuple[int, int, int, int]  # campaign, kind, link (-1: any), chunk
DayKey = tuple[int, date, int]  # kind, day, chunk


@dataclass(frozen=True, slots=True)
class Table:
    """The statements for one of the two tables; each takes the account and one array for each column of the key."""

    lock: str
    update: str
    insert: str


# By the primary keys. All rows are locked, and then inserted, in the order of the keys, so that two writers wait for
# each other and never deadlock. What another writer inserts meanwhile is left by INSERT and locked in another round.
SETS = Table(
    """
    SELECT m.campaign_id, m.kind, m.link, m.chunk, m.members FROM event_members AS m
    JOIN unnest(%s::int[], %s::smallint[], %s::smallint[], %s::int[]) AS k (campaign_id, kind, link, chunk)
        USING (campaign_id, kind, link, chunk)
    WHERE m.account_id = %s ORDER BY 1, 2, 3, 4 FOR UPDATE OF m""",
    """
    UPDATE event_members AS m SET members = k.members
    FROM unnest(%s::int[], %s::smallint[], %s::smallint[], %s::int[], %s::bytea[])
        AS k (campaign_id, kind, link, chunk, members)
    WHERE m.account_id = %s AND m.campaign_id = k.campaign_id AND m.kind = k.kind AND m.link = k.link
      AND m.chunk = k.chunk""",
    """
    INSERT INTO event_members (campaign_id, kind, link, chunk, members, account_id)
    SELECT k.*, %s FROM unnest(%s::int[], %s::smallint[], %s::smallint[], %s::int[], %s::bytea[]) AS k
    ON CONFLICT (account_id, campaign_id, kind, link, chunk) DO NOTHING
    RETURNING campaign_id, kind, link, chunk""",
)
DAYS = Table(
    """
    SELECT m.kind, m.day, m.chunk, m.members FROM event_day_members AS m
    JOIN unnest(%s::smallint[], %s::date[], %s::int[]) AS k (kind, day, chunk) USING (kind, day, chunk)
    WHERE m.account_id = %s ORDER BY 1, 2, 3 FOR UPDATE OF m""",
    """
    UPDATE event_day_members AS m SET members = k.members
    FROM unnest(%s::smallint[], %s::date[], %s::int[], %s::bytea[]) AS k (kind, day, chunk, members)
    WHERE m.account_id = %s AND m.kind = k.kind AND m.day = k.day AND m.chunk = k.chunk""",
    """
    INSERT INTO event_day_members (kind, day, chunk, members, account_id)
    SELECT k.*, %s FROM unnest(%s::smallint[], %s::date[], %s::int[], %s::bytea[]) AS k
    ON CONFLICT (account_id, kind, day, chunk) DO NOTHING
    RETURNING kind, day, chunk""",
)

# By the primary key, in its order.
COUNT = """
    INSERT INTO event_count (account_id, campaign_id, kind, link, people, total)
    SELECT %s, k.*, 0 FROM unnest(%s::int[], %s::smallint[], %s::smallint[], %s::bigint[]) AS k
    ON CONFLICT (account_id, campaign_id, kind, link) DO UPDATE SET people = event_count.people + EXCLUDED.people"""


def add_members(
    cursor: Any, account_id: int, campaign_id: int, kind: int, ordinals: BitMap, *, day: date, link: int = NO_LINK
) -> int:
    """Adds who did it, in the caller's transaction; returns how many had not done it before.

    A set for any link (-1) goes into the day's set as well; one for a single link does not.
    """
    parts = dict(by_chunk(ordinals, link))
    added = add_sets(cursor, account_id, {(campaign_id, kind, link, chunk): part for chunk, part in parts.items()})
    if link == NO_LINK:
        add_day_sets(cursor, account_id, {(kind, day, chunk): part for chunk, part in parts.items()})
    return added


def add_sets(cursor: Any, account_id: int, sets: Mapping[SetKey, BitMap]) -> int:
    """Adds many sets of one account at once; returns how many of their members are new."""
    added: dict[tuple[int, int, int], int] = defaultdict(int)
    for key, new in merge(cursor, SETS, account_id, sets):
        added[key[:3]] += new
    if added:
        keys = dict(sorted(added.items()))
        cursor.execute(COUNT, [account_id, *columns(keys), literal(keys.values())])
    return sum(added.values())


def add_day_sets(cursor: Any, account_id: int, sets: Mapping[DayKey, BitMap]) -> None:
    """The same for the sets of a day, which are not counted."""
    for _row in merge(cursor, DAYS, account_id, sets):
        pass


def merge(cursor: Any, table: Table, account_id: int, sets: Mapping[Any, BitMap]) -> Iterator[tuple[Any, int]]:
    """Writes the sets; gives (key, members that are new) of each that has some."""
    waiting = dict(sorted(sets.items()))
    while waiting:
        cursor.execute(table.lock, [*columns(waiting), account_id])
        grown = {}
        for *parts, members in cursor.fetchall():
            key = tuple(parts)
            before = BitMap.deserialize(bytes(members))
            after = before | waiting.pop(key)
            if len(after) > len(before):
                grown[key] = after
                yield key, len(after) - len(before)
        if grown:
            cursor.execute(table.update, [*columns(grown), contents(grown), account_id])
        if waiting:
            cursor.execute(table.insert, [account_id, *columns(waiting), contents(waiting)])
            for row in cursor.fetchall():
                yield row, len(waiting.pop(tuple(row)))


def columns(keys: Iterable[tuple[Any, ...]]) -> list[str]:
    """An array literal for each column of the keys: numbers and dates, for which that is much quicker than a list."""
    return [literal(column) for column in zip(*keys, strict=True)]


def literal(values: Iterable[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def contents(sets: Mapping[Any, BitMap]) -> str:
    """An array literal of the sets."""
    for each in sets.values():
        each.run_optimize()
    return literal(f'"\\\\x{each.serialize().hex()}"' for each in sets.values())


def bits_of(link: int) -> int:
    """How many bits of an ordinal are its place within a set's chunk."""
    return CHUNK_BITS if link == NO_LINK else LINK_CHUNK_BITS


def chunk_of(ordinal: int, link: int = NO_LINK) -> int:
    """The chunk under which the set of this link (-1: any) has the ordinal."""
    return ordinal >> bits_of(link) << (bits_of(link) - CHUNK_BITS)


def by_chunk(ordinals: BitMap, link: int = NO_LINK) -> Iterator[tuple[int, BitMap]]:
    """(chunk number, its part of the ordinals), in order."""
    if not ordinals:
        return
    numbers = np.frombuffer(ordinals.to_array(), dtype=np.uint32)
    cuts = np.flatnonzero(np.diff(numbers >> bits_of(link))) + 1
    for part in np.split(numbers, cuts):
        yield chunk_of(int(part[0]), link), bitmap(part)


def bitmap(ordinals: np.ndarray) -> BitMap:
    """The set of these (uint32); by way of a plain array, which the library takes without a look at each number."""
    return BitMap(array("I", ordinals.tobytes()))


def members(connection: Any, account_id: int, campaign_ids: list[int], kinds: list[int], link: int = NO_LINK) -> BitMap:
    """Everybody who did any of these in any of the campaigns."""
    rows = connection.execute(
        "SELECT members FROM event_members"
        " WHERE account_id = %s AND campaign_id = ANY(%s) AND kind = ANY(%s) AND link = %s",
        [account_id, campaign_ids, kinds, link],
    )
    return BitMap.union(BitMap(), *(BitMap.deserialize(bytes(each)) for (each,) in rows))
