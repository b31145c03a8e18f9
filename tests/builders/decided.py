"""Decisions that were proposed and approved by the real actions, and put into force inside a test's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from tests.builders.enforcement import ASSESSMENT
from tests.builders.mailings import fake_mailings
from tests.builders.policies import make_clause
from tests.builders.tenants import Tenant, make_person

from fairpost.enforcement.acting import perform
from fairpost.enforcement.actions.approve_decision import approve_decision
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.drafts import draft_from_json
from fairpost.enforcement.queries.cases import read_evidence
from fairpost.enforcement.queries.decisions import DecisionView, decision_view
from fairpost.kernel.clock import Clock
from fairpost.kernel.errors import NotFound


def in_force(
    tenant: Tenant,
    kind: str,
    *,
    clock: Clock,
    mechanism: Mapping[str, Any] | None = None,
    scope: Mapping[str, Any] | None = None,
    duration: Mapping[str, Any] | None = None,
    source: str = "report",
    source_identity: str = "",
    activate: bool = True,
    **draft: Any,
) -> DecisionView:
    """A decision on this account with one measure, under the clause `violence`. Activation skips the sending path."""
    mara, noor = make_person(None, "Mara", "reviewer"), make_person(None, "Noor", "approver")
    with fake_mailings():
        case = open_case(actor=mara, title="Incitement", source=source, source_identity=source_identity, clock=clock)
        add_evidence(actor=mara, case_id=case, label="mail", text="Fight like hell.", clock=clock)
        made = propose_decision(
            actor=mara,
            case_id=case,
            clauses=[clause_label(clock)],
            draft=draft_from_json(
                {
                    "facts": "A campaign of 8 January calls on its readers to attack officials.",
                    "milder_step": "a warning",
                    "milder_why_not": "there was one",
                    "assessment": ASSESSMENT,
                    "responsible": [],
                    "measures": [
                        {
                            "kind": kind,
                            "scope": scope or {"account": [tenant.account_id]},
                            "duration": duration or {"kind": "until", "ends_at": clock.now() + timedelta(days=5)},
                            "mechanism": dict(mechanism or {}),
                        }
                    ],
                    **draft,
                }
            ),
            clock=clock,
        )
        if made.measures[0].state == "proposed":
            read_evidence(noor, case, clock)
            made = approve_decision(actor=noor, decision_id=made.id, version=made.version, clock=clock)
    if activate:
        act(made, "activated", noor, clock, {"starts_at": clock.now().isoformat()})
    return decision_view(made.id, clock.now())


def act(decision: DecisionView, name: str, actor: Any, clock: Clock, detail: Mapping[str, Any] | None = None) -> None:
    """One act on the decision's only measure."""
    with transaction.atomic():
        perform(decision.measures[0].id, name, actor=actor, detail=detail, now=clock.now())


def clause_label(clock: Clock) -> str:
    from fairpost.enforcement.queries.policies import clause

    try:
        return clause("violence", at=clock.now()).label
    except NotFound:
        return make_clause("violence", clock=clock).label
