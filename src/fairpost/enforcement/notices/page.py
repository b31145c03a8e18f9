"""A notice is laid out once, and its plain text and its HTML say the same, word for word.

No picture, script or style sheet, nothing fetched and nothing counted: headings, paragraphs, lists and quotations.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from fairpost.kernel.plaintext import REFUSED_CATEGORIES, REFUSED_CHARACTERS

WIDTH = 76


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph, or an item of a list; with `link` the address at its end leads there."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words, which can pass for none of ours: every line of them is marked."""

    text: str


@dataclass(slots=True)
class Section:
    """A heading with what stands below it; an empty one is left out. `listed` makes a list of its items."""

    heading: str
    blocks: list[Item | Quote] = field(default_factory=list)
    listed: bool = True

    def say(self, text: str, link: str = "") -> None:
        self.blocks.append(Item(text, link))

    def quote(self, text: str) -> None:
        if text.strip():
            self.blocks.append(Quote(text))


def one_line(value: object) -> str:
    """A value as it may stand inside a sentence or a header: no line end, control or override of direction."""
    text = str(value)
    if not text.isprintable():  # true of nearly everything, and many times as fast as looking at each character
        text = "".join(shown(each) for each in text)
    return " ".join(text.split())


def shown(character: str) -> str:
    if unicodedata.category(character) in REFUSED_CATEGORIES:
        return " "
    return "" if character in REFUSED_CHARACTERS else character


def lines_of(text: str) -> list[str]:
    """The lines of a text, each harmless."""
    return [one_line(each) for each in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def as_text(title: str, opening: Iterable[str], sections: Iterable[Section]) -> str:
    """Plain text in lines of at most 76 characters, but for long words such as addresses."""
    parts = [underlined(title, "="), *(wrapped(each) for each in opening)]
    for section in sections:
        if not section.blocks:
            continue
        if section.heading:
            parts.append(underlined(section.heading, "-"))
        body: list[str] = []
        for block in section.blocks:
            if isinstance(block, Quote):
                body.append("\n" + quoted(block) + "\n")
            elif section.listed:
                body.append(wrapped(block.text, "- ", "  "))
            else:
                body.append(wrapped(block.text) + "\n")
        parts.append("\n".join(body).strip("\n").replace("\n\n\n", "\n\n"))
    return "\n\n".join(parts) + "\n"


def underlined(text: str, mark: str) -> str:
    return f"{wrapped(text)}\n{mark * min(WIDTH, len(text))}"


def wrapped(text: str, first: str = "", following: str = "") -> str:
    """Lines of at most 76 characters, broken at single spaces; a longer word has a line of its own."""
    if len(first) + len(text) <= WIDTH:
        return first + text
    lines, line = [], first
    room = WIDTH - len(first)
    for word in text.split(" "):
        if room < len(word) and room < WIDTH - len(following):
            lines.append(line.rstrip(" "))
            line, room = following, WIDTH - len(following)
        line += word + " "
        room -= len(word) + 1
    return "\n".join([*lines, line.rstrip(" ")])


def quoted(block: Quote) -> str:
    return "\n".join(wrapped(line, "> ", "> ") if line else ">" for line in lines_of(block.text))


def as_html(title: str, opening: Iterable[str], sections: Iterable[Section], language: str) -> str:
    """The same as one page of HTML that needs nothing else; every text is escaped."""
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title></head><body>",
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(each)}</p>" for each in opening),
    ]
    for section in sections:
        if section.blocks:
            parts += [f"<h2>{escape(section.heading)}</h2>"] if section.heading else []
            parts += blocks_as_html(section)
    return "\n".join([*parts, "</body></html>"]) + "\n"


def blocks_as_html(section: Section) -> list[str]:
    out: list[str] = []
    inside = False
    for block in section.blocks:
        item = isinstance(block, Item) and section.listed
        if item != inside:
            out.append("<ul>" if item else "</ul>")
            inside = item
        if isinstance(block, Quote):
            lines = "<br>\n".join(escape(line) for line in lines_of(block.text))
            out.append(f"<blockquote><p>{lines}</p></blockquote>")
        else:
            tag = "li" if item else "p"
            out.append(f"<{tag}>{with_link(block)}</{tag}>")
    return [*out, "</ul>"] if inside else out


def with_link(item: Item) -> str:
    """The text, with its address made a link; the address is always seen in full."""
    text = escape(item.text)
    link = escape(item.link)
    if not item.link.startswith(("https://", "http://")) or link not in text:
        return text
    before, _link, after = text.rpartition(link)
    return f'{before}<a href="{link}">{link}</a>{after}'
