"""Reads enhanced status codes out of reply texts (RFC 3463, RFC 2034; meanings as registered by RFC 5248)."""

from __future__ import annotations

import re

LEADING = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$|[-:;,)])")
INSIDE = re.compile(r"(?<![\d.])[(#]?([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


def enhanced_status(code: int, text: str) -> tuple[int, int, int] | None:
    """The enhanced status code of a reply, or None where it has none that fits.

    It stands first by RFC 2034; some relays put it later (`550 Requested action not taken (#5.7.1)`). Its
    class must be the reply's own: 250 goes with 2, 4xx with 4, 5xx with 5. So an IP address or a quoted
    foreign code is not taken.
    """
    match = LEADING.match(text)
    if match is None:
        match = next((each for each in INSIDE.finditer(text) if int(each[1]) == code // 100), None)
    if match is None or int(match[1]) != code // 100:
        return None
    return int(match[1]), int(match[2]), int(match[3])
