"""One journal record: 128 bytes, little-endian, with a checksum, so that a torn tail is seen and never misread.

| field | type | meaning |
| --- | --- | --- |
| kind | u8 | see `Kind` |
| state | u8 | index into STATES, of an outcome |
| flags | u16 | REPEATED: an earlier attempt is in doubt, this one may double it; RELAYS_FAULT: see NOT_SENT |
| account, campaign, batch, part | u32 x 4 | the batch that the message belongs to |
| ordinal | u32 | the contact |
| at | f64 | seconds since the epoch |
| code | u16 | SMTP reply code, 0 where there was none |
| enhanced | u16 x 3 | RFC 3463 status |
| relay | u32 | the relay's number |
| text | 80 bytes | reason and reply, UTF-8, NUL-padded; longer texts go on in CONTINUED records |
| crc | u32 | CRC-32 of the bytes before it |
"""

from __future__ import annotations

import struct
import zlib
from enum import IntEnum

import numpy as np

SIZE = 128
TEXT = 80
BODY = struct.Struct("<BBHIIIIIdHHHHI80s")
CRC = struct.Struct("<I")
assert BODY.size + CRC.size == SIZE

REPEATED = 1
RELAYS_FAULT = 2

STATES = ("pending", "accepted", "deferred", "withheld", "failed", "in_doubt", "unknown")
"""Every state that a recipient can be in; the journal stores the index."""

FINAL = frozenset({"accepted", "withheld", "failed", "unknown"})


class Kind(IntEnum):
    INTENT = 1  # the final dot is about to be written
    OUTCOME = 2  # what became of a message, or why it is not sent
    HELD = 3  # put back by pacing; text names the destination
    RETURNED = 4  # the lease of a batch ends; everything before it is complete
    CONTINUED = 5  # the rest of the text of the record before
    NOT_SENT = 6  # takes an intent back: no dot, or a refusal of policy, or (RELAYS_FAULT) the relay closed instead


DTYPE = np.dtype(
    [
        ("kind", "u1"), ("state", "u1"), ("flags", "<u2"),
        ("account", "<u4"), ("campaign", "<u4"), ("batch", "<u4"), ("part", "<u4"), ("ordinal", "<u4"),
        ("at", "<f8"), ("code", "<u2"), ("enhanced", "<u2", 3), ("relay", "<u4"),
        ("text", f"S{TEXT}"), ("crc", "<u4"),
    ]
)  # fmt: skip
assert DTYPE.itemsize == SIZE


def pack(
    kind: int,
    key: tuple[int, int, int, int],
    ordinal: int,
    at: float,
    *,
    state: int = 0,
    flags: int = 0,
    code: int = 0,
    enhanced: tuple[int, int, int] = (0, 0, 0),
    relay: int = 0,
    text: bytes = b"",
) -> bytes:
    """One record, or several where the text is longer than 80 bytes. `key` is (account, campaign, batch, part)."""
    account, campaign, batch, part = key
    first, second, third = enhanced
    body = BODY.pack(
        kind,
        state,
        flags,
        account,
        campaign,
        batch,
        part,
        ordinal,
        at,
        code,
        first,
        second,
        third,
        relay,
        text[:TEXT],
    )
    packed = body + CRC.pack(zlib.crc32(body))
    if len(text) > TEXT:
        packed += pack(Kind.CONTINUED, key, ordinal, at, relay=relay, text=text[TEXT : TEXT * 7])
    return packed


def whole_records(data: bytes) -> int:
    """How many bytes of `data` are whole records with a right checksum, counted from the start."""
    view = memoryview(data)
    end = len(data) - len(data) % SIZE
    for start in range(0, end, SIZE):
        body_end = start + SIZE - CRC.size
        if zlib.crc32(view[start:body_end]) != CRC.unpack_from(data, body_end)[0]:
            return start
    return end


def parse(data: bytes) -> np.ndarray:
    """The records in `data` (a multiple of 128 bytes) as a structured array of DTYPE, without a copy."""
    return np.frombuffer(data, dtype=DTYPE)
