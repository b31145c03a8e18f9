"""Statements of reasons and what they are made of, ready to be changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from fairpost.enforcement.dsa.statement_input import Ground, Lineage, StatementInput, Term


def statement(**changes: Any) -> dict[str, Any]:
    """A valid statement (the JSON object). A change to ... leaves the field out."""
    fields: dict[str, Any] = {
        "decision_visibility": ["DECISION_VISIBILITY_OTHER"],
        "decision_visibility_other": "Fundraising is switched off.",
        "decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION",
        "end_date_service_restriction": "2026-03-01",
        "account_type": "ACCOUNT_TYPE_BUSINESS",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": "https://mail.example/policy/violence/1",
        "incompatible_content_ground": "Clause violence, version 1",
        "incompatible_content_explanation": "The mail calls on its readers to attack officials.",
        "category": "STATEMENT_CATEGORY_VIOLENCE",
        "category_specification": ["KEYWORD_INCITEMENT_VIOLENCE_HATRED"],
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_language": "EN",
        "content_date": "2026-01-08",
        "territorial_scope": ["FR", "GR", "IT"],
        "application_date": "2026-01-10",
        "decision_facts": "A campaign of 8 January calls on its readers to attack officials.",
        "source_type": "SOURCE_ARTICLE_16",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": "fairpost-D-17-M-40-account-3-0",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not ...}


def statement_input(**changes: Any) -> StatementInput:
    """Fundraising switched off for two months, because a mail incited to violence."""
    given: dict[str, Any] = {
        "lineage": Lineage("D-17", "M-40", "account-3"),
        "kind": "capability_off",
        "capability": "fundraising",
        "mechanism": "Fundraising is switched off.",
        "ground": Ground(
            clause="Clause violence, version 1",
            explanation="The mail calls on its readers to attack officials.",
            category="STATEMENT_CATEGORY_VIOLENCE",
            keywords=("KEYWORD_INCITEMENT_VIOLENCE_HATRED",),
            permalink="https://mail.example/policy/violence/1",
        ),
        "term": Term(starts=date(2026, 1, 10), ends=date(2026, 3, 10)),
        "facts": "A campaign of 8 January calls on its readers to attack officials.",
        "content_on": date(2026, 1, 8),
        "language": "en",
    }
    return StatementInput(**given | changes)
