"""Texts are compared word by word, as a reader reads them, whatever letters and marks they are written with.

Case, compatibility forms (full-width, ligatures: Unicode NFKC), invisible characters, combining marks laid over
letters, and all spaces and punctuation between words make no difference. Letters of another script that look alike
do: folding them is left to screening.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Marks that can be laid over any letter. After NFKC those remain that belong to no letter of any language of ours.
OVERLAYS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
OVERLAY = re.compile(f"[{OVERLAYS}]+")
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{OVERLAYS}])*")
# Fillers of Hangul: letters to Unicode, nothing to the eye. The first is also a mark (U+034F joins nothing).
INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: its form for comparison, and where it stands (offsets, `end` not included)."""

    form: str
    start: int
    end: int


def readable(text: str) -> str:
    """`text` in form NFKC without invisible characters (Unicode category Cf and fillers), blanks folded into one."""
    composed = unicodedata.normalize("NFKC", text.translate(Visible()))
    return " ".join(composed.split())


class Visible(dict[int, "int | None"]):
    """A table for str.translate that drops what cannot be seen, made as characters are met."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        invisible = unicodedata.category(character) == "Cf" or character in INVISIBLE
        self[code] = None if invisible else code
        return self[code]


def form(word: str) -> str:
    """The word as it is compared."""
    return unicodedata.normalize("NFKC", OVERLAY.sub("", word.casefold()))


def words(text: str) -> Iterator[Word]:
    """The words of a text that `readable` has made, in order."""
    for match in WORD.finditer(text):
        yield Word(form(match[0]), match.start(), match.end())


def folded(text: str) -> str:
    """The words alone, as they are compared, with single blanks between."""
    return " ".join(each.form for each in words(readable(text)))
