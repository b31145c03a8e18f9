"""Builds decisions by the real actions: the installation's people, a case with evidence, measures in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.builders.tenants import also_in, make_person

from fairpost.enforcement.actions.activate_decision import Activated, activate_decision
from fairpost.enforcement.actions.approve_decision import approve_decision
from fairpost.enforcement.actions.install_starter_policy import install_starter_policy
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft
from fairpost.enforcement.queries.cases import read_evidence
from fairpost.enforcement.queries.decisions import DecisionView
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.actors import local_operator

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASSESSMENT = {
    **{
        name: {"text": f"The {name} was looked at.", "rating": 2}
        for name in ("context", "speaker", "intent", "content_and_form", "extent", "likelihood")
    },
    "counter_reading": "It can be read as a metaphor.",
    "less_restrictive": "A warning.",
    "language": "en",
    "quoted": "march on the capital",
}


@dataclass(frozen=True)
class Staff:
    """Mara proposes, Noor approves, Rui hears appeals, Sena is the senior, Leo the legal officer."""

    mara: Actor
    noor: Actor
    rui: Actor
    sena: Actor
    leo: Actor


def make_staff(clock: Clock = SYSTEM_CLOCK) -> Staff:
    """Five people with the five roles, and the starter policy."""
    install_starter_policy(actor=local_operator(), clock=clock)
    return Staff(
        make_person(None, "Mara", "reviewer", clock=clock),
        make_person(None, "Noor", "approver", clock=clock),
        make_person(None, "Rui", "appeal_reviewer", clock=clock),
        make_person(None, "Sena", "senior", clock=clock),
        make_person(None, "Leo", "legal_officer", clock=clock),
    )


def with_role(who: Actor, role: str) -> Actor:
    """The same person under another role of the installation, too."""
    return also_in(None, who, role)


def make_case(
    staff: Staff, *, account_id: int | None = None, clock: Clock = SYSTEM_CLOCK, text: str = "What we saw."
) -> int:
    """An open case with one piece of evidence."""
    number = open_case(
        actor=staff.mara, title="Look at this", source="own_initiative", account_id=account_id, clock=clock
    )
    add_evidence(actor=staff.mara, case_id=number, label="mail", text=text, clock=clock)
    return number


def until(clock: Clock = SYSTEM_CLOCK, term: timedelta = 3 * DAY, **more: Any) -> Duration:
    """A term that ends so long from now."""
    return Duration("until", ends_at=clock.now() + term, **more)


def measure(
    kind: str,
    scope: Mapping[str, Any],
    duration: Duration | None = None,
    *,
    clock: Clock = SYSTEM_CLOCK,
    mechanism: Mapping[str, Any] | None = None,
    strike: bool = False,
) -> MeasureDraft:
    return MeasureDraft(kind, scope_from_json(scope), duration or until(clock), mechanism or {}, strike)


def draft(*measures: MeasureDraft, responsible: Sequence[int] = (1,), **more: Any) -> DecisionDraft:
    return DecisionDraft(
        **{
            "facts": "The mail of 5 January asks people to take the square by force.",
            "measures": measures,
            "milder_step": "A formal warning.",
            "milder_why_not": "The next mailing leaves within hours.",
            "responsible": responsible,
            "assessment": ASSESSMENT,
            **more,
        }
    )


def proposed(
    staff: Staff,
    *measures: MeasureDraft,
    case_id: int | None = None,
    clauses: Sequence[str] = ("violence",),
    clock: Clock = SYSTEM_CLOCK,
    supersedes: int | None = None,
    **more: Any,
) -> DecisionView:
    """Mara's proposal."""
    return propose_decision(
        actor=staff.mara,
        case_id=case_id or make_case(staff, clock=clock),
        clauses=clauses,
        draft=draft(*measures, **more),
        supersedes=supersedes,
        clock=clock,
    )


def approved(staff: Staff, view: DecisionView, clock: Clock = SYSTEM_CLOCK) -> DecisionView:
    """Noor opens the evidence and approves, where a second person is needed; Sena too, where a senior is."""
    if any(each.state == "proposed" for each in view.measures):
        read_evidence(staff.noor, view.case_id, clock)
        view = approve_decision(actor=staff.noor, decision_id=view.id, version=view.version, clock=clock)
    if any(each.state == "proposed" for each in view.measures):
        read_evidence(staff.sena, view.case_id, clock)
        view = approve_decision(
            actor=staff.sena, decision_id=view.id, version=view.version, as_senior=True, clock=clock
        )
    return view


def decided(staff: Staff, *measures: MeasureDraft, clock: Clock = SYSTEM_CLOCK, **more: Any) -> Activated:
    """A decision in force. Not inside a transaction: use `transactional_db`."""
    view = approved(staff, proposed(staff, *measures, clock=clock, **more), clock)
    return activate_decision(actor=staff.mara, decision_id=view.id, clock=clock)


MECHANISMS: dict[str, Mapping[str, Any]] = {
    "warn": {"next_step": "A pre-review.", "acknowledge_by": "2030-01-01T00:00:00+00:00"},
    "require": {"what": "A consent proof.", "due": "2030-01-01T00:00:00+00:00", "then": "A limit follows."},
    "pre_review": {"deadline_hours": 24, "default": "block"},
    "limit": {"per_hour": 100},
    "capability_off": {"capability": "fundraising"},
    "suspend_sending": {"queue": "hold"},
    "terminate": {"notice_days": 0, "export_days": 60},
    "escalate": {"authority": "The police of Porttown.", "shared": "The mail of 5 January."},
}


def example_of(
    kind: str, account_id: int, *, holder_id: int, template_id: int = 1, clock: Clock = SYSTEM_CLOCK
) -> MeasureDraft:
    """A whole measure of this kind on one account, as hard as the kind can be."""
    scope: dict[str, Any] = {"account": [account_id]}
    if kind == "block_content":
        scope["template"] = [template_id]
    if kind == "block_class":
        scope["content_class"] = ["combative-call-to-action@1"]
    if kind == "ban_entity":
        scope = {"organisation": [holder_id]}
    durations = MEASURES[kind].durations
    if "instant" in durations:
        duration = Duration("instant")
    elif "until" in durations:
        duration = until(clock, DAY)
    else:
        duration = Duration("permanent", reapply_at=clock.now() + 400 * DAY)
    return measure(kind, scope, duration, clock=clock, mechanism=MECHANISMS.get(kind))
