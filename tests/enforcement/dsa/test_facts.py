"""The facts say what has no field, fit into 5,000 characters however long they are, and name nobody."""

from __future__ import annotations

from datetime import date

import pytest
from tests.builders.statements import statement_input
from tests.enforcement.dsa.second_rules import accepted

from fairpost.enforcement.dsa.facts import CUT, decision_facts
from fairpost.enforcement.dsa.mapping import statement_of
from fairpost.enforcement.dsa.personal_data import masked, names_a_person
from fairpost.enforcement.dsa.statement_input import Aftermath, Term

TERM = Term(
    starts=date(2026, 1, 10),
    ends=date(2027, 1, 10),
    fixed=False,
    earliest_end=date(2026, 2, 10),
    review_days=14,
    condition="The list is confirmed anew.",
)


def test_a_minimum_term_its_reviews_conditions_and_backstop_are_said():
    facts = decision_facts(statement_input(term=TERM))
    assert "It ends on 2026-02-10 at the earliest." in facts
    assert "It is reviewed at least every 14 days." in facts
    assert "It ends when this is met: The list is confirmed anew." in facts
    assert "It ends on 2027-01-10 at the latest." in facts


@pytest.mark.parametrize(
    ("aftermath", "said"),
    [
        (Aftermath("lifted", date(2026, 2, 1)), "It was lifted on 2026-02-01."),
        (Aftermath("overturned", date(2026, 2, 1)), "It was overturned on 2026-02-01: the decision is void."),
        (Aftermath("superseded", date(2026, 2, 1)), "Another decision took its place on 2026-02-01."),
        (Aftermath("lapsed", date(2026, 1, 12)), "It lapsed on 2026-01-12."),
        (Aftermath(appeal="filed", appeal_on=date(2026, 1, 20)), "An appeal was filed on 2026-01-20"),
        (Aftermath(appeal="varied", appeal_on=date(2026, 1, 20)), "decided on 2026-01-20: the decision was changed."),
        (Aftermath(stayed_on=date(2026, 1, 20)), "It is stayed since 2026-01-20."),
    ],
)
def test_appeals_stays_and_reversals_are_said(aftermath, said):
    assert said in decision_facts(statement_input(aftermath=aftermath))


def test_an_end_too_far_for_the_schema_is_said():
    facts = decision_facts(statement_input(term=Term(date(2037, 1, 1), date(2040, 1, 1))))
    assert "It ends on 2040-01-01, which is later than the schema can say." in facts


def test_long_facts_are_cut_with_a_mark_and_what_follows_them_is_not():
    result = statement_of(statement_input(facts="Ω" * 20_000, term=TERM))
    facts = result.fields["decision_facts"]
    assert len(facts) == 5000
    assert CUT + "\n" in facts
    assert facts.endswith("It ends on 2027-01-10 at the latest.")
    assert accepted(result.fields)


@pytest.mark.parametrize("sign", ["a", "é", "Ω", "字", "𝔉", "👩‍👩‍👧"])
def test_lengths_count_characters_not_bytes(sign):
    around = len(decision_facts(statement_input(facts="-"))) - 1
    whole = (sign * 5000)[: 5000 - around]
    assert decision_facts(statement_input(facts=whole)).startswith(whole + "\n")
    assert CUT in decision_facts(statement_input(facts=whole + "xx"))


def test_the_sentences_are_in_the_language_of_the_installation_not_of_the_caller():
    from fairpost.kernel.text import in_language

    with in_language("fr"):
        assert "It is reviewed at least every 14 days." in decision_facts(statement_input(term=TERM, written_in="en"))


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org",
        "Ada <ada.lovelace+x@mail.example.org> wrote",
        "ada＠example.org",
        "+39 02 1234 5678",
        "+1 (555) 123-4567",
        "0039 02 12345678",
        "(030) 123 45678",
        "01 23 45 67 89",
        "555-123-4567",
    ],
)
def test_addresses_and_telephone_numbers_are_found_and_masked(text):
    assert names_a_person(f"See {text}.")
    assert names_a_person(masked(f"See {text}.")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "from 2021-01-06T14:05:00Z to 06.01.2021",
        "569 campaigns, 1,250,000 contacts, 1 250 000 Kontakte, EUR 12 345 678.90",
        "D-17, M-40, campaign:123456789, class combative@3",
        "8.8.8.8, 2001:db8::1, v1.2.3",
        "a @ b, @party, me@localhost",
    ],
)
def test_dates_counts_and_names_of_things_are_no_personal_data(text):
    assert names_a_person(text) == ""
    assert masked(text) == text


def test_a_text_full_of_near_addresses_is_judged_at_once():
    """Quadratic matching would take minutes here."""
    assert names_a_person("a" * 300_000 + "@" * 300_000 + "b." * 300_000) == ""


def test_control_characters_and_half_characters_are_left_out():
    result = statement_of(statement_input(facts="one\x00two\ud83d three"))
    assert result.fields["decision_facts"].startswith("onetwo three\n")


@pytest.mark.parametrize("second", ["03.392811", "02.345678", "09.999999"])
def test_a_time_is_no_telephone_number(second):
    text = f"2026-11-22T02:41:{second}+00:00"
    assert masked(text) == text and names_a_person(text) == ""
