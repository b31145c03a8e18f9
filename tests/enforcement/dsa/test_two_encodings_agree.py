"""Two encodings of the rules, written apart, say the same of statements that nobody wrote by hand."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.builders.statements import statement
from tests.enforcement.dsa.second_rules import SCHEMA, accepted

from fairpost.enforcement.dsa.fields import FIELDS
from fairpost.enforcement.dsa.validate import validate
from fairpost.enforcement.dsa.values import LABELS

PROPERTIES = SCHEMA.schema["properties"]
DAYS = [
    "2019-12-31", "2020-01-01", "2026-01-10", "2026-01-11", "2026-02-29", "2026-13-01", "2038-01-01", "2038-01-02",
    "1999-12-31", "2000-01-01", "0000-00-00", "2026-1-1", " 2026-01-10", "2026-01-10 ", "20260110", "", None,
]  # fmt: skip
TEXTS = [
    "x", "", " ", "\u2003", "null", "Null\n", "nullify", "a" * 500, "a" * 501, "é" * 2000, "é" * 2001, "𝔉" * 5000,
    "𝔉" * 5001, "ada@example.org", "call +33 1 23 45 67 89", "on 06-01-2021", None, 1, ["x"], {}, "\ud800",
    "https://a.example", "https://a b.example", "http://", "A-1_b", "A 1", "A-1\n",
]  # fmt: skip
ODD = [None, "", [], {}, 0, True, "null", "FR", ["FR"], [None], {"EAN-13": "4006381333931"}, {"EAN-13": ""}, "Yes"]
VALUES = sorted({value for labels in LABELS.values() for value in labels})


def value_of(name: str) -> st.SearchStrategy:
    """What may stand in this field: right, nearly right, or of another field."""
    schema = PROPERTIES[name]
    kinds = [st.just(...), st.sampled_from(ODD), st.sampled_from(TEXTS), st.sampled_from(VALUES)]
    if "enum" in schema:
        kinds += [st.sampled_from(schema["enum"])] * 12
    elif schema.get("type") == "array":
        allowed = st.sampled_from(schema["items"]["enum"])
        kinds += [st.lists(allowed, max_size=4)] + [
            st.lists(allowed, min_size=1, max_size=4, unique=True).map(sorted)
        ] * 12
    elif "date" in name:
        kinds += [st.sampled_from(DAYS)] * 4
    else:
        kinds += [st.text(max_size=6, alphabet=st.characters(exclude_characters="@+"))] * 2
    return st.one_of(kinds)


NAMES = sorted(PROPERTIES)
CHANGES = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: value_of(name) for name in names})
)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(CHANGES)
def test_both_accept_the_same_statements(changes):
    made = statement(**changes)
    findings = validate(made)
    event("accepted" if not findings else "refused")
    assert (not findings) == accepted(made), (findings, list(SCHEMA.iter_errors(made)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.fixed_dictionaries({}, optional={name: value_of(name) for name in NAMES}))
def test_both_refuse_the_same_of_wholly_random_ones(fields):
    made = {name: value for name, value in fields.items() if value is not ...}
    assert (not validate(made)) == accepted(made)


def test_the_changes_make_good_and_bad_ones():
    """Else the agreement above would be one of two encodings that refuse everything."""
    seen: Counter[bool] = Counter()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(CHANGES)
    def count(changes):
        seen[not validate(statement(**changes))] += 1

    count()
    assert min(seen[True], seen[False]) > 20


def test_both_know_the_same_fields():
    assert {field.name for field in FIELDS} == set(PROPERTIES)
    assert {field.name for field in FIELDS if field.required} == set(SCHEMA.schema["required"])
