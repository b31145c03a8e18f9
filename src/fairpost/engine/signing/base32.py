"""Base32 (RFC 4648, section 6) without padding, fast enough to be made for every message.

Python's `base64.b32encode` takes longer than encrypting what it encodes; here 15 bits become three
characters by one look-up. Only whole groups of five octets are written, so that no padding and no second
spelling exists.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

LOWER = "abcdefghijklmnopqrstuvwxyz234567"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: made to be read aloud and typed


def triples(alphabet: str) -> list[bytes]:
    """The three characters of each number of 15 bits."""
    pairs = [(a + b).encode() for a in alphabet for b in alphabet]
    return [pair + each.encode() for pair in pairs for each in alphabet]


def writer_of_15_octets(alphabet: str = LOWER) -> Callable[[int], bytes]:
    """A function from a number of 120 bits to its 24 characters."""
    t = triples(alphabet)
    join = b"".join

    def write(n: int) -> bytes:
        return join((
            t[n >> 105], t[n >> 90 & 32767], t[n >> 75 & 32767], t[n >> 60 & 32767],
            t[n >> 45 & 32767], t[n >> 30 & 32767], t[n >> 15 & 32767], t[n & 32767],
        ))  # fmt: skip

    return write


_write_15 = writer_of_15_octets()


def encode_30(raw: bytes) -> bytes:
    """The 48 characters of 30 octets, lower case."""
    return _write_15(int.from_bytes(raw[:15], "big")) + _write_15(int.from_bytes(raw[15:], "big"))


def decode(text: str) -> bytes | None:
    """The octets of base32 text in any case, or None where it is none."""
    if not text.isascii() or len(text) % 8:
        return None
    try:
        return base64.b32decode(text.upper())
    except binascii.Error:
        return None
