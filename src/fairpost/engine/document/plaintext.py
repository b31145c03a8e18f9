"""The plain-text part says what the HTML says, each link with its address."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import Piece, read_markup
from fairpost.engine.document.masks import Masks

# A row of a layout table becomes a paragraph.
ROW = HtmlElement(display=Display.block, margin_before=1, margin_after=1)
CONFIGURATION = ParserConfig(css={**CSS_PROFILES["strict"], "article": ROW}, display_links=False, display_images=False)
TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
UNSEEN = frozenset({"style", "script", "title", "head"})
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
BLANK_LINES = re.compile(r"\n{3,}")


def page_text(page: str, masks: Masks) -> str:
    """The text of a page whose Liquid and links are masked, masked as well; lines end with LF, without
    tables of layout, hidden parts and what only Outlook sees."""
    page = masks.pattern.sub(lambda match: match[0].removeprefix("<!--").removesuffix("-->"), page)
    simple = TextPage(page, read_markup(page, Findings("", "body"))).simplified()
    text = get_text(simple, CONFIGURATION).replace("\u00a0", " ")
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return without_tag_lines(BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n", masks)


def without_tag_lines(text: str, masks: Masks) -> str:
    """The text with nothing after lines of Liquid tags alone, so that they leave no blank lines behind."""

    def joined(match: re.Match[str]) -> str:
        line = match[1]
        return line if masks.restore(line, plain=True).lstrip().startswith("{%") else match[0]

    return re.sub(rf"^({masks.prefix}\d+z)\n+", joined, text, flags=re.MULTILINE)


class TextPage:
    """Makes the page one that reads well without any layout."""

    def __init__(self, page: str, pieces: Sequence[Piece]) -> None:
        self.page = page
        self.pieces = pieces
        self.out: list[str] = []
        self.anchors: list[tuple[str, int]] = []

    def simplified(self) -> str:
        data = data_table_parts(self.pieces)
        unseen = unseen_pieces(self.pieces)
        for index, piece in enumerate(self.pieces):
            if index in unseen or piece.kind in ("comment", "declaration", "condition"):
                continue
            if piece.name in TABLE_PARTS and index not in data:
                element = "article" if piece.name == "tr" else "div"
                self.out.append(f"</{element}>" if piece.kind == "end" else f"<{element}>")
            elif piece.name == "img":
                self.out.append(" " + (piece.value("alt") or "") + " ")
            elif piece.name == "a":
                self.anchor(piece)
            else:
                self.out.append(self.page[piece.start : piece.end])
        return "".join(self.out)

    def anchor(self, piece: Piece) -> None:
        if piece.kind == "start":
            self.anchors.append((piece.value("href") or "", len(self.out)))
        elif self.anchors:
            href, start = self.anchors.pop()
            shown = " ".join(html.unescape(TAG.sub("", "".join(self.out[start:]))).split())
            address = html.unescape(href).removeprefix("mailto:").removeprefix("tel:")
            if address and not address.startswith("#") and shown != address:
                self.out.append(html.escape(f" <{address}>" if shown else address, quote=False))


def unseen_pieces(pieces: Sequence[Piece]) -> set[int]:
    """Indices of what no reader of the HTML sees, and of what only Outlook sees."""
    unseen: set[int] = set()
    hidden_from = ""
    depth = 0
    for index, piece in enumerate(pieces):
        if hidden_from:
            unseen.add(index)
            if piece.name == hidden_from and not piece.conditional:
                depth += {"start": 1, "end": -1}.get(piece.kind, 0)
                hidden_from = hidden_from if depth else ""
        elif piece.conditional:
            unseen.add(index)
        elif is_hidden(piece):
            unseen.add(index)
            if piece.kind == "start":
                hidden_from, depth = piece.name, 1
    return unseen


def is_hidden(piece: Piece) -> bool:
    if piece.kind not in ("start", "empty"):
        return False
    style = html.unescape(piece.value("style") or "")
    return piece.name in UNSEEN or piece.value("hidden") is not None or bool(HIDDEN_STYLE.search(style))


def data_table_parts(pieces: Sequence[Piece]) -> set[int]:
    """Indices of the tags of tables that hold data: not marked as presentation, and with no table inside."""
    data: set[int] = set()
    open_tables: list[tuple[bool, list[int]]] = []
    for index, piece in enumerate(pieces):
        if piece.name not in TABLE_PARTS or piece.conditional:
            continue
        if piece.name == "table" and piece.kind == "start":
            open_tables = [(False, parts) for _, parts in open_tables]
            open_tables.append((piece.value("role") not in ("presentation", "none"), []))
        if open_tables:
            open_tables[-1][1].append(index)
        if piece.name == "table" and piece.kind == "end" and open_tables:
            is_data, parts = open_tables.pop()
            data.update(parts if is_data else ())
    return data
