"""Notices can be written in five languages, each with every sentence, and every table has a word for every code."""

from __future__ import annotations

import string

import pytest

from fairpost.enforcement.catalogue.capabilities import PRODUCTS
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import ON_TIME_OUT, QUEUE
from fairpost.enforcement.catalogue.states import HELD_CAMPAIGN, MEASURE
from fairpost.enforcement.coverage import compute, neighbours
from fairpost.enforcement.drafts import AUTOMATION
from fairpost.enforcement.models import AppealRuling, Case
from fairpost.enforcement.notices.facts import Why
from fairpost.enforcement.notices.words import LANGUAGES, tables_of, words_of
from fairpost.enforcement.scope.selector import SELECTORS
from fairpost.kernel.errors import Conflict
from fairpost.tenants import naming

OTHERS = [each for each in LANGUAGES if each != "en"]


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_people_may_choose_exactly_the_languages_that_notices_have():
    assert set(naming.LANGUAGES) == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_sentences(language):
    english, other = tables_of("en"), tables_of(language)
    assert {name: list(table) for name, table in english.items()} == {name: list(each) for name, each in other.items()}


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_keeps_its_placeholders(language):
    for name, table in tables_of("en").items():
        for key, text in table.items():
            if isinstance(text, str):
                assert placeholders(tables_of(language)[name][key]) == placeholders(text), (name, key)


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_was_left_in_english(language):
    alike = {"moment", "utc", "zoned", "template", "segment", "works", "covered"}
    left = [
        (name, key)
        for name in ("subject", "intro", "heading", "line", "kind", "automation", "why", "letter")
        for key, text in tables_of("en")[name].items()
        if tables_of(language)[name][key] == text and len(text.split()) > 2 and key not in alike
    ]
    assert not left


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_word(language):
    tables = tables_of(language)
    states = {*MEASURE, *HELD_CAMPAIGN} - {""}
    assert states - set(tables["state"]) == set()
    assert set(MEASURES) - set(tables["kind"]) == set()
    assert set(SELECTORS) - set(tables["thing"]) == set()
    assert set(PRODUCTS) - set(tables["capability"]) == set()
    assert set(Case.Source.values) == set(tables["source"])
    assert set(AUTOMATION) <= set(tables["automation"])
    assert set(ON_TIME_OUT) - set(tables["default"]) == set()
    assert {f"queue_{each}" for each in QUEUE} - set(tables["line"]) == set()
    outcomes = next(each for each in AppealRuling._meta.constraints if each.name == "appeal_ruling_outcome")
    assert set(outcomes.condition.children[0][1]) - set(tables["outcome"]) == set()
    for table in ("subject", "intro"):
        assert set(tables[table]) == set(Why.__args__)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_coverage_statement_is_translated(language):
    reasons = {
        value
        for module in (compute, neighbours)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and name != "TERRITORY"
    }
    assert len(reasons) > 10
    assert reasons - set(tables_of(language)["why"]) == set()


def test_a_language_without_notices_is_refused():
    with pytest.raises(Conflict, match="No notice can be written in the language 'pt'"):
        words_of("pt")


def test_a_regional_language_gets_its_own_language():
    assert words_of("fr-CH").language == "fr"
