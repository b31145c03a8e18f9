"""Conditions are read as they are written, or refused with the place of the fault."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.kernel.errors import Invalid
from fairpost.segments.explanation import explain
from fairpost.segments.json_form import from_json, to_json
from fairpost.segments.parser import parse
from fairpost.segments.tree import Ago, And, Compare, InList, IsSet, Match, Not, OneOf, Or


def test_the_example_of_the_manual():
    read = parse('country = "IT" and (age >= 30 or not list("Donors")) and joined before 30 days ago')
    assert read == And(
        (
            Compare("country", "=", "IT"),
            Or((Compare("age", ">=", Decimal(30)), Not(InList("Donors")))),
            Compare("joined", "<", Ago(30)),
        )
    )


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("age = 1", Compare("age", "=", Decimal(1))),
        ("age != -1.5", Compare("age", "!=", Decimal("-1.5"))),
        ('name contains "a\\"b"', Match("name", "contains", 'a"b')),
        ('name STARTS WITH "x"', Match("name", "starts with", "x")),
        ("born on 2000-02-29", Compare("born", "=", date(2000, 2, 29))),
        ("joined after in 2 weeks", Compare("joined", ">", Ago(-14))),
        ("joined > today", Compare("joined", ">", Ago(0))),
        ("member is true", Compare("member", "=", True)),
        ("member is not set", Not(IsSet("member"))),
        ('x not in ("a", 2)', Not(OneOf("x", ("a", Decimal(2))))),
        ('[Given name] = "x"', Compare("Given name", "=", "x")),
        ('list = "x"', Compare("list", "=", "x")),
        ("a = 1 or b = 2 and c = 3", Or((Compare("a", "=", Decimal(1)), And((
            Compare("b", "=", Decimal(2)), Compare("c", "=", Decimal(3))))))),
    ],
)  # fmt: skip
def test_each_form(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("age =", 6, "a value"),
        ('name = "x', 8, "never closes"),
        ("name = 'x'", 8, "double quotes"),
        ("(age = 1", 9, "closing bracket"),
        ("age = 1 age = 2", 9, "and, or"),
        ("born = 2023-02-30", 8, "no such day"),
        ("age ~ 1", 5, "cannot stand here"),
        ("and = 1", 1, "field"),
        ("x in ()", 7, "a value"),
        ('list("x"', 9, "closing bracket"),
        ("joined before 30 days", 22, "ago"),
    ],
)
def test_a_fault_is_named_with_its_place(text, place, words):
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert f"at character {place}:" in caught.value.message
    assert words in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "(" * 5_000,
        "not " * 2_000 + "x = 1",
        " and ".join(["x = 1"] * 500),
        "x in (" + ", ".join(["1"] * 1_500) + ")",
        'x = "' + "a" * 2_000 + '"',
        "x before 999999 years ago",
        "x < true",
        'added = "2024-01-01"',
        "email > 3",
        "x = " + "9" * 200,
    ],
)
def test_too_deep_too_large_or_not_comparable(text):
    with pytest.raises(Invalid):
        parse(text)


@given(st.text(alphabet='abn()=<>!"\\,. 0139-[]xotrdis', max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        tree = parse(text)
    except Invalid:
        return
    assert from_json(to_json(tree)) == tree
    assert explain(tree)


@pytest.mark.parametrize(
    "data",
    [None, 3, [], {}, {"and": []}, {"and": "x"}, {"not": None}, {"compare": "x", "order": "; DROP", "value": 1},
     {"list": 3}, {"in": "x", "values": []}, {"match": "x", "how": "like", "text": "y"},
     {"compare": "x", "order": "=", "value": {"number": "NaN"}},
     {"compare": "x", "order": "=", "value": {"number": "a"}},
     {"compare": "x", "order": "=", "value": "\x00"}, {"list": "x", "id": "1 OR 1=1"}, {"list": "x", "id": True}],
)  # fmt: skip
def test_json_that_is_no_condition_is_refused(data):
    with pytest.raises(Invalid):
        from_json(data)


def test_json_nested_without_end_is_refused():
    data: dict = {"set": "x"}
    for _level in range(5_000):
        data = {"not": data}
    with pytest.raises(Invalid):
        from_json(data)


def test_an_explanation_keeps_the_brackets_that_matter():
    assert explain(parse('(a = 1 or b = 2) and c is set and not list("L")')) == (
        '(a is 1 or b is 2) and c is known and is not on the list "L"'
    )
