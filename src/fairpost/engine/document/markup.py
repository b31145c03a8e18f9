"""Reads HTML and MJML into tags with their places, as a browser's tokenizer would, in linear time.

It follows the tokenizer of the HTML standard (WHATWG, 13.2.5) where a difference could hide an element from
the checks, and is stricter where mail needs it: an attribute value or comment that never ends is a finding.
The content of Outlook's conditional comments is read as markup too, since Outlook shows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from fairpost.engine.document.findings import Findings
from fairpost.kernel.text import _


def names(listed: str) -> frozenset[str]:
    """The set of the words in `listed`."""
    return frozenset(listed.split())


VOID = names("area base br col embed hr img input link meta param source track wbr")
# Their content is text to a browser, up to their own end tag.
RAW_TEXT = names("script style textarea title xmp iframe noembed noframes mj-style mj-title mj-preview")

TAG_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<name>[^\s/>="'<]+)"""
    r"""(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>"'][^\s>]*)))?"""
)
TAG_END = re.compile(r"[\s/]*>")
CONDITION = re.compile(r"<!--\[if\b[^\]>]*\]>(<!-->|-->)?|<!--<!\[endif\]-->|<!\[endif\]-->", re.IGNORECASE)
COMMENT_END = re.compile(r"--!?>")


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value` is as written (entities and all); `start` and `end` are its offsets, equal where there is
    none.
    """

    name: str
    value: str
    offset: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A tag, comment, declaration, condition mark or stretch of text. `conditional`: only Outlook sees it."""

    kind: Literal["start", "end", "empty", "text", "raw", "comment", "declaration", "condition"]
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = field(default=())
    conditional: bool = False

    def value(self, name: str) -> str | None:
        """The value of an attribute, or None where the tag has no such attribute."""
        return next((each.value for each in self.attributes if each.name == name), None)


class Reader:
    """One pass over one source."""

    def __init__(self, source: str, findings: Findings) -> None:
        self.source = source
        self.findings = findings
        self.pieces: list[Piece] = []
        self.conditional = False

    def read(self) -> list[Piece]:
        position, source = 0, self.source
        while position < len(source):
            bracket = source.find("<", position)
            if bracket < 0:
                bracket = len(source)
            if bracket > position:
                self.put("text", position, bracket)
            if bracket == len(source):
                break
            position = self.markup(bracket)
        return self.pieces

    def put(self, kind: str, start: int, end: int, name: str = "", attributes: tuple[Attribute, ...] = ()) -> None:
        self.pieces.append(Piece(kind, start, end, name, attributes, self.conditional))  # type: ignore[arg-type]

    def markup(self, start: int) -> int:
        """Reads what begins with the `<` at `start` and returns where it ends."""
        source = self.source
        following = source[start + 1 : start + 2]
        if following == "!":
            return self.exclamation(start)
        if following == "?" or source.startswith("</", start) and not TAG_NAME.match(source, start):
            return self.until(start, ">", "declaration")
        name = TAG_NAME.match(source, start)
        if name:
            return self.tag(start, name)
        self.put("text", start, start + 1)
        return start + 1

    def exclamation(self, start: int) -> int:
        source = self.source
        condition = CONDITION.match(source, start)
        if condition:
            self.conditional = condition[0][:7].lower() == "<!--[if" and not condition[1]
            self.put("condition", start, condition.end())
            return condition.end()
        if not source.startswith("<!--", start):
            return self.until(start, ">", "declaration")
        for abrupt in ("<!-->", "<!--->"):
            if source.startswith(abrupt, start):
                self.put("comment", start, start + len(abrupt))
                return start + len(abrupt)
        end = COMMENT_END.search(source, start + 4)
        if not end:
            return self.never_ends(start, _("This comment is never closed by -->."))
        self.put("comment", start, end.end())
        return end.end()

    def until(self, start: int, closing: str, kind: str) -> int:
        end = self.source.find(closing, start)
        if end < 0:
            return self.never_ends(start, _("This is never closed by {closing}.").format(closing=closing))
        self.put(kind, start, end + 1)
        return end + 1

    def never_ends(self, start: int, message: str) -> int:
        self.findings.add("unclosed-tag", start, message)
        return len(self.source)

    def tag(self, start: int, match: re.Match[str]) -> int:
        source, name, position = self.source, match[1].lower(), match.end()
        attributes: list[Attribute] = []
        while not (end := TAG_END.match(source, position)):
            attribute = ATTRIBUTE.match(source, position)
            if not attribute or (source[attribute.end() : attribute.end() + 1] in ("=", '"', "'")):
                return self.never_ends(
                    start, _("The tag <{name} is never closed, or a quote in it is.").format(name=name)
                )
            group = next((each for each in ("double", "single", "bare") if attribute[each] is not None), None)
            begin, finish = attribute.span(group) if group else (attribute.end(), attribute.end())
            attributes.append(
                Attribute(attribute["name"].lower(), source[begin:finish], attribute.start("name"), begin, finish)
            )
            position = attribute.end()
        closed = end.end()
        if match[0].startswith("</"):
            self.put("end", start, closed, name)
            return closed
        # In HTML `<div/>` opens an element: the slash closes only those of MJML and of other vocabularies
        # (v:fill).
        slashed = source[closed - 2] == "/" and (name.startswith("mj") or ":" in name)
        kind = "empty" if name in VOID or slashed else "start"
        self.put(kind, start, closed, name, tuple(attributes))
        return self.raw_text(name, closed) if kind == "start" and name in RAW_TEXT else closed

    def raw_text(self, name: str, start: int) -> int:
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.source, start)
        finish = end.start() if end else len(self.source)
        if finish > start:
            self.put("raw", start, finish, name)
        return finish


def read_markup(source: str, findings: Findings) -> list[Piece]:
    """The pieces of a source, in order, without gaps up to the end or to the first tag that never ends."""
    return Reader(source, findings).read()
