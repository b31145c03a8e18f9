"""Header values: encoded words where a text is not ASCII (RFC 2047), folded, and never more than one header.

Everything here returns the value without name and final CRLF. A fold is always CRLF and one space and no value has two
spaces in a row, so the canonical form for DKIM is the value without its CRLFs.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from functools import lru_cache
from typing import TypeVar

from fairpost.engine.render.values import as_header

LINE = 76
LONGEST_WORD = 900  # a line may have 998 characters (RFC 5322, 2.1.1); a longer word must be encoded to be folded
FOLD = "\r\n "

T = TypeVar("T")

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_Q_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


@lru_cache(maxsize=4096)
def unstructured(name: str, text: str) -> bytes:
    """A free text such as a subject; control characters and runs of spaces become one space each."""
    text = as_header(text).strip(" ")
    column = len(name) + 2
    if not text.isascii() or "=?" in text:
        return encoded_words(text, column)
    if column + len(text) <= LINE:
        return text.encode()
    words = text.split(" ")
    if max(map(len, words)) > LONGEST_WORD:
        return encoded_words(text, column)
    lines = [words[0]]
    for word in words[1:]:
        if column + len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(word)
            column = 1
        else:
            lines[-1] += " " + word
    return FOLD.join(lines).encode()


def phrase(text: str, column: int) -> bytes:
    """A display name (RFC 5322, 3.2.5), quoted or encoded where it must be."""
    text = as_header(text).strip(" ")
    if not text.isascii() or "=?" in text or len(text) > LONGEST_WORD:
        return encoded_words(text, column)
    if not text or _ATOMS.fullmatch(text):
        return text.encode()
    return ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"').encode()


def encoded_words(text: str, column: int) -> bytes:
    """The text as encoded words, each on a line of its own and of whole characters, the first at `column`."""
    octets = [(each, each.encode("utf-8", "replace")) for each in text]
    by_q = ["_" if c == " " else c if c in _Q_SAFE else "".join(f"={b:02X}" for b in o) for c, o in octets]
    if sum(map(len, by_q)) <= sum(len(o) for _c, o in octets) * 4 / 3 + 2:
        words = _filled(by_q, [len(each) for each in by_q], column, 1)
        return FOLD.join(f"=?utf-8?q?{''.join(word)}?=" for word in words).encode()
    raw = [o for _c, o in octets]
    words_b = _filled(raw, [len(each) for each in raw], column, 4 / 3)
    return b"\r\n ".join(b"=?utf-8?b?" + b2a_base64(b"".join(word), newline=False) + b"?=" for word in words_b)


def _filled(units: list[T], sizes: list[int], column: int, growth: float) -> list[list[T]]:
    """Units in groups that fit one encoded word each: 75 characters, fewer where the line has begun."""
    words: list[list[T]] = [[]]
    room = _room(column, growth)
    for unit, size in zip(units, sizes, strict=True):
        if size > room and words[-1]:
            words.append([])
            room = _room(1, growth)
        words[-1].append(unit)
        room -= size
    return words


def _room(column: int, growth: float) -> int:
    # 12 characters are the word's own; base64 comes in groups of four.
    room = min(75, LINE - column) - 12
    return int(room // 4 * 3) if growth > 1 else room
