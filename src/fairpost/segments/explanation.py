"""A condition in words, in the reader's language, so that its author can see what it will really select."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fairpost.kernel.text import _, mark
from fairpost.segments.tree import (
    ADDED,
    EMAIL,
    Ago,
    And,
    Behaved,
    Campaigns,
    Compare,
    Condition,
    InList,
    IsSet,
    LastCampaigns,
    Match,
    Not,
    OneOf,
    Or,
    Period,
    Scope,
    Value,
)

# Each whole, since languages build these differently; {where} is what `scope_in_words` says.
DID = {
    "received": (mark("received a mail {where}"), mark("did not receive a mail {where}")),
    "opened": (mark("opened a mail {where}"), mark("did not open a mail {where}")),
    "clicked": (mark("clicked a link {where}"), mark("did not click a link {where}")),
    "donated": (mark("donated {where}"), mark("did not donate {where}")),
    "bounced": (mark("had a mail come back {where}"), mark("had no mail come back {where}")),
    "complained": (mark("complained {where}"), mark("did not complain {where}")),
    "unsubscribed": (mark("unsubscribed {where}"), mark("did not unsubscribe {where}")),
}
MACHINE_DID = {
    "opened": (
        mark("had a mail opened by a machine {where}"),
        mark("had no mail opened by a machine {where}"),
    ),
    "clicked": (
        mark("had a link clicked by a machine {where}"),
        mark("had no link clicked by a machine {where}"),
    ),
}
CLICKED_ONE = (mark("clicked link {number} {where}"), mark("did not click link {number} {where}"))
MACHINE_CLICKED_ONE = (
    mark("had link {number} clicked by a machine {where}"),
    mark("did not have link {number} clicked by a machine {where}"),
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
        case Behaved():
            return deed_in_words(tree, 0)
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
        case Behaved():
            return deed_in_words(part, 1)
        case OneOf(field, values):
            among = _(", ").join(value_in_words(value) for value in values)
            return _("{field} is none of: {values}, or not known").format(field=field_in_words(field), values=among)
    return _("it is not so that ({part})").format(part=explain(part))


def deed_in_words(tree: Behaved, opposite: int) -> str:
    if tree.link is not None:
        sentence = (MACHINE_CLICKED_ONE if tree.machine else CLICKED_ONE)[opposite]
    else:
        sentence = (MACHINE_DID if tree.machine else DID)[tree.did][opposite]
    return _(sentence).format(number=tree.link, where=scope_in_words(tree.scope))


def scope_in_words(scope: Scope) -> str:
    match scope:
        case Campaigns((only,)):
            return _('in the campaign "{name}"').format(name=only.name)
        case Campaigns(named):
            among = _(", ").join(f'"{each.name}"' for each in named)
            return _("in any of the campaigns {names}").format(names=among)
        case LastCampaigns(1):
            return _("in the campaign started last")
        case LastCampaigns(count, None):
            return _("in any of the last {count} campaigns").format(count=count)
        case LastCampaigns(count):
            return _("in any of the last {count} campaigns of the business unit").format(count=count)
    return period_in_words(scope)


def period_in_words(period: Period) -> str:
    match period:
        case Period(Ago(days), None) if days > 0:
            return _("in the last {days} days").format(days=days)
        case Period(None, None):
            return _("at any time")
    first, last = (None if day is None else value_in_words(day) for day in (period.first, period.last))
    if last is None:
        return _("from {first} on").format(first=first)
    if first is None:
        return _("until {last}").format(last=last)
    return _("from {first} to {last}").format(first=first, last=last)


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
