"""A rule says what it covers, and no more; a wrong one says where it is wrong."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpost.enforcement.classes import rule_json
from fairpost.enforcement.classes.evaluate import AROUND, Match, matches
from fairpost.enforcement.classes.facts import ContentFacts, Passage
from fairpost.enforcement.classes.rule_json import json_from_text, rule_from_json
from fairpost.enforcement.classes.words import folded, readable
from fairpost.kernel.errors import Invalid

FACTS = ContentFacts(
    account_id=1,
    organisation_id=7,
    content_hash="x",
    language="fr-CH",
    subject="Sujet",
    preheader="",
    passages=(Passage("subject", "Sujet"), Passage("html", "Rejoignez le combat ! Fight like hell. Donnez.")),
    asks_donation=True,
    links=(),
    link_hosts=frozenset({"a.give.example", "lake.example"}),
    donation_hosts=frozenset(),
)


def decided(rule: Any, **changes: Any) -> Match:
    return matches(rule_from_json(rule), replace(FACTS, **changes))


HOLDS = [
    ({"asks_donation": True}, ("asks_donation",)),
    ({"phrases": ["fight like hell"]}, ("phrase:fight like hell",)),
    ({"phrases": ["FIGHT, like ... hell!"]}, ("phrase:fight like hell",)),
    ({"phrases": {"fr": ["le combat"], "en": ["like hell"]}}, ("phrase:le combat",)),
    ({"phrases": ["like hell", "le combat", "no"], "at_least": 2}, ("phrase:le combat", "phrase:like hell")),
    ({"language": ["it", "fr"]}, ("language:fr-CH",)),
    ({"language": ["FR-ch"]}, ("language:fr-CH",)),
    ({"link_host": ["give.example"]}, ("link_host:a.give.example",)),
    ({"link_host": ["LAKE.example."]}, ("link_host:lake.example",)),
    ({"legal_sender": [3, 7]}, ("legal_sender:7",)),
    ({"not": {"language": ["en"]}}, ("not",)),
    ({"all": [{"asks_donation": True}, {"language": ["fr"]}]}, ("asks_donation", "language:fr-CH")),
    ({"any": [{"language": ["en"]}, {"legal_sender": [7]}, {"asks_donation": True}]},
     ("legal_sender:7", "asks_donation")),
    ({"all": [{"any": [{"asks_donation": False}, {"not": {"asks_donation": False}}]}]}, ("not",)),
]  # fmt: skip
FAILS = [
    {"asks_donation": False},
    {"phrases": ["fights like hell", "like hell donnez moi"]},
    {"phrases": {"en": ["like hell"]}},
    {"phrases": ["like hell", "never"], "at_least": 2},
    {"language": ["en", "frp"]},
    {"link_host": ["ve.example"]},
    {"link_host": ["b.give.example"]},
    {"legal_sender": [8]},
    {"not": {"asks_donation": True}},
    {"all": [{"asks_donation": True}, {"language": ["en"]}]},
    {"any": [{"asks_donation": False}, {"language": ["en"]}]},
]  # fmt: skip


@pytest.mark.parametrize(("rule", "because"), HOLDS, ids=[json.dumps(rule) for rule, _because in HOLDS])
def test_a_rule_that_holds_says_why(rule: Any, because: tuple[str, ...]):
    assert decided(rule).matched
    assert decided(rule).because == because


@pytest.mark.parametrize("rule", FAILS, ids=json.dumps)
def test_a_rule_that_does_not_hold_has_nothing_to_say(rule: Any):
    assert decided(rule) == Match(False)


def test_a_quote_has_the_words_around_it_uncut():
    around = "word " * 40
    match = decided(
        {"phrases": ["like hell"]}, passages=(Passage("html", f"{around}Fight LIKE hell {around}".strip()),)
    )
    [(place, quote)] = match.spans
    assert place == "html"
    assert quote.startswith("… word ") and quote.endswith(" word …")
    assert "Fight LIKE hell" in quote
    assert len(quote) <= 2 * AROUND + len("like hell") + 4
    assert set(quote.strip("… ").split()) == {"word", "Fight", "LIKE", "hell"}


def test_a_phrase_is_quoted_once_for_each_place():
    passages = (Passage("subject", "like hell"), Passage("html", "like hell like hell"), Passage("html", "like hell"))
    assert decided({"phrases": ["like hell"]}, passages=passages).spans == (
        ("subject", "like hell"), ("html", "like hell like hell"),
    )  # fmt: skip


def test_overlapping_phrases_are_all_found():
    rule = {"phrases": ["fight", "fight like", "fight like hell", "like hell"], "at_least": 4}
    assert decided(rule).matched


def nested(depth: int) -> Any:
    rule: Any = {"asks_donation": True}
    for _each in range(depth - 1):
        rule = {"not": rule}
    return rule


WRONG: list[tuple[Any, str]] = [
    (None, "rule"),
    ([], "rule"),
    ({}, "rule"),
    ({"all": []}, "rule.all"),
    ({"any": {"asks_donation": True}}, "rule.any"),
    ({"sometimes": True}, "rule"),
    ({"asks_donation": True, "language": ["en"]}, "rule"),
    ({"all": [{"asks_donation": True}, {"asks_donation": 1}]}, "rule.all[1].asks_donation"),
    ({"not": {"not": {"language": "en"}}}, "rule.not.not.language"),
    ({"language": ["e n"]}, "rule.language[0]"),
    ({"language": ["en", "EN"]}, "rule.language[1]"),
    ({"phrases": []}, "rule.phrases"),
    ({"phrases": {}}, "rule.phrases"),
    ({"phrases": ["a", "A!"]}, "rule.phrases[1]"),
    ({"phrases": ["a", " ... "]}, "rule.phrases[1]"),
    ({"phrases": ["a\x00b"]}, "rule.phrases[0]"),
    ({"phrases": ["\ud800"]}, "rule.phrases[0]"),
    ({"phrases": ["a", 3]}, "rule.phrases[1]"),
    ({"phrases": [" ".join("abcdefghijklm")]}, "rule.phrases[0]"),
    ({"phrases": ["x" * 201]}, "rule.phrases[0]"),
    ({"phrases": {"en": ["a"], "fr": ["b", ""]}}, "rule.phrases.fr[1]"),
    ({"phrases": {"e n": ["a"]}}, "rule.phrases"),
    ({"phrases": ["a"], "at_least": 2}, "rule.at_least"),
    ({"phrases": ["a"], "at_least": True}, "rule.at_least"),
    ({"phrases": ["a"], "atleast": 1}, "rule"),
    ({"phrases": [str(each) for each in range(2001)]}, "rule.phrases"),
    ({"any": [{"phrases": [f"{n} {m}" for m in range(1001)]} for n in range(2)]}, "rule.any[1].phrases"),
    ({"link_host": ["https://a.example/"]}, "rule.link_host[0]"),
    ({"link_host": ["localhost"]}, "rule.link_host[0]"),
    ({"link_host": ["a..example"]}, "rule.link_host[0]"),
    ({"legal_sender": [0]}, "rule.legal_sender[0]"),
    ({"legal_sender": [True]}, "rule.legal_sender[0]"),
    ({"legal_sender": [2**31]}, "rule.legal_sender[0]"),
    (nested(9), "rule" + ".not" * 8),
    ({"all": [{"any": [{"asks_donation": True}] * 100}] * 2}, "rule.all[1].any[97]"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "place"), WRONG, ids=[f"{n} {place}" for n, (_rule, place) in enumerate(WRONG)])
def test_a_wrong_rule_says_where(rule: Any, place: str):
    with pytest.raises(Invalid) as caught:
        rule_from_json(rule)
    assert caught.value.field == place
    assert caught.value.message.startswith(place + ": ")


def test_what_is_just_allowed_is_read():
    rule_from_json(nested(8))
    rule_from_json({"all": [{"asks_donation": True}] * 199})
    rule_from_json({"phrases": [" ".join("abcdefghijkl"), *(str(each) for each in range(1999))]})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"language": [}', "line 1, column 15"),
        ('{"asks_donation": true, "asks_donation": false}', "stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ("", "line 1, column 1"),
    ],
)
def test_what_is_no_json_says_where(text: str, says: str):
    with pytest.raises(Invalid, match=says):
        json_from_text(text)


WORD = st.text(alphabet="abcé", min_size=1, max_size=3)
PHRASE = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
TEXT = st.lists(WORD | st.sampled_from([".", " ", "-", "\u200b"]), max_size=40).map(" ".join)


def rules() -> st.SearchStrategy[Any]:
    simple = st.one_of(
        st.fixed_dictionaries({"asks_donation": st.booleans()}),
        st.lists(PHRASE, min_size=1, max_size=5, unique_by=folded).map(lambda found: {"phrases": found}),
        st.fixed_dictionaries({"language": st.lists(st.sampled_from(["en", "fr", "fr-CH"]), min_size=1, unique=True)}),
        st.fixed_dictionaries({"legal_sender": st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True)}),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=8,
    ).filter(lambda rule: depth_of(rule) <= rule_json.MOST_DEPTH)


def depth_of(rule: Any) -> int:
    name, value = next(iter(rule.items()))
    if name in ("all", "any"):
        return 1 + max(depth_of(each) for each in value)
    return 1 + depth_of(value) if name == "not" else 1


def naive(rule: Any, facts: ContentFacts) -> bool:
    """The meaning, said once more without any cleverness."""
    name, value = next(iter(rule.items()))
    if name in ("all", "any"):
        return (all if name == "all" else any)([naive(each, facts) for each in value])
    if name == "not":
        return not naive(value, facts)
    if name == "phrases":
        padded = [f" {folded(each.text)} " for each in facts.passages]
        return any(f" {folded(phrase)} " in text for phrase in value for text in padded)
    if name == "language":
        return any((facts.language.lower() + "-").startswith(each.lower() + "-") for each in value)
    return facts.organisation_id in value if name == "legal_sender" else facts.asks_donation == value


@settings(max_examples=300, deadline=None)
@given(rules(), st.lists(TEXT, min_size=1, max_size=3), st.sampled_from(["en", "fr", "fr-CH"]), st.booleans())
def test_rules_mean_what_they_say(rule: Any, texts: list[str], language: str, asks: bool):
    passages = tuple(Passage("html", readable(each)) for each in texts)
    facts = replace(FACTS, passages=passages, language=language, asks_donation=asks)
    match = matches(rule_from_json(rule), facts)
    assert match.matched == naive(rule, facts)
    assert match == matches(rule_from_json(json.loads(json.dumps(rule))), facts)
    assert bool(match.because) == match.matched
    assert all(place == "html" for place, _quote in match.spans)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_folding_is_done_once_and_for_all(text: str):
    assert readable(readable(text)) == readable(text)
    assert folded(folded(text)) == folded(text)


def test_a_hostile_text_is_read_in_linear_time():
    rule = rule_from_json({"phrases": ["a " * 11 + each for each in ("b", "c", "d")]})
    facts = replace(FACTS, passages=(Passage("html", "a " * 200_000),))
    begun = time.process_time()
    assert not matches(rule, facts).matched
    assert time.process_time() - begun < 3
