"""What contacts read on pages and in mails about their own consent, in five languages, one file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fairpost.tenants.naming import LANGUAGES

# Each language by its own name, for whoever looks for it.
OWN_NAMES = {"en": "English", "fr": "Français", "it": "Italiano", "es": "Español", "de": "Deutsch"}


@cache
def words_of(language: str) -> Mapping[str, str]:
    """The sentences of a language by their names; English where there are none in it. Fill them with `.format`."""
    chosen = language if language in LANGUAGES else "en"
    return tomllib.loads((files("fairpost.contacts.words") / f"{chosen}.toml").read_text(encoding="utf-8"))
