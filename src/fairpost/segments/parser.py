"""The text form of a condition is read into a tree, or refused with the place of the first fault.

    condition  = term { "or" term }
    term       = factor { "and" factor }
    factor     = "not" factor | "(" condition ")" | "list" "(" text ")" | comparison
    comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
               | field ( "contains" | "starts with" | "ends with" ) text
               | field [ "not" ] "in" "(" value { "," value } ")"
               | field ( "before" | "after" | "on" ) day
               | field "is" [ "not" ] "set" | field "is" [ "not" ] ( "true" | "false" )
    value      = text | number | "true" | "false" | day
    day        = YYYY-MM-DD | "today" | number ( "days" | "weeks" | "months" | "years" ) "ago" | "in" number ( ... )
    field      = name | "[" any name "]"

A month is 30 days and a year 365, in relative days.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import cast

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.segments.limits import check_limits
from fairpost.segments.tree import (
    MAX_DEPTH,
    MAX_TEXT,
    Ago,
    And,
    Compare,
    Condition,
    InList,
    IsSet,
    Match,
    Not,
    OneOf,
    Or,
    Order,
    TextMatch,
    Value,
)
from fairpost.segments.words import Word, cut, fault

DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365, "years": 365}
BY_DAY: dict[str, Order] = {"before": "<", "after": ">", "on": "="}
KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "set",
        "contains",
        "starts",
        "ends",
        "with",
        "before",
        "after",
        "on",
        "true",
        "false",
        "today",
        "ago",
    ]
)


def parse(condition: str) -> Condition:
    """The tree of a condition. Raises `Invalid` with the place where it cannot be read, or where it is too large."""
    if len(condition) > MAX_TEXT:
        raise Invalid(_("A condition is at most {limit} characters long.").format(limit=MAX_TEXT), field="condition")
    tree = Parser(cut(condition)).whole()
    check_limits(tree)
    return tree


class Parser:
    """Recursive descent over the words of one condition."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

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

    def whole(self) -> Condition:
        if self.word.kind == "end":
            raise Invalid(_("The condition is empty."), field="condition")
        tree = self.condition()
        self.expect(self.word.kind == "end", _("and, or, or the end"))
        return tree

    def condition(self) -> Condition:
        parts = [self.term()]
        while self.took("or"):
            parts.append(self.term())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def term(self) -> Condition:
        parts = [self.factor()]
        while self.took("and"):
            parts.append(self.factor())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def factor(self) -> Condition:
        # Counted here, so that thousands of brackets are refused before they fill the stack.
        self.depth += 1
        if self.depth > 4 * MAX_DEPTH:
            raise fault(_("the condition is nested too deep"), self.word.place)
        try:
            if self.took("not"):
                return Not(self.factor())
            if self.sign("("):
                inner = self.condition()
                self.expect(self.sign(")"), _("a closing bracket"))
                return inner
            if self.word.is_word("list") and self.words[self.at + 1].text == "(":
                return self.list_part()
            return self.comparison()
        finally:
            self.depth -= 1

    def list_part(self) -> Condition:
        self.at += 2
        self.expect(self.word.kind == "text", _("the list's name in quotes"))
        name = self.take().text
        self.expect(self.sign(")"), _("a closing bracket"))
        return InList(name)

    def field(self) -> str:
        word = self.word
        if word.kind != "name" or (not word.bracketed and word.text.casefold() in KEYWORDS):
            raise self.unexpected(_("a field's name"))
        return self.take().text

    def comparison(self) -> Condition:
        field = self.field()
        word = self.take()
        if word.kind == "sign" and word.text in ("=", "!=", "<", "<=", ">", ">="):
            return Compare(field, cast(Order, word.text), self.value())
        if word.is_word("contains"):
            return Match(field, "contains", self.text())
        if word.is_word("starts", "ends"):
            self.expect(self.took("with"), "with")
            return Match(field, cast(TextMatch, f"{word.text.casefold()} with"), self.text())
        if word.is_word("before", "after", "on"):
            return Compare(field, BY_DAY[word.text.casefold()], self.day())
        if word.is_word("in"):
            return self.one_of(field)
        if word.is_word("not"):
            self.expect(self.took("in"), "in")
            return Not(self.one_of(field))
        if word.is_word("is"):
            return self.state(field)
        self.at -= 1
        raise self.unexpected(_("a comparison (=, !=, <, >, contains, in, before, is set ...)"))

    def state(self, field: str) -> Condition:
        opposite = self.took("not")
        if self.took("set"):
            tree: Condition = IsSet(field)
        elif self.took("true"):
            tree = Compare(field, "=", True)
        elif self.took("false"):
            tree = Compare(field, "=", False)
        else:
            raise self.unexpected(_("set, true or false"))
        return Not(tree) if opposite else tree

    def one_of(self, field: str) -> Condition:
        self.expect(self.sign("("), _("an opening bracket"))
        values = [self.value()]
        while self.sign(","):
            values.append(self.value())
        self.expect(self.sign(")"), _("a comma or a closing bracket"))
        return OneOf(field, tuple(values))

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

    def span(self) -> int:
        word = self.word
        if word.kind != "number" or not word.text.isascii() or not word.text.isdigit() or len(word.text) > 6:
            raise self.unexpected(_("a whole number"))
        self.at += 1
        if not self.word.is_word(*DAYS):
            raise self.unexpected(_("days, weeks, months or years"))
        return int(word.text) * DAYS[self.take().text.casefold()]
