"""The text form of a condition is cut into words, each with the place it stands at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

Kind = Literal["text", "date", "number", "name", "sign", "end"]

WORD = re.compile(
    r"""(?P<space>\s+)
    | "(?P<text>(?:[^"\\\n]|\\.)*)"
    | (?P<date>\d{4}-\d{2}-\d{2})(?![\w-])
    | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    | \[(?P<quoted>[^\]\n]+)\]
    | (?P<name>[^\W\d]\w*)
    | (?P<sign><=|>=|!=|[=<>(),])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """`place` counts characters from 1. A name in brackets is never a keyword."""

    kind: Kind
    text: str
    place: int
    bracketed: bool = False

    def is_word(self, *keywords: str) -> bool:
        return self.kind == "name" and not self.bracketed and self.text.casefold() in keywords


def cut(condition: str) -> list[Word]:
    """All words, then one of kind `end`. Raises `Invalid` at the first character that starts none."""
    words: list[Word] = []
    at = 0
    while at < len(condition):
        found = WORD.match(condition, at)
        if not found:
            raise fault(unreadable(condition[at]), at + 1)
        kind = found.lastgroup or ""
        if kind == "text":
            words.append(Word("text", re.sub(r"\\(.)", r"\1", found["text"]), at + 1))
        elif kind == "quoted":
            words.append(Word("name", found["quoted"].strip(), at + 1, bracketed=True))
        elif kind != "space":
            words.append(Word(kind, found[0], at + 1))  # type: ignore[arg-type]
        at = found.end()
    words.append(Word("end", "", len(condition) + 1))
    return words


def unreadable(character: str) -> str:
    if character == '"':
        return _("the quote that opens here never closes")
    if character == "'":
        return _("texts stand in double quotes")
    if character == "[":
        return _("the bracket that opens here never closes")
    return _("{character} cannot stand here").format(character=repr(character))


def fault(message: str, place: int) -> Invalid:
    """An error that says where in the condition it is."""
    return Invalid(
        _("In the condition, at character {place}: {message}.").format(place=place, message=message),
        field="condition",
    )
