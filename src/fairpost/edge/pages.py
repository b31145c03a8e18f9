"""Pages for people in their own language: one request, no script, nothing from elsewhere, every value escaped."""

from __future__ import annotations

import tomllib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from fairpost.edge.answers import PRIVATE, Answer, Headers
from fairpost.kernel.languages import preferred_language

LANGUAGES = ("en", "fr", "it", "es", "de")
Words = Mapping[str, Mapping[str, str]]

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
<footer>{footer}</footer>
</body>
</html>
"""


@cache
def style() -> str:
    return (files("fairpost.edge") / "page.css").read_text(encoding="utf-8")


@cache
def page_headers() -> Headers:
    """Nothing but the one stylesheet, by its hash, and the page's own form."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        *PRIVATE,
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", policy.encode()),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
        (b"vary", b"Accept-Language"),
    )


@cache
def words_of(language: str) -> Words:
    """Every text of the edge in one language (texts/<language>.toml)."""
    return tomllib.loads((files("fairpost.edge") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


def language_of(headers: Mapping[bytes, bytes], otherwise: str = "en") -> str:
    """The language that the reader's browser asks for, else `otherwise`."""
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    return preferred_language(accepted, otherwise if otherwise in LANGUAGES else "en", LANGUAGES)


def page(status: int, language: str, title: str, content: str, footer: str = "", extra: Headers = ()) -> Answer:
    """`content` is HTML; the rest is text."""
    html = PAGE.format(
        language=language, title=escape(title), style=style(), content=content, footer=escape(footer)
    )
    return Answer(status, (*page_headers(), *extra), html.encode())


def message(status: int, language: str, topic: str, extra: Headers = (), text: str = "text", **values: str) -> Answer:
    """The page that says one thing: `topic` is a table of the texts, `text` the key of its sentence."""
    words = words_of(language)[topic]
    sentences = [words[text].format(**values), words.get("advice", "")]
    content = "\n".join(f"<p>{escape(each)}</p>" for each in sentences if each)
    return page(status, language, words["title"], content, extra=extra)


def question(language: str, facts: Sequence[tuple[str, str]]) -> Answer:
    """The page with the one button. `facts` are (key of the texts, value)."""
    words = words_of(language)["unsubscribe"]
    rows = "".join(f"<div><dt>{escape(words[key])}</dt><dd>{escape(value)}</dd></div>\n" for key, value in facts)
    content = (
        f"<p>{escape(words['question'])}</p>\n"
        + (f"<dl>\n{rows}</dl>\n" if rows else "")
        + f'<form method="post"><button type="submit">{escape(words["button"])}</button></form>'
    )
    return page(200, language, words["title"], content, words["note"])
