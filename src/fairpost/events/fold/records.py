"""Reads hits from the octets of a spool: whole records, the damaged ones known by their checksum."""

from __future__ import annotations

import zlib

import numpy as np

from fairpost.events.hits import SIZE, read_hits
from fairpost.events.kinds import CLICK, OPEN

HEAD = SIZE - 4
BLOCK = 1 << 14  # records at once: they stay in the processor's cache
HIGHEST = 2**31 - 1  # numbers are PostgreSQL integers


def whole_hits(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """(records, which of them are as they were written) of what was read; half a record at the end is left."""
    hits = read_hits(data)
    sums = np.frombuffer(data, dtype=np.uint8, count=len(hits) * SIZE).reshape(-1, SIZE)
    good = checksums(sums) == hits["crc"]
    good &= (hits["kind"] == OPEN) | (hits["kind"] == CLICK)
    for name in ("account", "campaign", "ordinal"):
        good &= hits[name] <= HIGHEST
    return hits, good


def checksums(records: np.ndarray) -> np.ndarray:
    """The CRC-32 of each record's head. A CRC is linear: what each octet adds to it depends on its place alone."""
    found = np.full(len(records), BLANK, dtype=np.uint32)
    for start in range(0, len(records), BLOCK):
        part = found[start : start + BLOCK]
        for octets, table in zip(np.ascontiguousarray(records[start : start + BLOCK].T), TABLES, strict=False):
            # Most are alike in all records: padding, account, the years.
            part ^= table[octets[0]] if (octets == octets[0]).all() else table.take(octets)
    return found


def tables() -> list[np.ndarray]:
    """For each place in a record's head, what each octet there adds to the CRC of a head of zeros."""
    made = []
    for place in range(HEAD):
        heads = (bytes(place) + bytes([octet]) + bytes(HEAD - place - 1) for octet in range(256))
        made.append(np.array([zlib.crc32(each) ^ BLANK for each in heads], dtype=np.uint32))
    return made


BLANK = zlib.crc32(bytes(HEAD))
TABLES = tables()
