"""Quoted-printable (RFC 2045, 6.7) that is its own DKIM canonical form and needs no dot-stuffing.

Three things beyond the standard hold for every line made here. It does not start with a dot (RFC 5321, 4.5.2). It has
no tab, no two spaces in a row and no space at its end, so that relaxed canonicalisation (RFC 6376, 3.4.4) changes
nothing and a body's hash is the hash of its octets. It does not start with "From " either, which some stores quote.
"""

from __future__ import annotations

import re

SOFT = "=\r\n"
ROOM = 75  # characters before the "=" of a soft break
MOST_TRUSTED = 70  # a span up to this long is looked at as a whole

_LINE_END = re.compile(r"\r\n|\r|\n")
_SPECIAL = re.compile(r"[^ -<>-~]+| (?= |\Z)")
_ORDINARY = re.compile(r"[!-<>-~]+(?: [!-<>-~]+)*").fullmatch
_OCTETS = [f"={each:02X}" for each in range(256)]


def encode(text: str, column: int = 0) -> tuple[str, int]:
    """`text` encoded, for a place at `column` of a line; and the column behind it.

    Line ends of any kind become CRLF, and what CRLF follows is a line of its own.
    """
    out: list[str] = []
    lines = _LINE_END.split(text)
    for index, line in enumerate(lines):
        if index:
            out.append("\r\n")
            column = 0
        column = _fold(_SPECIAL.sub(_escaped, line), column, out)
    return "".join(out), column


def encode_span(text: str) -> bytes:
    """`text` encoded for a place at the start of a line, where a soft break or a line end follows."""
    if len(text) <= MOST_TRUSTED and _ORDINARY(text) and text[0] != "." and text[:5] != "From ":
        return text.encode("ascii")
    return encode(text)[0].encode("ascii")


def encode_piece(text: str) -> bytes:
    """`text` encoded from the start of a line to the start of another one."""
    encoded, column = encode(text)
    return (encoded + SOFT if column else encoded).encode("ascii")


def _escaped(match: re.Match[str]) -> str:
    return "".join([_OCTETS[each] for each in match[0].encode("utf-8", "replace")])


def _fold(line: str, column: int, out: list[str]) -> int:
    """Appends an escaped line in pieces that fit, the first one at `column`; returns the column behind."""
    position, length = 0, len(line)
    while True:
        if not column and line.startswith((".", "From "), position):
            out.append(_OCTETS[ord(line[position])])
            position += 1
            column = 3
        end = position + ROOM - column
        if length <= end:
            out.append(line[position:])
            return column + length - position
        # An escape is not cut: the break goes before it.
        if end > position and line[end - 1] == "=":
            end -= 1
        elif end > position + 1 and line[end - 2] == "=":
            end -= 2
        out.append(line[position:end])
        out.append(SOFT)
        position, column = end, 0
