"""A wish is an unsubscribe as the edge spools it: 32 octets, little endian, checked by a CRC at its end."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
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


def read_wishes(data: bytes) -> Iterator[Wish]:
    """The whole records at the beginning of `data`; it ends at the first that is torn."""
    for start in range(0, len(data) - SIZE + 1, SIZE):
        record = data[start : start + SIZE]
        head = record[: _HEAD.size]
        if zlib.crc32(head) != _CRC.unpack_from(record, _HEAD.size)[0]:
            return
        yield Wish(*_HEAD.unpack(head))
