"""A valid statement has no findings; each rule, broken alone, is found under its name; both encodings agree."""

from __future__ import annotations

import pytest
from tests.builders.statements import statement
from tests.enforcement.dsa.second_rules import accepted

from fairpost.enforcement.dsa.validate import validate
from fairpost.enforcement.dsa.values import LABELS

ILLEGAL = {
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "incompatible_content_ground": ...,
    "incompatible_content_explanation": ...,
    "illegal_content_legal_ground": "Section 130 of the criminal code",
    "illegal_content_explanation": "It incites to hatred.",
}
OTHER = "DECISION_VISIBILITY_OTHER"
NO_GROUND = {"decision_ground": ..., "incompatible_content_ground": ..., "incompatible_content_explanation": ...}
EVERY_LENGTH = {
    "decision_visibility_other": 500,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "decision_facts": 5000,
}

GOOD = {
    "as it is": {},
    "illegal content": ILLEGAL,
    "thought illegal too": {"incompatible_content_illegal": "Yes"},
    "no end date": {"end_date_service_restriction": ...},
    "a blank end date": {"end_date_service_restriction": ""},
    "an end date of null": {"end_date_service_restriction": None},
    "ends on the day it begins": {"end_date_service_restriction": "2026-01-10"},
    "ends on the last day": {"end_date_service_restriction": "2038-01-01"},
    "the first dates": {
        "application_date": "2020-01-01",
        "content_date": "2000-01-01",
        "end_date_service_restriction": "2020-01-01",
    },
    "a leap day": {"content_date": "2024-02-29"},
    "Greek in Greece": {"content_language": "EL", "territorial_scope": ["GR"]},
    "the account only": {
        "decision_visibility": ...,
        "decision_visibility_other": ...,
        "decision_provision": ...,
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    },
    "money": {"decision_monetary": "DECISION_MONETARY_OTHER", "decision_monetary_other": "Payouts wait."},
    "more categories": {
        "category_addition": ["STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"]
    },
    "another keyword, named": {"category_specification": ["KEYWORD_OTHER"], "category_specification_other": "x"},
    "another keyword, not named": {"category_specification": ["KEYWORD_OTHER"]},
    "another content type": {"content_type": ["CONTENT_TYPE_OTHER"], "content_type_other": "A calendar."},
    "a named source": {"source_identity": "Office for Flags"},
    "own initiative": {"source_type": "SOURCE_VOLUNTARY"},
    "a product": {"content_id": {"EAN-13": "4006381333931"}},
    "a puid of all characters": {"puid": "aZ0-_"},
    "facts with figures": {
        "decision_facts": "On 06-01-2021 at 14:05, 569 campaigns to 1,250,000 contacts; M-40, D-17."
    },
    "characters of four bytes": {"decision_facts": "𝔉" * 5000},
    **{f"{name} of full length": {name: "é" * most} for name, most in EVERY_LENGTH.items()},
}

BROKEN = [
    ("decision_ground", "required", NO_GROUND),
    ("category", "required", {"category": ...}),
    ("content_type", "required", {"content_type": ...}),
    ("content_type", "required", {"content_type": []}),
    ("content_date", "required", {"content_date": ...}),
    ("content_date", "required", {"content_date": None}),
    ("territorial_scope", "required", {"territorial_scope": ...}),
    ("territorial_scope", "required", {"territorial_scope": []}),
    ("application_date", "required", {"application_date": ...}),
    ("decision_facts", "required", {"decision_facts": ...}),
    ("decision_facts", "required", {"decision_facts": " \n\u00a0"}),
    ("source_type", "required", {"source_type": ...}),
    ("automated_detection", "required", {"automated_detection": ...}),
    ("automated_decision", "required", {"automated_decision": ...}),
    ("puid", "required", {"puid": ...}),
    ("", "restriction", {"decision_visibility": ..., "decision_visibility_other": ..., "decision_provision": ...}),
    ("decision_visibility_other", "needed", {"decision_visibility_other": ...}),
    ("decision_visibility_other", "unwanted", {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]}),
    ("decision_monetary_other", "needed", {"decision_monetary": "DECISION_MONETARY_OTHER"}),
    ("decision_monetary_other", "unwanted", {"decision_monetary_other": "Payouts wait."}),
    ("illegal_content_legal_ground", "needed", ILLEGAL | {"illegal_content_legal_ground": ...}),
    ("illegal_content_explanation", "needed", ILLEGAL | {"illegal_content_explanation": ...}),
    ("illegal_content_legal_ground", "unwanted", {"illegal_content_legal_ground": "A law"}),
    ("illegal_content_explanation", "unwanted", {"illegal_content_explanation": "Why"}),
    ("incompatible_content_ground", "needed", {"incompatible_content_ground": ...}),
    ("incompatible_content_explanation", "needed", {"incompatible_content_explanation": ...}),
    ("incompatible_content_ground", "unwanted", ILLEGAL | {"incompatible_content_ground": "Clause 1"}),
    ("incompatible_content_explanation", "unwanted", ILLEGAL | {"incompatible_content_explanation": "Why"}),
    ("incompatible_content_illegal", "unwanted", ILLEGAL | {"incompatible_content_illegal": "No"}),
    ("incompatible_content_illegal", "blank", {"incompatible_content_illegal": None}),
    ("category_addition", "blank", {"category_addition": None}),
    ("category_addition", "repeated", {"category_addition": ["STATEMENT_CATEGORY_VIOLENCE"]}),
    ("category_specification_other", "unwanted", {"category_specification_other": "Something"}),
    ("content_type_other", "needed", {"content_type": ["CONTENT_TYPE_OTHER"]}),
    ("content_type_other", "unwanted", {"content_type_other": "A calendar."}),
    ("content_language", "value", {"content_language": "GR"}),
    ("content_language", "value", {"content_language": "en"}),
    ("territorial_scope", "value", {"territorial_scope": ["EL"]}),
    ("territorial_scope", "value", {"territorial_scope": ["CH"]}),
    ("territorial_scope", "sorted", {"territorial_scope": ["IT", "FR"]}),
    ("territorial_scope", "sorted", {"territorial_scope": ["FR", "FR"]}),
    ("territorial_scope", "form", {"territorial_scope": "FR"}),
    ("content_type", "sorted", {"content_type": ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_IMAGE"]}),
    ("category", "form", {"category": ["STATEMENT_CATEGORY_VIOLENCE"]}),
    ("category", "value", {"category": "VIOLENCE"}),
    ("category_specification", "value", {"category_specification": ["KEYWORD_ANGER"]}),
    ("decision_visibility", "value", {"decision_visibility": ["DECISION_VISIBILITY_HIDDEN", OTHER]}),
    ("decision_visibility", "form", {"decision_visibility": "DECISION_VISIBILITY_OTHER"}),
    ("decision_monetary", "value", {"decision_monetary": "DECISION_MONETARY_SUSPENDED"}),
    ("decision_provision", "value", {"decision_provision": "DECISION_PROVISION_SUSPENSION"}),
    ("decision_account", "value", {"decision_account": "DECISION_ACCOUNT_DELETED"}),
    ("account_type", "value", {"account_type": "BUSINESS"}),
    ("source_type", "value", {"source_type": "SOURCE_REPORT"}),
    ("automated_detection", "form", {"automated_detection": True}),
    ("automated_detection", "value", {"automated_detection": "yes"}),
    ("automated_decision", "value", {"automated_decision": "No"}),
    ("content_date", "date", {"content_date": "2026-1-8"}),
    ("content_date", "date", {"content_date": "2026-02-29"}),
    ("content_date", "date", {"content_date": "2026-01-08\n"}),
    ("content_date", "date", {"content_date": "٢٠٢٦-٠١-٠٨"}),
    ("content_date", "date", {"content_date": "2026-01-08T00:00:00Z"}),
    ("content_date", "form", {"content_date": 20260108}),
    ("content_date", "range", {"content_date": "1999-12-31"}),
    ("application_date", "range", {"application_date": "2019-12-31"}),
    ("application_date", "range", {"application_date": "2038-01-02", "end_date_service_restriction": ...}),
    ("end_date_service_restriction", "range", {"end_date_service_restriction": "2038-01-02"}),
    ("end_date_service_restriction", "order", {"end_date_service_restriction": "2026-01-09"}),
    ("end_date_visibility_restriction", "order", {"end_date_visibility_restriction": "2026-01-09"}),
    ("end_date_monetary_restriction", "order", {"end_date_monetary_restriction": "2026-01-09"}),
    ("end_date_account_restriction", "order", {"end_date_account_restriction": "2026-01-09"}),
    ("end_date_service_restriction", "blank", {"end_date_service_restriction": []}),
    ("decision_ground_reference_url", "url", {"decision_ground_reference_url": "mail.example/policy"}),
    ("decision_ground_reference_url", "url", {"decision_ground_reference_url": "ftp://mail.example/policy"}),
    ("decision_ground_reference_url", "url", {"decision_ground_reference_url": "https://mail.example/a b"}),
    ("decision_ground_reference_url", "url", {"decision_ground_reference_url": "https:///policy"}),
    ("decision_ground_reference_url", "length", {"decision_ground_reference_url": "https://mail.example/" + "a" * 480}),
    ("content_id", "form", {"content_id": "4006381333931"}),
    ("content_id", "form", {"content_id": {"ISBN": "4006381333931"}}),
    ("content_id", "form", {"content_id": {"EAN-13": "4006381333931", "EAN-8": "1"}}),
    ("content_id", "value", {"content_id": {"EAN-13": "4006381333932"}}),
    ("content_id", "value", {"content_id": {"EAN-13": 4006381333931}}),
    ("source_identity", "unwanted", {"source_type": "SOURCE_VOLUNTARY", "source_identity": "Office for Flags"}),
    ("source_identity", "null", {"source_identity": "null"}),
    ("decision_facts", "null", {"decision_facts": " NULL "}),
    ("decision_facts", "form", {"decision_facts": "half \ud83d"}),
    ("decision_facts", "personal_data", {"decision_facts": "Sent by ada@example.org."}),
    ("decision_facts", "personal_data", {"decision_facts": "He called +39 02 1234 5678 twice."}),
    ("decision_facts", "personal_data", {"decision_facts": "Call 030 1234 5678."}),
    ("puid", "pattern", {"puid": "D 17"}),
    ("puid", "pattern", {"puid": "D-17\n"}),
    ("puid", "pattern", {"puid": "D–17"}),
    ("puid", "pattern", {"puid": "ü"}),
    ("puid", "length", {"puid": "a" * 501}),
    ("platform_name", "unknown", {"platform_name": "Fairpost"}),
    *((name, "length", {name: "é" * (most + 1)}) for name, most in EVERY_LENGTH.items()),
]


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_a_valid_statement_has_no_findings(changes):
    assert validate(statement(**changes)) == []
    assert accepted(statement(**changes))


@pytest.mark.parametrize(("field", "rule", "changes"), BROKEN)
def test_a_broken_rule_is_found_alone_and_named(field, rule, changes):
    found = validate(statement(**changes))
    assert [(each.field, each.rule) for each in found] == [(field, rule)]
    assert found[0].message.endswith(".")
    assert not accepted(statement(**changes))


@pytest.mark.parametrize("given", [None, [], "null", 7])
def test_what_is_no_object_is_no_statement(given):
    assert [each.rule for each in validate(given)] == ["form"]


def test_every_finding_of_a_statement_is_told_not_only_the_first():
    found = validate(statement(puid="D 17", content_language="GR", source_type=...))
    assert {(each.field, each.rule) for each in found} == {
        ("content_language", "value"),
        ("source_type", "required"),
        ("puid", "pattern"),
    }


def test_who_mixes_up_the_codes_of_greece_is_told_the_right_one():
    [language] = validate(statement(content_language="GR"))
    [territory] = validate(statement(territorial_scope=["EL"]))
    assert language.message.endswith("Greek is EL.")
    assert territory.message.endswith("Greece is GR.")


def test_the_lists_of_values_are_whole():
    sizes = {name: len(labels) for name, labels in LABELS.items()}
    assert sizes == {
        "visibility": 7,
        "monetary": 3,
        "provision": 4,
        "account": 2,
        "account_type": 2,
        "ground": 2,
        "category": 16,
        "keyword": 69,
        "content_type": 8,
        "source": 4,
        "automation": 3,
        "yes_no": 2,
        "territory": 30,
        "language": 184,
    }
