"""The text form of a condition is read into a tree, or refused with the place of the first fault.

    condition  = term { "or" term }
    term       = factor { "and" factor }
    factor     = "not" factor | "(" condition ")" | "list" "(" text ")" | deed | comparison
    comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
               | field ( "contains" | "starts with" | "ends with" ) text
               | field [ "not" ] "in" "(" value { "," value } ")"
               | field ( "before" | "after" | "on" ) day
               | field "is" [ "not" ] "set" | field "is" [ "not" ] ( "true" | "false" )
    value      = text | number | "true" | "false" | day
    day        = YYYY-MM-DD | "today" | number ( "days" | "weeks" | "months" | "years" ) "ago" | "in" number ( ... )
    field      = name | "[" any name "]"
    deed       = what a contact did: see deeds.py

A month is 30 days and a year 365, in relative days.
"""

from __future__ import annotations

from typing import cast

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.segments.deeds import read_deed, starts_deed
from fairpost.segments.limits import check_limits
from fairpost.segments.reader import Reader
from fairpost.segments.tree import (
    MAX_DEPTH,
    MAX_TEXT,
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
)
from fairpost.segments.words import Word, cut, fault

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


class Parser(Reader):
    """Recursive descent over the words of one condition."""

    def __init__(self, words: list[Word]) -> None:
        super().__init__(words)
        self.depth = 0

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
            if starts_deed(self):
                return read_deed(self)
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
