"""A bulk is 1 to 100 statements, all or nothing: 101 are refused as one bulk and exported as two."""

from __future__ import annotations

import json

import pytest
from tests.builders.statements import statement, statement_input
from tests.enforcement.dsa.second_rules import bulk_accepted

from fairpost.enforcement.dsa.batches import as_json, bulks
from fairpost.enforcement.dsa.mapping import statement_of
from fairpost.enforcement.dsa.statement_input import Lineage
from fairpost.enforcement.dsa.validate import validate_bulk


def many(count):
    return [statement(puid=f"fairpost-{number}") for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 100])
def test_up_to_a_hundred_are_a_bulk(count):
    assert validate_bulk(many(count)) == []
    assert bulk_accepted(many(count))


@pytest.mark.parametrize("count", [0, 101, 200])
def test_none_and_more_than_a_hundred_are_no_bulk(count):
    [found] = validate_bulk(many(count))
    assert (found.rule, found.index) == ("bulk", None)
    assert str(count) in found.message
    assert not bulk_accepted(many(count))


def test_one_bad_statement_spoils_the_bulk_and_is_named_by_its_place():
    given = many(100)
    given[99] = statement(puid="fairpost-99", content_language="GR")
    [found] = validate_bulk(given)
    assert (found.index, found.field, found.rule) == (99, "content_language", "value")
    assert not bulk_accepted(given)


def test_no_puid_stands_twice_in_a_bulk():
    given = [*many(3), statement(puid="fairpost-1")]
    [found] = validate_bulk(given)
    assert (found.index, found.field, found.rule) == (3, "puid", "repeated")
    assert not bulk_accepted(given)


def test_what_is_no_statement_spoils_a_bulk_without_breaking_the_validator():
    assert [each.index for each in validate_bulk([statement(), None, 7])] == [1, 2]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_more_than_a_hundred_are_split(count, sizes):
    made = [statement_of(statement_input(lineage=Lineage("D-1", f"M-{n}", "account-1"))).fields for n in range(count)]
    bodies = list(bulks(made))
    assert [len(body["statements"]) for body in bodies] == sizes
    assert [each["puid"] for body in bodies for each in body["statements"]] == [each["puid"] for each in made]
    assert all(bulk_accepted(body["statements"]) for body in bodies)


def test_files_are_utf8_without_escapes():
    text = as_json(statement(decision_facts="Ελλάδα 👍"))
    assert "Ελλάδα 👍" in text
    assert json.loads(text)["decision_facts"] == "Ελλάδα 👍"
