"""Every kind of measure becomes a statement that both encodings of the rules accept, or says why it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.statements import statement_input
from tests.enforcement.dsa.second_rules import accepted

from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.dsa.mapping import NotExportable, Statement, statement_of
from fairpost.enforcement.dsa.statement_input import Aftermath, Ground, Lineage, Term
from fairpost.enforcement.dsa.validate import validate
from fairpost.enforcement.dsa.values import LABELS

RESTRICTIONS = {"decision_visibility", "decision_monetary", "decision_provision", "decision_account"}
PARTLY = {"decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION"}
OTHERWISE = {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}
TERMINATED = {"decision_account": "DECISION_ACCOUNT_TERMINATED"}
LADDER = {
    "pre_review": PARTLY,
    "limit": PARTLY,
    "capability_off": PARTLY | OTHERWISE,
    "block_content": {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]},
    "block_class": PARTLY | OTHERWISE,
    "suspend_sending": PARTLY,
    "suspend_account": {"decision_account": "DECISION_ACCOUNT_SUSPENDED"},
    "terminate": TERMINATED,
    "ban_entity": TERMINATED,
    "interim_hold": PARTLY,
    "brake": PARTLY,
}
NOT_STATED = {"note", "advise", "warn", "require", "escalate"}
SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
ELECTIONS = "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"


def made(**changes):
    """The fields of the statement, which is valid by both encodings."""
    result = statement_of(statement_input(**changes))
    assert isinstance(result, Statement), result
    assert validate(result.fields) == []
    assert accepted(result.fields)
    return result.fields


def refused(**changes):
    result = statement_of(statement_input(**changes))
    assert isinstance(result, NotExportable), result
    return result


def restricted(fields):
    return {name: value for name, value in fields.items() if name in RESTRICTIONS}


@pytest.mark.parametrize(("kind", "expected"), LADDER.items())
def test_a_restriction_becomes_the_fields_that_the_ladder_names(kind, expected):
    effect = {"effect": "suspend_sending"} if kind == "interim_hold" else {}
    assert restricted(made(kind=kind, **effect)) == expected


@pytest.mark.parametrize("kind", sorted(NOT_STATED))
def test_what_restricts_nobody_is_not_stated_and_says_why(kind):
    answer = refused(kind=kind)
    assert answer.code == "no_restriction"
    assert answer.reason.endswith(".")


def test_the_whole_ladder_is_mapped():
    assert set(MEASURES) == set(LADDER) | NOT_STATED


def test_a_kind_that_nobody_mapped_says_so():
    assert refused(kind="exile").code == "unknown_kind"


def test_money_is_restricted_only_where_the_platform_holds_it():
    assert "decision_monetary" not in made(capability="fundraising")
    assert (
        made(capability="fundraising", platform_holds_money=True)["decision_monetary"] == "DECISION_MONETARY_SUSPENSION"
    )
    assert "decision_monetary" not in made(capability="import", platform_holds_money=True)


def test_a_suspension_that_leaves_nothing_is_total():
    whole = made(kind="suspend_sending", whole_service=True)
    assert restricted(whole) == {"decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION"}


def test_an_interim_hold_is_stated_by_its_effect():
    assert restricted(made(kind="interim_hold", effect="suspend_account")) == LADDER["suspend_account"]
    assert refused(kind="interim_hold", effect="warn").code == "no_restriction"


def test_a_brake_is_fully_automated():
    fields = made(kind="brake", effect="suspend_sending", automated_decision="none", automated_detection=False)
    assert (fields["automated_detection"], fields["automated_decision"]) == ("Yes", "AUTOMATED_DECISION_FULLY")


@pytest.mark.parametrize(("kind", "expected"), LADDER.items())
def test_each_restriction_has_its_end_date_and_no_other(kind, expected):
    effect = {"effect": "suspend_sending"} if kind == "interim_hold" else {}
    ends = {name: value for name, value in made(kind=kind, **effect).items() if name.startswith("end_date")}
    names = {
        "decision_visibility": "end_date_visibility_restriction",
        "decision_provision": "end_date_service_restriction",
        "decision_account": "end_date_account_restriction",
    }
    assert ends == {names[name]: "2026-03-10" for name in expected}


def test_incitement_names_a_protected_group_and_an_election_near_by():
    fields = made(protected_group=True, near_election=True)
    assert fields["category"] == "STATEMENT_CATEGORY_VIOLENCE"
    assert fields["category_addition"] == [SPEECH, ELECTIONS]
    assert fields["category_specification"] == ["KEYWORD_HATE_SPEECH", "KEYWORD_INCITEMENT_VIOLENCE_HATRED"]


def test_an_election_adds_nothing_to_what_is_no_incitement():
    ground = Ground(
        "Clause lists, version 1",
        "The list was bought.",
        "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        (),
        ("KEYWORD_MISSING_PROCESSING_GROUND",),
    )
    fields = made(ground=ground, protected_group=True, near_election=True)
    assert "category_addition" not in fields
    assert fields["category_specification"] == ["KEYWORD_MISSING_PROCESSING_GROUND"]


def test_the_category_is_never_an_addition_to_itself():
    ground = replace(statement_input().ground, more_categories=("STATEMENT_CATEGORY_VIOLENCE", SPEECH))
    assert made(ground=ground, protected_group=True)["category_addition"] == [SPEECH]


def test_a_policy_that_the_schema_does_not_know_is_another_violation_of_terms():
    fields = made(ground=Ground("Clause sender, version 2", "The sender was not named."))
    assert fields["category"] == "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
    assert fields["category_specification"] == ["KEYWORD_OTHER"]
    assert fields["category_specification_other"] == "Clause sender, version 2"


def test_illegal_content_has_its_law_and_nothing_of_the_terms():
    fields = made(ground=replace(statement_input().ground, law="Section 130 of the criminal code", also_illegal=True))
    assert fields["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert fields["illegal_content_legal_ground"] == "Section 130 of the criminal code"
    assert not [name for name in fields if name.startswith("incompatible")]


@pytest.mark.parametrize(("also", "expected"), [(None, None), (True, "Yes"), (False, "No")])
def test_against_the_terms_says_whether_illegal_too_or_says_nothing(also, expected):
    fields = made(ground=replace(statement_input().ground, also_illegal=also))
    assert fields.get("incompatible_content_illegal") == expected


@pytest.mark.parametrize(
    ("source", "stated", "named"),
    [
        ("report", "SOURCE_ARTICLE_16", False),
        ("trusted_flagger", "SOURCE_TRUSTED_FLAGGER", True),
        ("authority", "SOURCE_TYPE_OTHER_NOTIFICATION", True),
        ("own_initiative", "SOURCE_VOLUNTARY", False),
    ],
)
def test_sources_are_stated_and_a_reporter_is_never_named(source, stated, named):
    fields = made(source=source, source_identity="Office for Flags")
    assert fields["source_type"] == stated
    assert ("source_identity" in fields) == named


@pytest.mark.parametrize(
    ("given", "stated"),
    [("el", "EL"), ("el-GR", "EL"), ("pt_BR", "PT"), ("nb", "NB"), ("gr", None), ("", None), ("tlh", None)],
)
def test_languages_are_those_of_iso_639_1_or_left_out(given, stated):
    assert made(language=given).get("content_language") == stated


@pytest.mark.parametrize(
    ("given", "stated"),
    [(("EL",), ["GR"]), (("gr", "FR"), ["FR", "GR"]), (("US", "IT"), ["IT"]), (("IT", "IT"), ["IT"])],
)
def test_territories_are_those_of_the_eea_and_greece_is_gr(given, stated):
    assert made(territories=given)["territorial_scope"] == stated


def test_the_territory_is_always_stated():
    assert made(territories=())["territorial_scope"] == sorted(LABELS["territory"])
    assert len(made()["territorial_scope"]) == 30


def test_what_holds_only_elsewhere_is_not_stated():
    assert refused(territories=("US", "CH")).code == "outside_eea"


def test_what_ended_before_it_began_is_not_stated():
    assert refused(aftermath=Aftermath("overturned", date(2026, 1, 9))).code == "never_in_force"


def test_what_the_schema_cannot_hold_says_which_field():
    answer = refused(term=Term(date(2019, 12, 31)), content_on=date(1999, 1, 1))
    assert answer.code == "invalid"
    assert "content_date" in answer.reason
    assert "application_date" in answer.reason


def test_the_end_is_the_earlier_of_the_planned_and_the_real_one():
    lifted = made(aftermath=Aftermath("lifted", date(2026, 2, 1)))
    assert lifted["end_date_service_restriction"] == "2026-02-01"
    backstop = made(term=Term(date(2026, 1, 10), date(2027, 1, 10), fixed=False))
    assert backstop["end_date_service_restriction"] == "2027-01-10"
    assert "end_date_service_restriction" not in made(term=Term(date(2026, 1, 10)))
    assert "end_date_service_restriction" not in made(term=Term(date(2026, 1, 10), date(2040, 1, 1)))


def test_a_correction_has_its_own_puid_in_the_same_lineage():
    first = made(lineage=Lineage("D-17", "M-40", "account-3"))
    second = made(lineage=Lineage("D-17", "M-40", "account-3", 1, corrects=first["puid"]))
    assert (first["puid"], second["puid"]) == ("fairpost-D-17-M-40-account-3-0", "fairpost-D-17-M-40-account-3-1")
    assert f"This corrects the statement {first['puid']}." in second["decision_facts"]


def test_a_link_that_is_no_address_is_left_out():
    assert "decision_ground_reference_url" not in made(ground=replace(statement_input().ground, permalink="/policy/1"))


DAYS = st.dates(date(2020, 1, 1), date(2038, 1, 1))
LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Lm"))
FREE = st.text(LETTERS, min_size=1, max_size=40).filter(lambda text: text.lower() != "null")
LONG = st.builds(lambda text, times: f"x{text}" * times, st.text(max_size=30), st.sampled_from([1, 40, 250]))
TERMS = st.builds(
    lambda starts, days, **more: Term(starts, date.fromordinal(starts.toordinal() + days) if days else None, **more),
    DAYS,
    st.sampled_from([0, 1, 90, 3650]),
    fixed=st.booleans(),
    earliest_end=st.none() | DAYS,
    review_days=st.none() | st.integers(1, 30),
    condition=LONG,
    reapply_from=st.none() | DAYS,
)
GROUNDS = st.builds(
    Ground,
    clause=FREE,
    explanation=LONG,
    category=st.sampled_from(["", *LABELS["category"]]),
    more_categories=st.lists(st.sampled_from(list(LABELS["category"])), max_size=3).map(tuple),
    keywords=st.lists(st.sampled_from(list(LABELS["keyword"])), max_size=3).map(tuple),
    law=st.just("") | FREE,
    also_illegal=st.none() | st.booleans(),
    permalink=st.sampled_from(["", "https://mail.example/policy/1", "https://mail.example/" + "a" * 600]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    kind=st.sampled_from(sorted(set(LADDER) - {"interim_hold"})),
    ground=GROUNDS,
    term=TERMS,
    mechanism=FREE,
    facts=LONG,
    flags=st.fixed_dictionaries(
        {name: st.booleans() for name in ("whole_service", "platform_holds_money", "protected_group", "near_election")}
    ),
    source=st.sampled_from(["report", "trusted_flagger", "authority", "own_initiative"]),
    source_identity=st.just("") | FREE,
    automated_decision=st.sampled_from(["none", "partial", "full"]),
    language=st.sampled_from(["", "en", "EL", "zh-Hant", "xx"]),
    territories=st.lists(st.sampled_from([*LABELS["territory"], "EL", "US"]), max_size=4).map(tuple),
    aftermath=st.builds(Aftermath, st.none(), st.none(), st.sampled_from([None, "filed", "varied"]), DAYS),
)
def test_whatever_a_measure_is_its_statement_is_valid_by_both_encodings(flags, **changes):
    result = statement_of(statement_input(**flags, **changes))
    if isinstance(result, NotExportable):
        assert result.code == "outside_eea"
        assert set(changes["territories"]) == {"US"}
    else:
        assert accepted(result.fields)
