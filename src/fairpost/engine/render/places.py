"""A place in a source is named by line and column, both counted from 1, as editors show them."""

from __future__ import annotations

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def at_place(source: str, offset: int) -> tuple[int, int]:
    """(line, column) of the character at `offset`; a line ends with LF."""
    offset = max(0, min(offset, len(source)))
    return source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)


def invalid_at(place: tuple[int, int], why: str) -> Invalid:
    """The error to raise for something at a place of a template."""
    line, column = place
    return Invalid(_("Line {line}, column {column}: {why}.").format(line=line, column=column, why=why.rstrip(".")))
