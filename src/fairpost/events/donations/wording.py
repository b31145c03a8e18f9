"""Receipts and letters are worded by fixed texts in five languages; what is filled in is never read as a text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from fairpost.events.donations.amounts import write_amount
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

TEXTS = Path(__file__).with_name("texts")
LANGUAGES = ("en", "fr", "it", "es", "de")


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's texts."""

    language: str
    texts: Mapping[str, Any]

    def say(self, document: str, name: str, **values: str) -> str:
        """The text `name` of a document with the values filled in, each as it is."""
        return self.texts[document][name].format_map(values)

    def word(self, name: str) -> str:
        return self.texts[name]

    def day(self, at: date) -> str:
        return self.texts["date"].format(day=at.day, month=self.texts["months"][at.month - 1], year=at.year)

    def money(self, amount: int, currency: str) -> str:
        """As people of the language write it, with the currency's code."""
        sign, plain = ("-", write_amount(-amount, currency)) if amount < 0 else ("", write_amount(amount, currency))
        whole, _dot, rest = plain.partition(".")
        grouped = f"{int(whole):,}".replace(",", self.texts["thousands"])
        number = f"{sign}{grouped}{self.texts['decimal']}{rest}" if rest else f"{sign}{grouped}"
        return self.texts["money"].format(currency=currency, amount=number)


@cache
def wording(language: str) -> Wording:
    """Raises `Invalid` for a language that receipts are not written in."""
    if language not in LANGUAGES:
        raise Invalid(
            _("Receipts and letters are written in: {languages}.").format(languages=", ".join(LANGUAGES)),
            field="language",
        )
    return Wording(language, tomllib.loads((TEXTS / f"{language}.toml").read_text(encoding="utf-8")))


def best_language(wanted: str | None, of_account: str) -> str:
    """The language asked for, else the account's where there is one for it, else English."""
    return wanted or (of_account if of_account in LANGUAGES else "en")
