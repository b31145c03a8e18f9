"""Words of a condition are taken one after the other; what stands where something else should is told its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.segments.tree import Ago, Value
from fairpost.segments.words import Word, fault

DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365, "years": 365}


class Reader:
    """A place in the words of one condition, and the values that both comparisons and deeds are made of."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.at = 0

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def take(self) -> Word:
        word = self.word
        self.at += 1
        return word

    def took(self, *keywords: str) -> bool:
        """Passes over one of these keywords where it stands here."""
        if self.word.is_word(*keywords):
            self.at += 1
            return True
        return False

    def sign(self, text: str) -> bool:
        if self.word.kind == "sign" and self.word.text == text:
            self.at += 1
            return True
        return False

    def expect(self, found: bool, expected: str) -> None:
        if not found:
            raise self.unexpected(expected)

    def unexpected(self, expected: str) -> Invalid:
        if self.word.kind == "end":
            return fault(_("it ends, but {expected} is missing").format(expected=expected), self.word.place)
        seen = self.word.text
        return fault(_("{seen!r} stands where {expected} should").format(seen=seen, expected=expected), self.word.place)

    def text(self) -> str:
        self.expect(self.word.kind == "text", _("a text in quotes"))
        return self.take().text

    def value(self) -> Value:
        word = self.word
        if word.kind == "text":
            return self.take().text
        if word.kind == "number" and not self.words[self.at + 1].is_word(*DAYS):
            return Decimal(self.take().text)
        if self.took("true"):
            return True
        if self.took("false"):
            return False
        if word.kind in ("date", "number") or word.is_word("today", "in"):
            return self.day()
        raise self.unexpected(_("a value (a text in quotes, a number, a date, true or false)"))

    def day(self) -> date | Ago:
        word = self.word
        if self.took("today"):
            return Ago(0)
        if word.kind == "date":
            return self.calendar_day()
        if self.took("in"):
            return Ago(-self.span())
        if word.kind == "number":
            days = self.span()
            self.expect(self.took("ago"), "ago")
            return Ago(days)
        raise self.unexpected(_("a day (2024-01-31, today, 30 days ago)"))

    def calendar_day(self) -> date:
        try:
            day = date.fromisoformat(self.word.text)
        except ValueError:
            raise fault(_("there is no such day as {day}").format(day=self.word.text), self.word.place) from None
        self.at += 1
        return day

    def whole_number(self) -> int:
        word = self.word
        if word.kind != "number" or not word.text.isascii() or not word.text.isdigit() or len(word.text) > 6:
            raise self.unexpected(_("a whole number"))
        return int(self.take().text)

    def span(self) -> int:
        number = self.whole_number()
        if not self.word.is_word(*DAYS):
            raise self.unexpected(_("days, weeks, months or years"))
        return number * DAYS[self.take().text.casefold()]
