"""An answer of the edge: status, headers and body, ready to be sent."""

from __future__ import annotations

from typing import NamedTuple

Headers = tuple[tuple[bytes, bytes], ...]

# On everything: the address is a person's own, is nobody's to keep, and is not told to where a link leads.
PRIVATE: Headers = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
)


# On redirects, which have no content of their own.
PASSING: Headers = PRIVATE[:2]


class Answer(NamedTuple):
    """What one request gets."""

    status: int
    headers: Headers
    body: bytes = b""


def plain(status: int, *headers: tuple[bytes, bytes]) -> Answer:
    """For programs: nothing but a status."""
    return Answer(status, (*PRIVATE, *headers))
