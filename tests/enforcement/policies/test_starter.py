"""The starter policy is complete in three languages, neutral, and never overwrites a clause."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.policies import make_clause
from tests.builders.tenants import make_account

from fairpost.enforcement.actions.install_starter_policy import install_starter_policy
from fairpost.enforcement.policies.starter import LANGUAGES, starter_clauses
from fairpost.enforcement.queries.policies import clause, clauses
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Forbidden
from fairpost.tenants.actors import local_operator

CODES = {"violence", "hate", "fraud", "consent", "sender-deception", "illegal-content"}
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_it_is_installed_once(db: None):
    clock = FixedClock(NOON)
    made = install_starter_policy(actor=local_operator(), clock=clock)
    assert {each.label for each in made} == {f"{code}@1" for code in CODES}
    clock.advance(timedelta(days=1))
    assert install_starter_policy(actor=local_operator(), clock=clock) == ()
    assert {each.code for each in clauses(NOON)} == CODES


def test_a_clause_of_ones_own_is_left_alone(db: None):
    mine = make_clause("hate")
    made = install_starter_policy(actor=local_operator())
    assert {each.code for each in made} == CODES - {"hate"}
    assert clause("hate") == mine


def test_an_account_cannot_install_it(db: None):
    with pytest.raises(Forbidden):
        install_starter_policy(actor=make_account().owner)


@pytest.mark.parametrize("draft", starter_clauses(), ids=lambda draft: draft.code)
def test_every_language_says_the_same_in_the_same_order(draft):
    assert tuple(draft.texts) == LANGUAGES
    shapes = {language: shape(given["text"]) for language, given in draft.texts.items()}
    assert len(set(shapes.values())) == 1, shapes
    for given in draft.texts.values():
        assert len(given["text"]) > 1500


def shape(text: str) -> tuple[int, ...]:
    """The number of items in each paragraph."""
    return tuple(len(re.findall(r"^- ", each, re.MULTILINE)) for each in text.split("\n\n"))


@pytest.mark.parametrize("draft", starter_clauses(), ids=lambda draft: draft.code)
def test_every_text_says_what_is_allowed_what_counts_and_that_one_can_appeal(draft):
    headings = {
        "en": ("Not allowed:", "Allowed:", "What we look at:", "What may follow:"),
        "fr": ("Ce qui est interdit :", "Ce qui est permis :", "Ce que nous examinons :", "Ce qui peut s'ensuivre :"),
        "it": ("Non è ammesso:", "È ammesso:", "Che cosa esaminiamo:", "Che cosa può seguire:"),
    }
    appeal = {"en": "can be appealed.", "fr": "peut être contestée.", "it": "può essere contestata."}
    for language, given in draft.texts.items():
        lines = given["text"].split("\n")
        assert [line for line in lines if line in headings[language]] == list(headings[language])
        assert given["text"].endswith(appeal[language])


def test_only_what_rests_on_the_law_says_so():
    assert {draft.code for draft in starter_clauses() if draft.ground == "illegal"} == {"illegal-content"}
