"""A hit is an open or a click as the edge spools it: 32 octets, little endian, checked by a CRC at its end.

Records have one size, so a fold reads millions of them as one array, and a torn one at the end of a file that
was cut off by a crash is recognised and left.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIZE = 32
NO_LINK = 0xFFFF
HONEYPOT_LINK = 0xFFFE  # the link that no person sees; in tables, whose links are signed, it is -2

# at: microseconds since 1970-01-01 UTC; kind and agent: see kinds.py; test: 1 for a hit of a test mail.
HIT = np.dtype(
    [
        ("at", "<u8"),
        ("account", "<u4"),
        ("campaign", "<u4"),
        ("ordinal", "<u4"),
        ("link", "<u2"),
        ("kind", "u1"),
        ("agent", "u1"),
        ("test", "u1"),
        ("zero", "u1", 3),
        ("crc", "<u4"),
    ]
)
_HEAD = struct.Struct("<QIIIHBBB3x")
_CRC = struct.Struct("<I")


def write_hit(
    at: int,
    account: int,
    campaign: int,
    ordinal: int,
    kind: int,
    link: int = NO_LINK,
    agent: int = 0,
    test: bool = False,
) -> bytes:
    """One record of SIZE octets; `at` in microseconds since 1970-01-01 UTC."""
    head = _HEAD.pack(at, account, campaign, ordinal, link, kind, agent, test)
    return head + _CRC.pack(zlib.crc32(head))


def is_whole(record: bytes) -> bool:
    """Whether a record is as it was written."""
    return len(record) == SIZE and zlib.crc32(record[: SIZE - 4]) == _CRC.unpack(record[SIZE - 4 :])[0]


def read_hits(data: bytes) -> np.ndarray:
    """The whole records in `data` as an array of HIT that shares its memory; a torn one at the end is left."""
    return np.frombuffer(data, dtype=HIT, count=len(data) // SIZE)
