"""Decisions as they are read: what was decided, by which hands, and how each measure stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from fairpost.enforcement.acting import acts_of, begins, state_of
from fairpost.enforcement.catalogue.durations import Duration, duration_from_json, next_review
from fairpost.enforcement.catalogue.states import MEASURE
from fairpost.enforcement.models import Decision, Measure
from fairpost.enforcement.naming import decision_url, label
from fairpost.enforcement.queries.policies import ClauseView, view_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class ActView:
    """One act on a measure. Who did it is a number: names stay out of what may become public."""

    act: str
    at: datetime
    person_id: int | None
    reason: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure as it stands at `now`. `coverage` is the latest statement, `revision` its number."""

    id: int
    label: str
    decision_id: int
    kind: str
    state: str
    mechanism: Mapping[str, Any]
    scope: Mapping[str, Any]
    duration: Duration
    active_since: datetime | None
    ends_at: datetime | None
    next_review: datetime | None
    strike: bool
    four_eyes: str
    revision: int
    coverage: Mapping[str, Any]
    acts: tuple[ActView, ...]
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision. `version` is what an approval must name: it changes with the coverage."""

    id: int
    label: str
    url: str
    case_id: int
    account_id: int | None
    source: str
    source_identity: str
    clauses: tuple[ClauseView, ...]
    facts: str
    quoted: str
    campaigns: tuple[tuple[int, int], ...]
    milder_step: str
    milder_why_not: str
    automated_detection: bool
    automated_decision: str
    assessment: Mapping[str, Any]
    responsible: tuple[int, ...]
    legal_ground: str
    outside_redress: str
    detail: Mapping[str, Any]
    evidence_hash: str
    version: str
    proposed_by: int | None
    proposed_at: datetime
    supersedes: int | None
    hands: tuple[tuple[int, str], ...]
    measures: tuple[MeasureView, ...]


ROWS = Decision.objects.select_related("case").prefetch_related(
    "clauses", "hands", "measures", "measures__acts", "measures__coverage"
)


def decision(actor: Actor, decision_id: int, clock: Clock = SYSTEM_CLOCK) -> DecisionView:
    """One decision, for those who work on enforcement; customers read theirs by `restrictions`."""
    authorise(actor, "enforcement.read")
    return decision_view(decision_id, clock.now())


def decisions(
    actor: Actor, *, case_id: int | None = None, before: int | None = None, limit: int = 50,
    clock: Clock = SYSTEM_CLOCK,
) -> list[DecisionView]:  # fmt: skip
    """The newest first."""
    authorise(actor, "enforcement.read")
    rows = ROWS.order_by("-pk")
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    now = clock.now()
    return [view(each, now) for each in rows[:limit]]


def decision_view(decision_id: int, now: datetime) -> DecisionView:
    """The decision, for other parts of enforcement. Raises NotFound."""
    row = ROWS.filter(pk=decision_id).first()
    if row is None:
        raise NotFound(_("There is no decision {decision}.").format(decision=label("decision", decision_id)))
    return view(row, now)


def measure(actor: Actor, measure_id: int, clock: Clock = SYSTEM_CLOCK) -> MeasureView:
    """One measure, for those who work on enforcement."""
    authorise(actor, "enforcement.read")
    return measure_view(measure_id, clock.now())


def measure_view(measure_id: int, now: datetime) -> MeasureView:
    """One measure, for other parts of enforcement. Raises NotFound."""
    row = Measure.objects.prefetch_related("acts", "coverage").filter(pk=measure_id).first()
    if row is None:
        raise NotFound(_("There is no measure {measure}.").format(measure=label("measure", measure_id)))
    return view_measure(row, now)


def view(row: Decision, now: datetime) -> DecisionView:
    measures = sorted(row.measures.all(), key=lambda each: each.pk)
    return DecisionView(
        id=row.pk,
        label=label("decision", row.pk),
        url=decision_url(row.pk),
        case_id=row.case_id,
        account_id=row.case.account_id,
        source=row.case.source,
        source_identity=row.case.source_identity,
        clauses=tuple(view_of(each) for each in sorted(row.clauses.all(), key=lambda each: each.pk)),
        facts=row.facts,
        quoted=row.quoted,
        campaigns=tuple((each[0], each[1]) for each in row.campaigns),
        milder_step=row.milder_step,
        milder_why_not=row.milder_why_not,
        automated_detection=row.automated_detection,
        automated_decision=row.automated_decision,
        assessment=row.assessment,
        responsible=tuple(row.responsible),
        legal_ground=row.legal_ground,
        outside_redress=row.outside_redress,
        detail=row.detail,
        evidence_hash=row.evidence_hash,
        version=current_version(row),
        proposed_by=row.proposed_by_id,
        proposed_at=row.proposed_at,
        supersedes=row.supersedes_id,
        hands=tuple((each.person_id, each.role) for each in row.hands.all()),
        measures=tuple(view_measure(each, now) for each in measures),
    )


def current_version(row: Decision) -> str:
    """What an approval names: the proposal and the coverage as last stated."""
    hashes = [row.version]
    for measure in sorted(row.measures.all(), key=lambda each: each.pk):
        latest = max(measure.coverage.all(), key=lambda each: each.revision)
        hashes.append(latest.hash)
    return sha256("\n".join(hashes).encode()).hexdigest()


def view_measure(row: Measure, now: datetime) -> MeasureView:
    acts = acts_of(row)
    state = state_of(row, now, acts)
    duration = duration_from_json(row.duration)
    since = begins(acts)
    latest = max(row.coverage.all(), key=lambda each: each.revision)
    return MeasureView(
        id=row.pk,
        label=label("measure", row.pk),
        decision_id=row.decision_id,
        kind=row.kind,
        state=state,
        mechanism=row.mechanism,
        scope=row.scope,
        duration=duration,
        active_since=since,
        ends_at=duration.ends_at,
        next_review=next_review(duration, since, now) if since and state == "active" and since <= now else None,
        strike=row.strike,
        four_eyes=row.four_eyes,
        revision=latest.revision,
        coverage=latest.statement,
        acts=tuple(ActView(each.act, each.at, each.person_id, each.reason, each.detail) for each in acts),
        possible=tuple(MEASURE[state]),
    )
