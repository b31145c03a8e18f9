"""A receipt or letter is the same words as plain text and as HTML, and made of the same it is the same, bit by bit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from textwrap import fill

WIDTH = 88
STYLE = "body{font:16px/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em}td{padding:.1em 1em .1em 0;\
vertical-align:top}td+td{text-align:right}h2{font-size:1.1em}p,td{overflow-wrap:anywhere}"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (may be empty), lines of label and value, and paragraphs below them."""

    heading: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Both forms, and the SHA-256 (hexadecimal) of each as UTF-8."""

    language: str
    text: str
    html: str

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def html_hash(self) -> str:
        return hashlib.sha256(self.html.encode()).hexdigest()


def document(language: str, title: str, blocks: list[Block]) -> Document:
    return Document(language, as_text(title, blocks), as_html(language, title, blocks))


def as_text(title: str, blocks: list[Block]) -> str:
    parts = [f"{title}\n{'=' * len(title)}"]
    for block in blocks:
        if block.heading:
            parts.append(f"{block.heading}\n{'-' * len(block.heading)}")
        if block.rows:
            width = max(len(label) for label, _value in block.rows)
            parts.append("\n".join(f"{label:<{width}}  {value}" for label, value in block.rows))
        parts += [fill(each, WIDTH, break_long_words=False, break_on_hyphens=False) for each in block.paragraphs]
    return "\n\n".join(parts) + "\n"


def as_html(language: str, title: str, blocks: list[Block]) -> str:
    parts = [f"<h1>{escape(title)}</h1>"]
    for block in blocks:
        if block.heading:
            parts.append(f"<h2>{escape(block.heading)}</h2>")
        if block.rows:
            rows = "".join(
                f"<tr><td>{escape(label)}</td><td>{escape(value)}</td></tr>\n" for label, value in block.rows
            )
            parts.append(f"<table>\n{rows}</table>")
        parts += [f"<p>{escape(each)}</p>" for each in block.paragraphs]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n{body}\n</html>\n"
    )
