"""Statements are read as people keep them: one object, an array, a bulk, or one object a line; nothing is guessed."""

from __future__ import annotations

import json

import pytest
from tests.builders.statements import statement

from fairpost.enforcement.dsa.documents import read_document
from fairpost.kernel.errors import Invalid

ONE = json.dumps(statement())
TWO = json.dumps(statement(puid="fairpost-2"), indent=2)


@pytest.mark.parametrize(
    ("text", "count", "bulk"),
    [
        (ONE, 1, False),
        (TWO, 1, False),
        (f"[{ONE}, {TWO}]", 2, True),
        (f'{{"statements": [{ONE}]}}', 1, True),
        (f"{ONE}\n\n{json.dumps(json.loads(TWO))}\n", 2, False),
        ("[]", 0, True),
    ],
)
def test_every_form_is_read(text, count, bulk):
    document = read_document(text)
    assert (len(document.statements), document.bulk) == (count, bulk)


def test_an_empty_bulk_is_a_finding():
    assert [each.rule for each in read_document("[]").findings()] == ["bulk"]


def test_lines_may_be_more_than_a_bulk():
    lines = "\n".join(json.dumps(statement(puid=f"fairpost-{number}")) for number in range(101))
    assert read_document(lines).findings() == []
    assert [each.rule for each in read_document("[" + ",".join(lines.splitlines()) + "]").findings()] == ["bulk"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no statement"),
        ("  \n", "no statement"),
        ("{", "no JSON"),
        ('{"puid": "a", "puid": "b"}', "'puid' stands twice"),
        ('{"puid": NaN}', "NaN is no number"),
        (f"{ONE}\n{{}} x\n", "Line 2"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text, said):
    with pytest.raises(Invalid, match=said):
        read_document(text)
