"""Translation of everything people read: mark each sentence with `_` and fill it with `.format` afterwards.

What is evaluated at import, in a table, is marked with `mark`, and translated with `_` when it is shown.

The English sentence is the key. The catalogues are `src/fairpost/locale/<language>/fairpost.po`, which
people edit, and `fairpost.mo` beside it, which `make messages` makes of it and which is read here (GNU
gettext's format).
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr", "it")
CATALOGUES = Path(__file__).parents[1] / "locale"

_process_language = "en"
_language: ContextVar[str] = ContextVar("language")


def _(message: str) -> str:
    """The message in the language of this context (request, task), else of this process; else in English."""
    language = current_language()
    return message if language == "en" else catalogue(language).gettext(message)


def mark(message: str) -> str:
    """The message itself: marks for the catalogues what stands in a table and goes through `_` when it is shown."""
    return message


def current_language() -> str:
    return _language.get(_process_language)


def set_process_language(language: str) -> None:
    """The language of every thread and task of this process that has not chosen its own."""
    global _process_language
    _process_language = known(language)


def use_language(language: str) -> None:
    """The language from here on in this context: a request's, a person's."""
    _language.set(known(language))


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """The language inside the block only: a notice to somebody else."""
    token = _language.set(known(language))
    try:
        yield
    finally:
        _language.reset(token)


def known(language: str) -> str:
    """The language's own code ("fr" of "fr-CH"), or English where there is no catalogue for it."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    try:
        with open(CATALOGUES / language / "fairpost.mo", "rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        return gettext.NullTranslations()
