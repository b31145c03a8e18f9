"""What people read of a clause or class: a title and a text, in each language in which it is published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.kernel.text import _

LANGUAGE = re.compile(r"[a-z]{2,3}")
MOST_LANGUAGES = 40
LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
FALLBACK = "en"

Texts = Mapping[str, Mapping[str, str]]


def checked_texts(texts: Any) -> dict[str, dict[str, str]]:
    """`texts` ({language: {"title", "text"}}) in order of languages, without surrounding blanks.

    Raises Invalid where there is no language, one that is no code of two or three small letters (ISO 639),
    or where a title or text is missing, too long or holds control characters.
    """
    if not isinstance(texts, Mapping) or not texts:
        raise Invalid(_("A title and a text are needed in at least one language."), field="texts")
    if len(texts) > MOST_LANGUAGES:
        raise Invalid(_("At most {most} languages can be given.").format(most=MOST_LANGUAGES), field="texts")
    return {language: checked_text(language, texts[language]) for language in sorted(texts, key=str)}


def checked_text(language: Any, given: Any) -> dict[str, str]:
    field = f"texts.{language}"
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise Invalid(
            _("{language} is no language: two or three small letters are needed, such as en or fr.").format(
                language=repr(language)
            ),
            field="texts",
        )
    if not isinstance(given, Mapping) or set(given) != {"title", "text"}:
        raise Invalid(_("{field} needs exactly a title and a text.").format(field=field), field=field)
    for name, value in given.items():
        if not isinstance(value, str):
            raise Invalid(_("{field} must be a text.").format(field=f"{field}.{name}"), field=f"{field}.{name}")
    return {
        "title": single_line(given["title"], f"{field}.title", LONGEST_TITLE),
        "text": several_lines(given["text"], f"{field}.text", LONGEST_TEXT),
    }


def chosen(texts: Texts, language: str) -> str:
    """The language in which somebody who reads `language` is told: that one, else English, else the first."""
    asked = language.replace("_", "-").partition("-")[0].lower()
    return next((each for each in (asked, FALLBACK) if each in texts), min(texts))


def text_of_file(content: str, name: str) -> dict[str, str]:
    """Title and text of a file whose first line is the title, the rest the text. Raises Invalid for an empty one."""
    title, _end, text = content.lstrip("\ufeff").replace("\r\n", "\n").partition("\n")
    if not title.strip() or not text.strip():
        raise Invalid(
            _("{name} needs a title on its first line and the text below it.").format(name=name), field="texts"
        )
    return {"title": title.strip(), "text": text.strip()}
