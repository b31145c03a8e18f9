"""Liquid passes unharmed through parsers that know only markup, because they see a plain word in its
place.
"""

from __future__ import annotations

import re
from itertools import count


class Masks:
    """Hides pieces of text behind words (in attributes) or comments (in content, where nothing moves a
    comment).

    The words begin with letters that do not occur in the sources, so none can be forged, and are the same
    for the same source, so that the same source always gives the same mail.
    """

    def __init__(self, *sources: str) -> None:
        everything = "\n".join(sources).lower()
        self.prefix = next(word for n in count() if (word := f"lq{letters(n)}q") not in everything)
        self.hidden: list[tuple[str, str]] = []
        self.pattern = re.compile(rf"<!--{self.prefix}(\d+)z-->|{self.prefix}(\d+)z")

    def word(self, text: str, plain: str | None = None) -> str:
        """The word that stands for `text`, and for `plain` where a plain text is restored."""
        self.hidden.append((text, text if plain is None else plain))
        return f"{self.prefix}{len(self.hidden) - 1}z"

    def comment(self, text: str, plain: str | None = None) -> str:
        return as_comment(self.word(text, plain))

    def restore(self, masked: str, plain: bool = False) -> str:
        """The text with every hidden piece back in its place, pieces within pieces too."""

        def hidden(match: re.Match[str]) -> str:
            return self.restore(self.hidden[int(match[1] or match[2])][plain], plain)

        return self.pattern.sub(hidden, masked)


def as_comment(word: str) -> str:
    return f"<!--{word}-->"


def letters(number: int) -> str:
    """0, 1, 2 ... as a, b ... z, ba, bb ..."""
    word = chr(97 + number % 26)
    return word if number < 26 else letters(number // 26) + word
