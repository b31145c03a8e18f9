"""Conditions over contacts are asked of a chunk of 65,536 ordinals once, and again only when a contact of it changed.

An answer is kept with the version its chunk had in the very snapshot that it was found in: version and contacts are
read by one statement, and so are versions and answers when it is used. A change adds to the version in the transaction
that makes it, so a snapshot that sees the same version sees the same contacts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from queue import Empty, SimpleQueue
from typing import Any

from psycopg import Connection, Cursor, OperationalError
from psycopg.pq import TransactionStatus
from pyroaring import BitMap

from fairpost.contacts.queries.members import CHUNK_BITS, ordinals_of
from fairpost.contacts.queries.scan import RANGE, Compiled, question, raw_value

MANY = 4  # parts, of a million contacts each, from which on a second connection is worth opening
CHUNKS_AT_ONCE = RANGE >> CHUNK_BITS
LOCK = 0x5E6  # with the account: who may write its answers

# Both tables by (account_id, ..., chunk).
SELECT_TRUE = """
SELECT a.condition, a.chunk, a.members, a.used_on < %s FROM segment_answer a
WHERE a.account_id = %s AND a.condition = ANY(%b) AND a.version = COALESCE(
    (SELECT sum(k.version) FROM contact_chunk k WHERE k.account_id = a.account_id AND k.chunk = a.chunk), 0)
"""
# Contacts by the primary key (account_id, ordinal).
ASK = """
SELECT (SELECT json_object_agg(v.chunk, v.version) FROM (
        SELECT chunk, sum(version) AS version FROM contact_chunk
        WHERE account_id = %s AND chunk >= %s AND chunk < %s GROUP BY chunk) v), {columns}
FROM contact c WHERE {where} AND c.account_id = %s AND c.ordinal >= %s AND c.ordinal < %s
"""
# A later answer is never overwritten by an earlier one that took longer.
KEEP = """
INSERT INTO segment_answer (account_id, condition, chunk, version, members, used_on)
SELECT %s, t.condition, t.chunk, t.version, t.members, %s
FROM unnest(%b::bytea[], %s::integer[], %s::bigint[], %b::bytea[]) AS t (condition, chunk, version, members)
ON CONFLICT (account_id, condition, chunk) DO UPDATE
SET version = EXCLUDED.version, members = EXCLUDED.members, used_on = EXCLUDED.used_on
WHERE segment_answer.version < EXCLUDED.version
"""
USED = "UPDATE segment_answer SET used_on = %s WHERE account_id = %s AND condition = ANY(%b) AND used_on < %s"


Part = tuple[range, Sequence[tuple[bytes, Compiled]]]  # chunks, and what is asked of them


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one chunk, at one version of it."""

    condition: bytes
    chunk: int
    version: int
    members: BitMap


def answers(connection: Connection[Any], account_id: int, asked: Sequence[Compiled], today: date) -> list[BitMap]:
    """One set of ordinals for each condition; `today` is the day it is used on."""
    if not asked:
        return []
    keys = [key_of(each) for each in asked]
    by_key = dict(zip(keys, asked, strict=True))  # two may come out alike
    found, missing = kept_answers(connection, account_id, by_key, range(chunks_of(connection, account_id)), today)
    parts = [(chunks, [(key, by_key[key]) for key in wanted]) for chunks, wanted in spans(missing)]
    fresh = ask_all(connection, account_id, parts)
    for each in fresh:
        found[each.condition] |= each.members
    if fresh:
        keep(connection, account_id, fresh, today)
    return [found[key] for key in keys]


def key_of(asked: Compiled) -> bytes:
    """What an answer is kept under: another sentence or another value is another condition."""
    return hashlib.sha256(repr(asked).encode()).digest()


def chunks_of(connection: Connection[Any], account_id: int) -> int:
    """How many chunks hold every ordinal that the account has given out."""
    row = connection.execute("SELECT next FROM contact_ordinal WHERE account_id = %s", (account_id,)).fetchone()
    return ((row[0] - 1) >> CHUNK_BITS) + 1 if row else 0


def kept_answers(
    connection: Connection[Any], account_id: int, keys: Iterable[bytes], chunks: range, today: date
) -> tuple[dict[bytes, BitMap], list[tuple[bytes, ...]]]:
    """(what is known of each condition, the conditions that are to be asked in each of the chunks)."""
    parts: dict[bytes, dict[int, BitMap]] = {key: {} for key in keys}
    idle = False
    with Cursor(connection) as cursor:
        cursor.execute(SELECT_TRUE, [today, account_id, list(parts)], binary=True)
        for condition, chunk, members, unused in cursor:
            if chunk in chunks:
                parts[condition][chunk] = BitMap.deserialize(members)
                idle = idle or unused
    if idle:
        write(connection, account_id, USED, [today, account_id, list(parts), today])
    missing = [tuple(key for key, own in parts.items() if chunk not in own) for chunk in chunks]
    return {key: BitMap.union(BitMap(), *own.values()) for key, own in parts.items()}, missing


def spans(missing: Sequence[tuple[bytes, ...]]) -> Iterator[tuple[range, tuple[bytes, ...]]]:
    """Neighbouring chunks that the same conditions are to be asked in, some at once so that memory is bounded."""
    start = 0
    for chunk in range(1, len(missing) + 1):
        if chunk == len(missing) or missing[chunk] != missing[start] or chunk - start == CHUNKS_AT_ONCE:
            if missing[start]:
                yield range(start, chunk), missing[start]
            start = chunk


def ask_all(connection: Connection[Any], account_id: int, parts: Sequence[Part]) -> list[Answer]:
    """Asks part after part; many of them over a second connection as well: each keeps one core of the server busy.

    Not inside a transaction: what it has changed itself only its own connection sees.
    """
    waiting: SimpleQueue[Part] = SimpleQueue()
    for part in parts:
        waiting.put(part)
    if len(parts) < MANY or connection.info.transaction_status != TransactionStatus.IDLE:
        return ask_waiting(connection, account_id, waiting)
    with ThreadPoolExecutor(1, "answers") as pool:
        other = pool.submit(ask_beside, connection, account_id, waiting)
        return ask_waiting(connection, account_id, waiting) + other.result()


def ask_beside(connection: Connection[Any], account_id: int, waiting: SimpleQueue[Part]) -> list[Answer]:
    """The same on a connection of its own; nothing where the server has none left."""
    try:
        second = Connection.connect(connection.info.dsn, password=connection.info.password, autocommit=True)
    except OperationalError:
        return []
    with second:
        return ask_waiting(second, account_id, waiting)


def ask_waiting(connection: Connection[Any], account_id: int, waiting: SimpleQueue[Part]) -> list[Answer]:
    found: list[Answer] = []
    with suppress(Empty):
        while True:
            chunks, asked = waiting.get_nowait()
            found += ask(connection, account_id, asked, chunks)
    return found


def ask(
    connection: Connection[Any], account_id: int, asked: Sequence[tuple[bytes, Compiled]], chunks: range
) -> list[Answer]:
    """Asks the conditions in these chunks, with the versions they have in the same snapshot."""
    columns, where, values = question([each for _key, each in asked])
    span = [account_id, chunks.start << CHUNK_BITS, chunks.stop << CHUNK_BITS]
    sql = ASK.format(columns=columns, where=where)
    with connection.transaction(), Cursor(connection) as cursor:
        # A bitmap scan reads ahead, an index scan does not: a third less where contacts come from the disk.
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(sql, [account_id, chunks.start, chunks.stop, *values, *span], binary=True)  # type: ignore[arg-type]
        versions = json.loads(raw_value(cursor, 0) or "{}")
        found = [ordinals_of(raw_value(cursor, 1 + column)) for column in range(len(asked))]
        cursor.execute("SET LOCAL enable_indexscan TO DEFAULT")
    return [
        Answer(key, chunk, int(versions.get(str(chunk), 0)), part_of(members, chunk))
        for (key, _asked), members in zip(asked, found, strict=True)
        for chunk in chunks
    ]


def part_of(members: BitMap, chunk: int) -> BitMap:
    start = chunk << CHUNK_BITS
    return members & BitMap(range(start, start + (1 << CHUNK_BITS)))


def keep(connection: Connection[Any], account_id: int, fresh: Sequence[Answer], today: date) -> None:
    columns: list[list[Any]] = [
        [each.condition for each in fresh],
        [each.chunk for each in fresh],
        [each.version for each in fresh],
        [packed(each.members) for each in fresh],
    ]
    write(connection, account_id, KEEP, [account_id, today, *columns])


def packed(members: BitMap) -> bytes:
    members.run_optimize()
    return members.serialize()


def write(connection: Connection[Any], account_id: int, sql: str, values: list[Any]) -> None:
    """Writes unless somebody else is writing answers of this account: a count never waits for another's transaction."""
    with connection.transaction():
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, account_id]).fetchone()
        if row and row[0]:
            connection.execute(sql, values)  # type: ignore[arg-type]
