"""Knows the domain of every contact as arrays, so that millions of members are told apart without a join."""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

import numpy as np
from psycopg import Cursor

from fairpost.delivery.connect import connect
from fairpost.events.members import CHUNK_BITS
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

SPAN = 1 << CHUNK_BITS
# An element of a PostgreSQL integer array in binary form, behind the array's head (one dimension, no NULL).
ELEMENT, HEAD = np.dtype([("size", ">i4"), ("value", ">i4")]), 20
STEP = 64  # chunks that one run of the job makes at most
# By the primary key (account_id, ordinal), a range of it.
DOMAINS = """
SELECT substr(canonical, strpos(canonical, '@') + 1), array_agg(ordinal) FROM contact
WHERE account_id = %s AND ordinal >= %s AND ordinal < %s GROUP BY 1 ORDER BY 1
"""
# Few rows: one per 65,536 contacts.
LACKING = """
SELECT o.account_id, n.chunk, least(o.next, (n.chunk + 1) * %(span)s) FROM contact_ordinal AS o
CROSS JOIN LATERAL generate_series(0, (o.next - 1) / %(span)s) AS n (chunk)
LEFT JOIN domain_chunk AS d ON d.account_id = o.account_id AND d.chunk = n.chunk
WHERE d.next IS NULL OR d.next < least(o.next, (n.chunk + 1) * %(span)s)
ORDER BY 1, 2 LIMIT %(step)s
"""
KEEP = """
INSERT INTO domain_chunk (account_id, chunk, next, domains, numbers) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (account_id, chunk)
DO UPDATE SET next = EXCLUDED.next, domains = EXCLUDED.domains, numbers = EXCLUDED.numbers
"""
KEPT = "SELECT domains, numbers FROM domain_chunk WHERE account_id = %s AND chunk = %s AND next >= %s"


class DomainChunk(NamedTuple):
    """`numbers[ordinal & 0xFFFF]` is the place of the contact's domain in `domains`, from 1 on; 0 is nobody."""

    domains: list[str]
    numbers: np.ndarray


def keep_domains(clock: Clock = SYSTEM_CLOCK) -> int:
    """Makes chunks that lack contacts; returns how many. A periodic job."""
    with connect() as own:
        lacking = own.execute(LACKING, {"span": SPAN, "step": STEP}).fetchall()
        for account_id, chunk, end in lacking:
            made = read_contacts(own, account_id, chunk)
            octets = zlib.compress(made.numbers.astype("<u4").tobytes(), 6)
            own.execute(KEEP, [account_id, chunk, end, made.domains, octets])
        return len(lacking)


def domain_chunk(connection: Any, account_id: int, chunk: int, highest: int) -> DomainChunk:
    """The domains of a chunk, at least up to the ordinal `highest`: as they are kept, else read off the contacts."""
    row = connection.execute(KEPT, [account_id, chunk, highest + 1]).fetchone()
    if row is None:
        return read_contacts(connection, account_id, chunk)
    return DomainChunk(row[0], np.frombuffer(zlib.decompress(bytes(row[1])), dtype="<u4"))


def read_contacts(connection: Any, account_id: int, chunk: int) -> DomainChunk:
    domains, numbers = [], np.zeros(SPAN, dtype="<u4")
    with Cursor(connection) as cursor:
        cursor.execute(DOMAINS, [account_id, chunk * SPAN, (chunk + 1) * SPAN], binary=True)
        result = cursor.pgresult
        for row in range(result.ntuples if result else 0):
            assert result is not None
            domains.append((result.get_value(row, 0) or b"").decode())
            ordinals = np.frombuffer(result.get_value(row, 1) or b"", dtype=ELEMENT, offset=HEAD)["value"]
            numbers[ordinals & (SPAN - 1)] = len(domains)
    return DomainChunk(domains, numbers)
