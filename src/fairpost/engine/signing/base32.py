"""Base32 (RFC 4648, section 6) without padding, fast enough to be made for every message.

Python's `base64.b32encode` takes longer than encrypting what it encodes. Here the groups of five bits of one big
number are moved apart to octets by halves, all at once, and translated. Only whole groups of five octets are written,
so that no padding and no second spelling exists.
"""

from __future__ import annotations

from collections.abc import Callable

LOWER = "abcdefghijklmnopqrstuvwxyz234567"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: made to be read aloud and typed


def writer(characters: int, alphabet: str = LOWER) -> Callable[[int], bytes]:
    """A function from a number of five bits a character to its characters, ASCII.

    `characters` is a power of two or three times one.
    """
    steps = []
    size = characters
    while size % 2 == 0:
        # Each block of `size` groups has the room of as many octets; its upper half moves up within it.
        half = size // 2
        low = _mask(half * 5, size * 8, characters // size)
        steps.append((low, low << half * 5, half * 3))
        size = half
    each = _mask(5, size * 8, characters // size)
    last = [(each << 5 * n, 3 * n) for n in range(1, size)]
    assert size in (1, 3)
    table = alphabet.encode() + bytes(256 - 32)

    def write(n: int) -> bytes:
        for low, high, shift in steps:
            n = n & low | (n & high) << shift
        if last:
            (second, up), (third, further) = last
            n = n & each | (n & second) << up | (n & third) << further
        return n.to_bytes(characters, "big").translate(table)

    return write


def _mask(bits: int, stride: int, count: int) -> int:
    return sum(((1 << bits) - 1) << n * stride for n in range(count))


_write_48 = writer(48)
_write_96 = writer(96)


def encode_30(raw: bytes) -> bytes:
    """The 48 characters of 30 octets, lower case."""
    return _write_48(int.from_bytes(raw, "big"))


def encode_60(raw: bytes) -> bytes:
    """The 96 characters of 60 octets, lower case: two tokens for little more than the time of one."""
    return _write_96(int.from_bytes(raw, "big"))


# To the digits that Python reads numbers of five bits with; what is no base32 becomes what is no digit.
_PYTHON = "0123456789abcdefghijklmnopqrstuv"
_DIGITS = str.maketrans("0189", "!!!!") | str.maketrans(LOWER, _PYTHON)
_DIGITS |= str.maketrans(LOWER[:26].upper(), _PYTHON[:26])


def decode(text: str) -> bytes | None:
    """The octets of base32 text in any case, or None where it is none."""
    if not text.isascii() or not text.isalnum() or len(text) % 8:
        return None
    try:
        return int(text.translate(_DIGITS), 32).to_bytes(len(text) * 5 // 8, "big")
    except ValueError:  # of 0, 1, 8 and 9
        return None
