"""A wish is an unsubscribe as the edge spools it: 32 octets, little endian, checked by a CRC at its end."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

SIZE = 32
_HEAD = struct.Struct("<QIII8x")
_CRC = struct.Struct("<I")


class Wish(NamedTuple):
    """Who wants no more mail, and since when (microseconds since 1970-01-01 UTC)."""

    at: int
    account_id: int
    campaign_id: int
    ordinal: int


def write_wish(wish: Wish) -> bytes:
    """One record of SIZE octets."""
    head = _HEAD.pack(*wish)
    return head + _CRC.pack(zlib.crc32(head))


def read_wishes(data: bytes) -> list[Wish | None]:
    """Every record of SIZE octets in `data`, None for one that is not as it was written."""
    return [read_wish(data[start : start + SIZE]) for start in range(0, len(data) - SIZE + 1, SIZE)]


def read_wish(record: bytes) -> Wish | None:
    head = record[: _HEAD.size]
    whole = zlib.crc32(head) == _CRC.unpack_from(record, _HEAD.size)[0]
    return Wish(*_HEAD.unpack(head)) if whole else None
