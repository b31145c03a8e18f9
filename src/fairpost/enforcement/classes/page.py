"""What a reader can see of a page, in every way in which a mail program may show it.

Styles decide what is shown and what stands apart, and programs differ. So a page has several readings, and a rule
holds where one of them has the words: a phrase is not lost because a tag stands in its middle.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import VOID, Piece, names, read_markup

BLOCKS = names(
    "address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup option p pre"
    " section select summary table tbody td textarea tfoot th thead title tr ul"
)
UNREAD = names("script style title mj-style mj-title")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0+(\.0*)?\s*([;!]|$)", re.I)
# Only of words within a line: MJML sets it on the boxes around all of its text.
TINY = re.compile(r"font-size\s*:\s*0+(\.0*)?\s*([a-z%;!]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text, or a mark where tags stand (`text` None). `breaks`: a new line begins here."""

    text: str | None
    breaks: bool
    hidden: bool


def preheader_and_readings(page: str) -> tuple[str, tuple[str, ...]]:
    """The line that mailboxes show after the subject, and the readings of a page, the most usual first.

    The readings are: what is shown; the same with hidden text; every tag apart; no tag apart; the descriptions of
    pictures. Readings that say the same stand there once. Linear in the length of the page.
    """
    pieces = read_markup(page, Findings("", "body"))
    stretches = list(read(page, pieces))
    shown = [each for each in stretches if not each.hidden]
    readings = (
        joined(shown),
        joined(stretches),
        joined(shown, apart=True),
        joined(shown, together=True),
        " ".join(html.unescape(each.value("alt") or "") for each in pieces if each.name == "img"),
    )
    return preheader(stretches), tuple(dict.fromkeys(each for each in readings if each.strip()))


def read(page: str, pieces: Sequence[Piece]) -> Iterator[Stretch]:
    """The stretches in order. Text that follows a tag which never ends is text."""
    hidden = Hidden()
    for piece in pieces:
        unseen = hidden.follow(piece) or piece.conditional
        if piece.kind in ("start", "end", "empty"):
            yield Stretch(None, piece.name in BLOCKS, unseen)
        elif piece.kind in ("text", "raw") and piece.name not in UNREAD:
            yield Stretch(html.unescape(page[piece.start : piece.end]), False, unseen)
    if rest := page[pieces[-1].end if pieces else 0 :]:
        yield Stretch(html.unescape(rest), True, False)


class Hidden:
    """Follows the elements of a page and knows whether one around is hidden."""

    def __init__(self) -> None:
        self.open: list[str] = []  # of hidden elements and what is in them, the outermost first
        self.counts: Counter[str] = Counter()  # the same, counted: a long page stays a matter of one pass

    def follow(self, piece: Piece) -> bool:
        """Whether this piece is hidden, or an element around it."""
        before = bool(self.open)
        if piece.conditional:
            return before
        if piece.kind == "start" and (before or is_hidden(piece)) and piece.name not in VOID:
            self.open.append(piece.name)
            self.counts[piece.name] += 1
        elif piece.kind == "end" and self.counts[piece.name]:
            self.close(piece.name)
        return before or bool(self.open)

    def close(self, name: str) -> None:
        closed = ""
        while closed != name:
            closed = self.open.pop()
            self.counts[closed] -= 1


def is_hidden(piece: Piece) -> bool:
    style = html.unescape(piece.value("style") or "")
    if piece.value("hidden") is not None or HIDDEN.search(style):
        return True
    return piece.name not in BLOCKS and bool(TINY.search(style))


def joined(stretches: Iterable[Stretch], *, apart: bool = False, together: bool = False) -> str:
    """The text, with a blank for each tag that breaks the line (`apart`: for every tag, `together`: for none)."""
    parts = []
    for each in stretches:
        if each.text is not None:
            parts.append(each.text)
        elif apart or (each.breaks and not together):
            parts.append(" ")
    return "".join(parts)


def preheader(stretches: Sequence[Stretch]) -> str:
    """The hidden text that stands before all text that is shown."""
    before: list[Stretch] = []
    for each in stretches:
        if each.text is not None and each.text.strip() and not each.hidden:
            break
        before.append(each)
    return joined(each for each in before if each.hidden)
