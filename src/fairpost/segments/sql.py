"""Conditions become SQL whose every value is a parameter, and which no contact's data can make fail.

Each condition is true or false, never NULL, for a row of table `contact` aliased `c`. Lists are not part of
it: they are bitmaps (`bitmaps.py`). An attribute of another type than the value compared with gives false, by
asking the type first; nothing is cast that has not been seen to be castable.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from fairpost.segments.tree import (
    ADDED,
    EMAIL,
    Ago,
    And,
    Compare,
    Condition,
    IsSet,
    Match,
    Not,
    OneOf,
    Or,
    Value,
)

# What lies between these and has this shape is a day: three cheap tests, where a pattern of digits takes longer than
# all the rest. No number, truth value, object or array looks like it.
DAY, FIRST_DAY, LAST_DAY = "____-__-__", "0001-01-01", "9999-12-31"


def to_sql(tree: Condition, today: date) -> tuple[str, list[Any]]:
    """(SQL condition with %s places, its parameters). `today` is the day that relative dates count from."""
    match tree:
        case And(parts) | Or(parts):
            compiled = [to_sql(part, today) for part in parts]
            word = " AND " if isinstance(tree, And) else " OR "
            values = [value for _sql, own in compiled for value in own]
            return f"({word.join(sql for sql, _values in compiled)})", values
        case Not(part):
            sql, values = to_sql(part, today)
            return f"(NOT {sql})", values
        case Compare(field, "!=", value):
            return to_sql(Not(Compare(field, "=", value)), today)
        case Compare(field, order, value):
            return compare(field, order, absolute(value, today))
        case OneOf(field, values):
            return one_of(field, values, today)
        case Match(field, how, text):
            return matches(field, how, text)
        case IsSet(field):
            if field in (EMAIL, ADDED):
                return "true", []
            return "(COALESCE(jsonb_typeof(c.attributes -> %s::text), 'null') <> 'null')", [field]
    raise TypeError(f"{tree!r} has no SQL form")


def absolute(value: Value, today: date) -> str | Decimal | bool | date:
    return value.on(today) if isinstance(value, Ago) else value


def one_of(field: str, values: Sequence[Value], today: date) -> tuple[str, list[Any]]:
    """All texts in one comparison, the other kinds one by one."""
    texts = [value for value in values if isinstance(value, str)]
    others = tuple(Compare(field, "=", value) for value in values if not isinstance(value, str))
    parts = [equals_text(field, texts)] if texts else []
    parts += [to_sql(each, today) for each in others]
    return f"({' OR '.join(sql for sql, _values in parts)})", [value for _sql, own in parts for value in own]


def compare(field: str, order: str, value: str | Decimal | bool | date) -> tuple[str, list[Any]]:
    if field == ADDED:
        return compare_added(order, value)  # type: ignore[arg-type]
    if order == "=" and isinstance(value, str):
        return equals_text(field, [value])
    if field == EMAIL:
        return f'(c.canonical {order} %s::text COLLATE "C")', [str(value).casefold()]
    if isinstance(value, date):
        return compare_day(field, order, value)
    if order == "=":
        # jsonb equality is typed already and takes no cast.
        return "((c.attributes -> %s::text = %s::jsonb) IS TRUE)", [field, as_json(value)]
    if isinstance(value, Decimal):
        kind, taken = "number", f"(c.attributes -> %s::text)::numeric {order} %s"
    else:
        kind, taken = "string", f'c.attributes ->> %s::text {order} %s::text COLLATE "C"'
    sql = f"(CASE WHEN jsonb_typeof(c.attributes -> %s::text) = '{kind}' THEN {taken} ELSE false END)"
    return sql, [field, field, value]


def equals_text(field: str, texts: list[str]) -> tuple[str, list[Any]]:
    """The field is one of the texts; asks the type only where a text reads like another kind of JSON."""
    if field == EMAIL:
        return "(c.canonical = ANY(%s::text[]))", [[text.casefold() for text in texts]]
    # Equal is equal in every collation; in this one it takes a fifth less.
    text = '(c.attributes ->> %s::text) COLLATE "C"'
    if any(map(is_json, texts)):
        sql = f"({text} = ANY(%s::text[]) AND jsonb_typeof(c.attributes -> %s::text) = 'string')"
        return f"({sql} IS TRUE)", [field, texts, field]
    return f"(({text} = ANY(%s::text[])) IS TRUE)", [field, texts]


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def compare_day(field: str, order: str, day: date) -> tuple[str, list[Any]]:
    bound = f">= '{FIRST_DAY}'" if order in ("<", "<=") else f"<= '{LAST_DAY}'"
    sql = f"""((c.attributes ->> %s::text LIKE '{DAY}' AND c.attributes ->> %s::text {order} %s::text COLLATE "C"
        AND c.attributes ->> %s::text {bound} COLLATE "C") IS TRUE)"""
    return sql, [field, field, day.isoformat(), field]


def as_json(value: str | Decimal | bool) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def compare_added(order: str, day: date) -> tuple[str, list[Any]]:
    """`added` is a moment; the comparison is with the calendar day in UTC that it falls on."""
    start = datetime.combine(day, time(0), UTC)
    end = start + timedelta(days=1)
    match order:
        case "=":
            return "(c.created_at >= %s AND c.created_at < %s)", [start, end]
        case "<" | ">=":
            return f"(c.created_at {order} %s)", [start]
        case "<=":
            return "(c.created_at < %s)", [end]
        case _greater:
            return "(c.created_at >= %s)", [end]


def matches(field: str, how: str, text: str) -> tuple[str, list[Any]]:
    if field == EMAIL:
        return f"({searched('c.canonical', how)})", [text.casefold()]
    sql = searched("c.attributes ->> %s::text", how)
    places: list[Any] = [field, field, text]
    return f"(CASE WHEN jsonb_typeof(c.attributes -> %s::text) = 'string' THEN {sql} ELSE false END)", places


def searched(subject: str, how: str) -> str:
    """Plain search without wildcards: strpos and friends take the text as it is, unlike LIKE."""
    match how:
        case "contains":
            return f"strpos({subject}, %s::text) > 0"
        case "starts with":
            return f"starts_with({subject}, %s::text)"
        case _ends_with:
            return f"starts_with(reverse({subject}), reverse(%s::text))"
