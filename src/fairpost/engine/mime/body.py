"""A part of a mail as octets that are known beforehand and places to fill for each recipient.

Static text is encoded once. Tokens have a fixed width and safe characters, so they stand within lines; other spans
begin and end with a soft line break, so that encoding one needs to know nothing of its surroundings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairpost.engine.mime.quoted_printable import ROOM, SOFT, encode, encode_piece, encode_span
from fairpost.engine.render import limits
from fairpost.engine.render.flat import Span
from fairpost.engine.render.grammar import Buffer
from fairpost.engine.render.template import Spans

Piece = Callable[[Mapping[str, Any], datetime], bytes]
Render = Callable[[Mapping[str, Any], datetime], str]

MOST_REMEMBERED = 4096  # encoded values of one span
LONGEST_REMEMBERED = 64
MOST_REPEATED = 8  # encoded texts of one block
LONGEST_REPEATED = 20_000


@dataclass(frozen=True, slots=True)
class Token:
    """The place of a token: its kind and how many characters it always has."""

    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class Filling:
    """The place of a text that differs. `key` is the attribute that alone decides it, or None.

    `repeats` says that few texts may come again and again, as of a condition's two sides.
    """

    render: Render
    key: str | None = None
    repeats: bool = False


Item = str | Token | Filling


@dataclass(slots=True)
class Skeleton:
    """Octets in order, with None where a token or a piece goes."""

    octets: list[bytes | None] = field(default_factory=list)
    tokens: dict[str, list[int]] = field(default_factory=dict)
    pieces: list[tuple[int, Piece]] = field(default_factory=list)

    def add(self, octets: bytes) -> None:
        """Appends static octets, joined with those before."""
        last = self.octets[-1] if self.octets else None
        if last is None:
            self.octets.append(octets)
        else:
            self.octets[-1] = last + octets

    def add_part(self, items: Sequence[Item]) -> None:
        """Appends encoded items; the first one starts a line, and the last one should be text that ends with LF."""
        column = 0
        open_span = False
        for item in items:
            if isinstance(item, Filling):
                if column or open_span:
                    self.add(SOFT.encode())
                self.pieces.append((len(self.octets), _piece(item)))
                self.octets.append(None)
                column, open_span = 0, True
                continue
            if not item:
                continue
            if open_span and not (isinstance(item, str) and item[0] in "\r\n"):
                self.add(SOFT.encode())
            open_span = False
            if isinstance(item, str):
                encoded, column = encode(item, column)
                self.add(encoded.encode("ascii"))
                continue
            if column + item.width > ROOM:
                self.add(SOFT.encode())
                column = 0
            self.tokens.setdefault(item.kind, []).append(len(self.octets))
            self.octets.append(None)
            column += item.width

    def add_tree(self, spans: Spans) -> None:
        """Appends a part whose template keeps its tree."""
        self.pieces.append((len(self.octets), _tree_piece(spans)))
        self.octets.append(None)


def filling(span: Span, render: Render | None = None) -> Filling:
    """The place of a template's span; `render` replaces how it is printed."""
    return Filling(render or span.render, span.name if span.pure else None, span.tree)


def _piece(item: Filling) -> Piece:
    render, key = item.render, item.key
    if item.repeats:
        return _repeating_piece(render)
    if key is None:
        return lambda values, moment: encode_span(render(values, moment))
    remembered: dict[str | None, bytes] = {}

    def piece(values: Mapping[str, Any], moment: datetime) -> bytes:
        value = values.get(key)
        if type(value) is not str and value is not None:
            return encode_span(render(values, moment))
        found = remembered.get(value)
        if found is None:
            found = encode_span(render(values, moment))
            if value is None or len(value) <= LONGEST_REMEMBERED:
                if len(remembered) >= MOST_REMEMBERED:
                    remembered.clear()
                remembered[value] = found
        return found

    return piece


def _repeating_piece(render: Render) -> Piece:
    known: dict[str, bytes] = {}

    def piece(values: Mapping[str, Any], moment: datetime) -> bytes:
        text = render(values, moment)
        found = known.get(text)
        if found is None:
            found = encode_span(text)
            if len(text) <= LONGEST_REPEATED:
                if len(known) >= MOST_REPEATED:
                    known.clear()
                known[text] = found
        return found

    return piece


class EncodingBuffer(Buffer):
    """Encodes what a tree writes, piece by piece; the tree's static texts are encoded beforehand."""

    def __init__(self, known: Mapping[str, bytes]) -> None:
        super().__init__(limits.MOST_OUTPUT)
        self.known = known
        self.encoded: list[bytes] = []

    def write(self, text: str) -> int:
        self.count(len(text))
        self.encoded.append(self.known.get(text) or encode_piece(text))
        return len(text)

    def tell(self) -> int:
        return self.size


def _tree_piece(spans: Spans) -> Piece:
    known = {text: encode_piece(text) for text in spans.contents}

    def piece(values: Mapping[str, Any], moment: datetime) -> bytes:
        buffer = EncodingBuffer(known)
        spans.write(buffer, values, moment)
        whole = b"".join(buffer.encoded)
        # A soft break must not be the last thing of an encoded part.
        return (whole[:-3] if whole.endswith(b"=\r\n") else whole) + b"\r\n"

    return piece
