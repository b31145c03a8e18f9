"""A condition means the same in SQL, in bitmaps and in the plainest Python, for any tree and any contacts."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.builders.contacts import raw_connection

from fairpost.contacts.membership import add_members
from fairpost.contacts.queries.segments import select_contacts
from fairpost.kernel.errors import Invalid
from fairpost.segments.limits import check_limits
from fairpost.segments.sql import to_sql
from fairpost.segments.tree import Ago, And, Compare, Condition, InList, IsSet, Match, Not, OneOf, Or

NOW = datetime(2026, 5, 17, 23, 30, tzinfo=UTC)
TODAY = NOW.date()
ACCOUNT, OTHER = 71, 72
LISTS = {1: {1, 2, 3, 5, 8}, 2: {2, 4, 6, 8, 10, 12}}
DAY = re.compile(r".{4}-.{2}-.{2}", re.DOTALL)

# What may stand in an attribute, whoever wrote it: each kind, and every confusion between kinds.
VALUES = [
    "IT", "it", "FR", "", "30", "3.0", "true", "null", "2024-01-31", "2024-01-31x", "2026-05-17", "9999-99-99", "[1]",
    "a%b_c", 'q"\\', "é", "İ", "zz", 30, 3, 3.5, -1, 0, 10**17, True, False, None, [1], {"a": 1},
]  # fmt: skip
NAMES = ["country", "age", "joined", "Odd name's"]

fields = st.sampled_from([*NAMES, "nowhere"])
days = st.sampled_from(
    [date(2024, 1, 31), date(2026, 5, 17), date(1, 1, 1), date(9999, 12, 31), Ago(0), Ago(30), Ago(-5)]
)
texts = st.sampled_from([each for each in VALUES if isinstance(each, str)] + ["b", "2024"])
numbers = st.sampled_from([Decimal(30), Decimal("3.50"), Decimal(-1), Decimal(0), Decimal(10**17)])
values = st.one_of(texts, numbers, st.booleans(), days)
orders = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
comparisons = st.one_of(
    st.builds(Compare, fields, orders, values),
    st.builds(Compare, st.just("email"), orders, st.sampled_from(["c3@x.org", "C5@x.org", ""])),
    st.builds(Compare, st.just("added"), orders, days),
    st.builds(Match, fields, st.sampled_from(["contains", "starts with", "ends with"]), texts),
    st.builds(Match, st.just("email"), st.sampled_from(["contains", "starts with", "ends with"]), texts),
    st.builds(OneOf, fields, st.lists(values, min_size=1, max_size=4).map(tuple)),
    st.builds(IsSet, st.sampled_from([*NAMES, "nowhere", "email", "added"])),
    st.sampled_from([InList("one", 1), InList("two", 2)]),
)
trees = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
people = st.lists(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES)), min_size=1, max_size=14)


def holds(tree: Condition, person: dict[str, Any]) -> bool:
    """The plainest reading of what `tree.py` promises."""
    match tree:
        case And(parts):
            return all(holds(part, person) for part in parts)
        case Or(parts):
            return any(holds(part, person) for part in parts)
        case Not(part):
            return not holds(part, person)
        case InList(_name, list_id):
            return person["ordinal"] in LISTS[list_id]
        case IsSet(field):
            return value_of(person, field) is not None
        case OneOf(field, given):
            return any(holds(Compare(field, "=", value), person) for value in given)
        case Match(field, how, text):
            text = text.casefold() if field == "email" else text
            held = value_of(person, field)
            if not isinstance(held, str):
                return False
            return {"contains": text in held, "starts with": held.startswith(text), "ends with": held.endswith(text)}[
                how
            ]
        case Compare(field, "!=", value):
            return not holds(Compare(field, "=", value), person)
        case Compare(field, order, value):
            return compared(value_of(person, field), order, value, field)


def value_of(person: dict[str, Any], field: str) -> Any:
    if field in ("email", "added"):
        return person[field]
    return person["attributes"].get(field)


def compared(held: Any, order: str, value: Any, field: str) -> bool:
    if isinstance(value, Ago):
        value = value.on(TODAY)
    if isinstance(value, date):
        held = held.date().isoformat() if isinstance(held, datetime) else held
        if not isinstance(held, str) or not DAY.fullmatch(held) or not "0001-01-01" <= held <= "9999-12-31":
            return False
        value = value.isoformat()
    elif isinstance(value, bool) or isinstance(held, bool):
        if not (isinstance(value, bool) and isinstance(held, bool)):
            return False
    elif isinstance(value, Decimal):
        if not isinstance(held, (int, float)):
            return False
        held = Decimal(str(held))
    elif not isinstance(held, str):
        return False
    elif field == "email":
        value = value.casefold()
    results = {"=": held == value, "<": held < value, "<=": held <= value, ">": held > value, ">=": held >= value}
    return results[order]


@pytest.fixture
def lists(db):
    """The two lists, in the account that the conditions ask about."""
    connection = raw_connection()
    for list_id, name in ((1, "one"), (2, "two")):
        connection.execute(
            "INSERT INTO contacts_contactlist (id, account_id, name, created_at) OVERRIDING SYSTEM VALUE"
            " VALUES (%s, %s, %s, %s)",
            (list_id, ACCOUNT, name, NOW),
        )
        add_members(connection.cursor(), ACCOUNT, list_id, BitMap(LISTS[list_id]))
    return connection


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees, attributes=people)
@example(tree=Not(Compare("age", ">", Decimal(3))), attributes=[{}, {"age": None}, {"age": "30"}, {"age": 30}])
@example(tree=Compare("country", "=", "30"), attributes=[{"country": 30}, {"country": "30"}, {"country": [30]}])
def test_sql_bitmaps_and_python_agree(lists, tree, attributes):
    try:
        check_limits(tree)
    except Invalid:
        return
    persons = write_contacts(lists, attributes)
    expected = {person["ordinal"] for person in persons if holds(tree, person)}
    members = {ordinal for ordinals in LISTS.values() for ordinal in ordinals}
    here = {person["ordinal"] for person in persons}
    # A list may keep the ordinal of a contact that is gone; only contacts count here.
    selected = set(select_contacts(lists, ACCOUNT, tree, NOW)) - (members - here)
    assert selected == expected
    if not has_lists(tree):
        sql, values = to_sql(tree, TODAY)
        rows = lists.execute(f"SELECT ordinal, {sql} FROM contact c WHERE account_id = %s", [*values, ACCOUNT])
        answers = dict(rows.fetchall())
        assert None not in answers.values()
        assert {ordinal for ordinal, answer in answers.items() if answer} == expected


def has_lists(tree: Condition) -> bool:
    match tree:
        case And(parts) | Or(parts):
            return any(map(has_lists, parts))
        case Not(part):
            return has_lists(part)
    return isinstance(tree, InList)


def write_contacts(connection: Any, attributes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    connection.execute("DELETE FROM contact WHERE account_id IN (%s, %s)", (ACCOUNT, OTHER))
    connection.execute("DELETE FROM contact_ordinal WHERE account_id = %s", (ACCOUNT,))
    connection.execute("INSERT INTO contact_ordinal VALUES (%s, %s)", (ACCOUNT, len(attributes) + 1))
    persons = []
    for ordinal, each in enumerate(attributes, start=1):
        added = datetime(2026, 5, 15 + ordinal % 4, ordinal, tzinfo=UTC)
        persons.append({"ordinal": ordinal, "email": f"c{ordinal}@x.org", "added": added, "attributes": each})
        for account in (ACCOUNT, OTHER):  # another account's contacts are never selected
            connection.execute(
                "INSERT INTO contact (account_id, ordinal, canonical, attributes, created_at, updated_at)"
                " VALUES (%s, %s, %s, %s::jsonb, %s, %s)",
                (account, ordinal + (account == OTHER) * 20, f"c{ordinal}@x.org", json.dumps(each), added, added),
            )
    return persons


@pytest.mark.parametrize("name", ["x') OR true --", 'x"; DROP TABLE contact', "%s", "%(a)s", "a'b"])
def test_names_and_values_never_become_sql(lists, name):
    write_contacts(lists, [{name: name}, {}])
    for tree in (Compare(name, "=", name), Match(name, "contains", name), OneOf(name, (name,)), IsSet(name)):
        assert set(select_contacts(lists, ACCOUNT, tree, NOW)) == {1}
