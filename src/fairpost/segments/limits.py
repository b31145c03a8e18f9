"""A condition is never deeper or larger than the database and a reader can take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.segments.tree import (
    ADDED,
    BY_MACHINE,
    EMAIL,
    MAX_CAMPAIGNS,
    MAX_DEPTH,
    MAX_LINK,
    MAX_NODES,
    MAX_VALUES,
    Ago,
    And,
    Behaved,
    Campaigns,
    Compare,
    Condition,
    InList,
    LastCampaigns,
    Match,
    Not,
    OneOf,
    Or,
    Period,
    Scope,
    Value,
)

FARTHEST = 100 * 366  # days


def check_limits(tree: Condition) -> None:
    """Raises `Invalid` where the tree is too deep, too large, or compares what cannot be compared."""
    nodes = 0
    waiting: list[tuple[Condition, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise Invalid(_("The condition is nested deeper than {limit} levels.").format(limit=MAX_DEPTH))
        if nodes > MAX_NODES:
            raise Invalid(_("The condition has more than {limit} parts.").format(limit=MAX_NODES))
        match node:
            case And(parts) | Or(parts):
                waiting += [(part, depth + 1) for part in parts]
            case Not(part):
                waiting.append((part, depth + 1))
            case InList():
                pass
            case Behaved():
                check_behaved(node)
            case _leaf:
                check_leaf(node)


def check_behaved(node: Behaved) -> None:
    check_scope(node.scope)
    if node.machine and node.did not in BY_MACHINE:
        raise Invalid(_("A machine is told apart only where it opens or clicks."))
    if node.link is None:
        return
    if node.did != "clicked" or not isinstance(node.scope, Campaigns) or len(node.scope.named) != 1:
        raise Invalid(_("A link is one of one campaign: clicked link 3 of campaign and its name in quotes."))
    if not 0 <= node.link <= MAX_LINK:
        raise Invalid(_("The number of a link is at most {limit}.").format(limit=MAX_LINK))


def check_scope(scope: Scope) -> None:
    match scope:
        case Campaigns(named):
            if len(named) > MAX_CAMPAIGNS:
                raise Invalid(_("A list of campaigns may hold at most {limit}.").format(limit=MAX_CAMPAIGNS))
            for each in named:
                check_text(each.name)
        case LastCampaigns(count):
            if not 1 <= count <= MAX_CAMPAIGNS:
                raise Invalid(_("The last 1 to {limit} campaigns can be asked for.").format(limit=MAX_CAMPAIGNS))
        case Period(first, last):
            for day in (first, last):
                if isinstance(day, Ago) and abs(day.days) > FARTHEST:
                    raise Invalid(_("A relative day reaches at most 100 years."))
            if isinstance(first, date) and isinstance(last, date) and first > last:
                raise Invalid(_("The period ends before it begins."))


def check_leaf(node: Condition) -> None:
    check_name(node.field)  # type: ignore[union-attr]
    match node:
        case OneOf(_field, values):
            if len(values) > MAX_VALUES:
                raise Invalid(_("A list of values may hold at most {limit}.").format(limit=MAX_VALUES))
            for value in values:
                check_value(node.field, "=", value)
        case Compare(field, order, value):
            check_value(field, order, value)
        case Match(field, _how, text):
            check_text(text)
            if field == ADDED:
                raise Invalid(_("added is a date: compare it with before, after or on."))


def check_name(name: str) -> None:
    if not name or len(name) > 100 or not name.isprintable():
        raise Invalid(_("{name!r} cannot be the name of an attribute.").format(name=name[:100]))


def check_value(field: str, order: str, value: Value) -> None:
    if isinstance(value, str):
        check_text(value)
    if isinstance(value, bool) and order not in ("=", "!="):
        raise Invalid(_("{field}: true and false know only = and !=.").format(field=field), field=field)
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 100):
        raise Invalid(_("{field}: {value} is no number to compare with.").format(field=field, value=value))
    if isinstance(value, Ago) and abs(value.days) > FARTHEST:
        raise Invalid(_("{field}: a relative date reaches at most 100 years.").format(field=field), field=field)
    if field == EMAIL and not isinstance(value, str):
        raise Invalid(_("email is a text: write the value in quotes."), field=field)
    if field == ADDED and isinstance(value, date) and value.year > 9998:
        raise Invalid(_("added: {value} is too far away.").format(value=value), field=field)
    if field == ADDED and isinstance(value, (str, bool, Decimal)):
        raise Invalid(_("added is a date: write 2024-01-31 or 30 days ago, without quotes."), field=field)


def check_text(text: str) -> None:
    if "\x00" in text or len(text) > 1_000 or any("\ud800" <= each <= "\udfff" for each in text):
        raise Invalid(_("A text to compare with is at most 1,000 characters, without NUL."))
