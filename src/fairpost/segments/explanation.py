"""A condition in words, in the reader's language, so that its author can see what it will really select."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fairpost.kernel.text import _
from fairpost.segments.tree import (
    ADDED,
    EMAIL,
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
    Value,
)


def explain(tree: Condition) -> str:
    """One sentence without capital and full stop."""
    match tree:
        case And(parts):
            return _(" and ").join(bracketed(part, Or) for part in parts)
        case Or(parts):
            return _(" or ").join(bracketed(part, And) for part in parts)
        case Not(part):
            return negated(part)
        case InList(name):
            return _('is on the list "{name}"').format(name=name)
        case IsSet(field):
            return _("{field} is known").format(field=field_in_words(field))
        case Match(field, how, text):
            sentence = {
                "contains": _('{field} contains "{text}"'),
                "starts with": _('{field} starts with "{text}"'),
                "ends with": _('{field} ends with "{text}"'),
            }[how]
            return sentence.format(field=field_in_words(field), text=text)
        case OneOf(field, values):
            among = _(", ").join(value_in_words(value) for value in values)
            return _("{field} is one of: {values}").format(field=field_in_words(field), values=among)
        case Compare():
            return comparison_in_words(tree)
    raise TypeError(f"{tree!r} has no words")


def bracketed(part: Condition, other: type[And] | type[Or]) -> str:
    """Brackets around what would else be read otherwise, and only there."""
    return f"({explain(part)})" if isinstance(part, other) else explain(part)


def negated(part: Condition) -> str:
    match part:
        case InList(name):
            return _('is not on the list "{name}"').format(name=name)
        case IsSet(field):
            return _("{field} is not known").format(field=field_in_words(field))
        case Not(inner):
            return explain(inner)
        case OneOf(field, values):
            among = _(", ").join(value_in_words(value) for value in values)
            return _("{field} is none of: {values}, or not known").format(field=field_in_words(field), values=among)
    return _("it is not so that ({part})").format(part=explain(part))


def comparison_in_words(tree: Compare) -> str:
    by_day = isinstance(tree.value, (date, Ago))
    plain = {
        "=": _("{field} is {value}"),
        "!=": _("{field} is not {value}, or not known"),
        "<": _("{field} is less than {value}"),
        "<=": _("{field} is at most {value}"),
        ">": _("{field} is more than {value}"),
        ">=": _("{field} is at least {value}"),
    }
    daily = {
        "=": _("{field} is on {value}"),
        "!=": _("{field} is not on {value}, or not known"),
        "<": _("{field} is before {value}"),
        "<=": _("{field} is on or before {value}"),
        ">": _("{field} is after {value}"),
        ">=": _("{field} is on or after {value}"),
    }
    sentence = (daily if by_day else plain)[tree.order]
    return sentence.format(field=field_in_words(tree.field), value=value_in_words(tree.value))


def field_in_words(field: str) -> str:
    if field == EMAIL:
        return _("the address")
    if field == ADDED:
        return _("the day the contact was added")
    return field


def value_in_words(value: Value) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case str():
            return f'"{value}"'
        case Decimal():
            return f"{value:f}"
        case Ago(0):
            return _("the current day")
        case Ago(days) if days > 0:
            return _("the day {days} days ago").format(days=days)
        case Ago(days):
            return _("the day in {days} days").format(days=-days)
    return value.isoformat()  # type: ignore[union-attr]
