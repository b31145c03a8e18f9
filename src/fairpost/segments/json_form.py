"""The JSON form of a condition is lossless: `from_json` reads back what `to_json` writes."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.segments.limits import check_limits
from fairpost.segments.tree import (
    DEEDS,
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
    NamedCampaign,
    Not,
    OneOf,
    Or,
    Period,
    Scope,
    Value,
)

ORDERS = ("=", "!=", "<", "<=", ">", ">=")
MATCHES = ("contains", "starts with", "ends with")


def to_json(tree: Condition) -> dict[str, Any]:
    """The tree as JSON objects with one key that names the kind, such as {"and": [...]}."""
    match tree:
        case And(parts):
            return {"and": [to_json(part) for part in parts]}
        case Or(parts):
            return {"or": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case InList(name, list_id):
            return {"list": name, "id": list_id}
        case IsSet(field):
            return {"set": field}
        case Match(field, how, text):
            return {"match": field, "how": how, "text": text}
        case OneOf(field, values):
            return {"in": field, "values": [value_to_json(value) for value in values]}
        case Compare(field, order, value):
            return {"compare": field, "order": order, "value": value_to_json(value)}
        case Behaved(did, scope, link, machine):
            return {"did": did, "machine": machine, "link": link, **scope_to_json(scope)}


def scope_to_json(scope: Scope) -> dict[str, Any]:
    match scope:
        case Campaigns(named):
            return {"campaigns": [{"campaign": each.name, "id": each.campaign_id} for each in named]}
        case LastCampaigns(count, unit_id):
            return {"last": count, "unit": unit_id}
        case Period(first, last):
            return {"period": [None if day is None else value_to_json(day) for day in (first, last)]}


def value_to_json(value: Value) -> Any:
    match value:
        case bool() | str():
            return value
        case Decimal():
            return {"number": str(value)}
        case date():
            return {"date": value.isoformat()}
        case Ago(days):
            return {"days_ago": days}


def from_json(data: Any) -> Condition:
    """Reads the JSON form. Raises `Invalid` where it is not one, or is too deep or too large."""
    try:
        tree = read(data, 0)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise Invalid(_("This is not the JSON form of a condition: {data}.").format(data=reprlib.repr(data))) from error
    check_limits(tree)
    return tree


def read(data: Mapping[str, Any], depth: int) -> Condition:
    if depth > 100 or not isinstance(data, dict):
        raise ValueError("not a condition")
    match data:
        case {"and": parts} | {"or": parts} if parts and isinstance(parts, list):
            inner = tuple(read(part, depth + 1) for part in parts)
            return And(inner) if "and" in data else Or(inner)
        case {"not": part}:
            return Not(read(part, depth + 1))
        case {"list": str(name), **rest}:
            list_id = rest.get("id")
            if not is_number(list_id):
                raise ValueError("id of a list")
            return InList(name, list_id)
        case {"set": str(field)}:
            return IsSet(field)
        case {"match": str(field), "how": how, "text": str(text)} if how in MATCHES:
            return Match(field, how, text)
        case {"in": str(field), "values": list(values)} if values:
            return OneOf(field, tuple(read_value(value) for value in values))
        case {"compare": str(field), "order": order, "value": value} if order in ORDERS:
            return Compare(field, order, read_value(value))
        case {"did": did, "link": link, "machine": bool(machine), **scope} if did in DEEDS and is_number(link):
            return Behaved(did, read_scope(scope), link, machine)
    raise ValueError("not a condition")


def is_number(number: Any) -> bool:
    return number is None or type(number) is int


def read_scope(data: Mapping[str, Any]) -> Scope:
    match data:
        case {"campaigns": list(named)} if named and all(is_number(each["id"]) for each in named):
            return Campaigns(tuple(NamedCampaign(checked_text(each["campaign"]), each["id"]) for each in named))
        case {"last": int(count), "unit": unit} if type(count) is int and is_number(unit):
            return LastCampaigns(count, unit)
        case {"period": [first, last]}:
            return Period(read_day(first), read_day(last))
    raise ValueError("not a scope")


def read_day(data: Any) -> date | Ago | None:
    day = None if data is None else read_value(data)
    if not isinstance(day, (date, Ago, type(None))):
        raise ValueError("not a day")
    return day


def checked_text(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError("not a text")
    return text


def read_value(data: Any) -> Value:
    match data:
        case bool() | str():
            return data
        case {"number": str(number)}:
            return Decimal(number)
        case {"date": str(day)}:
            return date.fromisoformat(day)
        case {"days_ago": int(days)}:
            return Ago(days)
    raise ValueError("not a value")
