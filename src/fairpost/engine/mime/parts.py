"""The HTML and text parts of a document as items: text, tokens and fillings, with the platform's addresses in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from fairpost.engine.mime.body import Filling, Item, Render, Token, filling
from fairpost.engine.ports import Dispatch, Document, Link
from fairpost.engine.render.flat import Span
from fairpost.engine.render.links import HONEYPOT, REFERENCE, destination, is_countable
from fairpost.engine.render.template import Spans, compile_template
from fairpost.engine.signing.donation import LENGTH as REFERENCE_LENGTH
from fairpost.engine.signing.tokens import TRACK_LENGTH, UNSUBSCRIBE_LENGTH
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

PIXEL_NAME = "_open_pixel"
RESERVED = frozenset({"unsubscribe_url", "preferences_url", "view_url", REFERENCE, PIXEL_NAME})
PIXEL = '<img src="{url}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">'
# Without text, not shown, not read aloud, not reached by keyboard: only what follows every address in the source comes.
UNSEEN = '<a href="{url}" style="display:none" aria-hidden="true" tabindex="-1"></a>'

_LINK_NAME = re.compile(r"_link_(\d+)")
_END_OF_BODY = re.compile(r"</body\s*>", re.IGNORECASE)


def is_reserved(name: str) -> bool:
    """Whether the platform gives this variable its value, whatever a contact's attributes say."""
    return name in RESERVED or bool(_LINK_NAME.fullmatch(name))


class Parts:
    """What a document's parts are made of under one dispatch."""

    def __init__(self, document: Document, dispatch: Dispatch) -> None:
        self.links: Sequence[Link] = document.links
        self.destinations = [destination(each) for each in document.links]
        self.platform = dispatch.platform_url.rstrip("/")
        self.edge = (dispatch.edge_url or dispatch.platform_url).rstrip("/")
        self.counter = (dispatch.link_url or self.edge).rstrip("/")
        self.tracking = dispatch.tracking
        self.honeypot = dispatch.honeypot
        html = document.html
        if dispatch.tracking and PIXEL_NAME not in html:
            html = _with_pixel(html)
        self.html = compile_template(_ended(html), escape="html")
        self.text = compile_template(_ended(document.text), escape="text")
        self._check_links()

    def items(self, spans: Spans) -> list[Item]:
        """The items of a flat part."""
        found: list[Item] = [spans.statics[0]]
        for span, static in zip(spans.spans, spans.statics[1:], strict=True):
            found += self._resolved(span, spans.escape == "html")
            found.append(static)
        return list(_joined(found))

    def values(
        self, known: Mapping[str, Any], names: Iterable[str], track: str, moment: datetime, *, html: bool
    ) -> dict[str, Any]:
        """`known` with the reserved `names` that depend on the part, for templates that do more than print them."""
        values = dict(known)
        for name in names:
            if name == PIXEL_NAME:
                values[name] = self.pixel(track) if html else ""
            elif link := _LINK_NAME.fullmatch(name):
                number = int(link[1])
                if html and self.counted(number):
                    values[name] = f"{self.counter}/c/{number}/{track}"
                else:
                    values[name] = self.destinations[number].render(known, moment)
        return values

    def wanted(self, spans: Spans) -> frozenset[str]:
        """The reserved names that a template does more with than print them, so that it needs their values."""
        if not spans.flat:
            return frozenset(filter(is_reserved, spans.names))
        return frozenset(name for each in spans.spans if not each.bare for name in each.names if is_reserved(name))

    def counted(self, number: int) -> bool:
        """Whether clicks on this link of the HTML part go by way of the platform."""
        return self.tracking and is_countable(self.destinations[number])

    def pixel(self, track: str) -> Markup:
        """The element that counts opens, and the link that nobody sees."""
        if not self.tracking:
            return Markup("")
        unseen = UNSEEN.format(url=escape(f"{self.counter}/c/{HONEYPOT}/{track}")) if self.honeypot else ""
        return Markup(PIXEL.format(url=escape(f"{self.counter}/o/{track}.gif")) + unseen)

    def _resolved(self, span: Span, html: bool) -> list[Item]:
        if not span.bare:
            return [filling(span)]
        shown = (lambda text: str(escape(text))) if html else str
        if span.name == "unsubscribe_url":
            return [shown(f"{self.edge}/u/"), Token("unsubscribe", UNSUBSCRIBE_LENGTH)]
        if span.name == "preferences_url":
            return [shown(f"{self.platform}/p/"), Token("unsubscribe", UNSUBSCRIBE_LENGTH)]
        if span.name == "view_url":
            return [shown(f"{self.platform}/v/"), Token("track", TRACK_LENGTH)]
        if span.name == REFERENCE:
            return [Token("donation", REFERENCE_LENGTH)]
        if span.name == PIXEL_NAME:
            if not (html and self.tracking):
                return []
            first, *rest = str(self.pixel("\0")).split("\0")
            return [first, *(item for text in rest for item in (Token("track", TRACK_LENGTH), text))]
        if link := _LINK_NAME.fullmatch(span.name):
            return self._link(int(link[1]), html)
        return [filling(span)]

    def _link(self, number: int, html: bool) -> list[Item]:
        if html and self.counted(number):
            prefix = str(escape(f"{self.counter}/c/{number}/"))
            return [prefix, Token("track", TRACK_LENGTH)]
        spans = self.destinations[number]
        shown = (lambda text: str(escape(text))) if html else str
        if not spans.flat:
            return [Filling(lambda values, moment: shown(spans.render(values, moment)))]
        found: list[Item] = [shown(spans.statics[0])]
        for span, static in zip(spans.spans, spans.statics[1:], strict=True):
            if span.bare and span.name == REFERENCE:
                found.append(Token("donation", REFERENCE_LENGTH))
            else:
                found.append(filling(span, _shown_by(shown, span)))
            found.append(shown(static))
        return found

    def _check_links(self) -> None:
        for name in sorted(self.html.names | self.text.names):
            link = _LINK_NAME.fullmatch(name)
            if link and int(link[1]) >= len(self.destinations):
                raise Invalid(_("The content names link {number}, but has none of that number.").format(number=link[1]))


def _shown_by(shown: Callable[[str], str], span: Span) -> Render:
    return lambda values, moment: shown(span.render(values, moment))


def _joined(items: list[Item]) -> Iterator[Item]:
    """The items with neighbouring texts made one, so that lines are filled across them."""
    text = ""
    for item in items:
        if isinstance(item, str):
            text += item
            continue
        if text:
            yield text
        yield item
        text = ""
    if text:
        yield text


def _ended(source: str) -> str:
    return source if source.endswith("\n") else source + "\n"


def _with_pixel(html: str) -> str:
    ends = list(_END_OF_BODY.finditer(html))
    at = ends[-1].start() if ends else len(html)
    return f"{html[:at]}{{{{ {PIXEL_NAME} }}}}{html[at:]}"
