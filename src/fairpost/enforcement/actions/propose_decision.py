"""Proposes a decision: checked whole, its coverage frozen, never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings

from fairpost.audit.actions import record
from fairpost.enforcement.acting import perform, performing
from fairpost.enforcement.actions.open_case import open_row
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import needs_of
from fairpost.enforcement.coverage.compute import Coverage, coverage
from fairpost.enforcement.coverage.known import check_known
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft, check_draft
from fairpost.enforcement.evidence import evidence_hash
from fairpost.enforcement.eyes import eyes_for
from fairpost.enforcement.models import CoverageRevision, Decision, DecisionHand, Evidence, Measure
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.queries.content_classes import content_class
from fairpost.enforcement.queries.decisions import DecisionView, decision_view
from fairpost.enforcement.queries.periods import near_key_date
from fairpost.enforcement.queries.policies import ClauseView, clause
from fairpost.enforcement.scope.selector import EXCLUDABLE, Scope, Selector
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

# Participants' accounts are told that their own mail is not covered, but mail that they dispatch for the joint sender
# is (rule 2 on joint senders), so they are no exclusion; nor are organisations, which also hold covered accounts.
NEVER_REACHED = frozenset({"unit", "identity"}) & EXCLUDABLE


def propose_decision(
    *,
    actor: Actor,
    case_id: int,
    clauses: Sequence[str],
    draft: DecisionDraft,
    supersedes: int | None = None,
    only_draft: bool = False,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DecisionView:
    """Puts a decision to a second person, or, where its measures need none, makes it ready to be activated.

    With `only_draft` it is kept and waits for `submit_draft`. Raises Invalid for whatever it lacks.
    """
    authorise(actor, "decision.propose")
    acting_person(actor)
    now = clock.now()
    return write_decision(
        actor=actor, case_id=case_id, clauses=clauses, draft=draft, supersedes=supersedes, only_draft=only_draft,
        reason=reason, now=now,
    )  # fmt: skip


def write_decision(
    *,
    actor: Actor,
    case_id: int,
    clauses: Sequence[str],
    draft: DecisionDraft,
    supersedes: int | None = None,
    only_draft: bool = False,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> DecisionView:
    """The same for actions that have authorised themselves: the machine's brakes, and decisions on appeal."""
    named = [clause(each, at=now) for each in clauses]
    for each in named:
        if not each.in_force(now):
            raise Invalid(
                _("The clause {clause} is not in force.").format(clause=each.label), field="clauses",
                hint=_("Decide under the version in force; older decisions stay under theirs."),
            )  # fmt: skip
    draft = replace(draft, near_election=draft.near_election or near_key_date(now))
    check_draft(draft, named, now)
    covered = [cover(each, now) for each in draft.measures]
    with performing(actor):
        row = insert_decision(actor, case_id, named, draft, covered, supersedes, detail or {}, now)
        for each, coverage_now in zip(draft.measures, covered, strict=True):
            insert_measure(actor, row, each, coverage_now, "drafted" if only_draft else "proposed", now)
        record(
            actor=actor,
            act="decision.drafted" if only_draft else "decision.proposed",
            account_id=None,
            subject=f"decision:{row.pk}",
            reason=reason,
            facts={"case": case_id, "version": row.version, "clauses": [each.id for each in named]},
        )
        if not only_draft:
            approve_own(actor, row, now)
    return decision_view(row.pk, now)


def submit_draft(*, actor: Actor, decision_id: int, clock: Clock = SYSTEM_CLOCK) -> DecisionView:
    """Puts one's own draft to a second person."""
    authorise(actor, "decision.propose")
    person_id = acting_person(actor)
    now = clock.now()
    with performing(actor):
        row = Decision.objects.select_for_update().filter(pk=decision_id, proposed_by_id=person_id).first()
        if row is None:
            raise Conflict(_("Only who drafted a decision may propose it."))
        for measure in row.measures.order_by("pk"):
            perform(measure.pk, "proposed", actor=actor, now=now)
        approve_own(actor, row, now)
    return decision_view(row.pk, now)


def cover(draft: MeasureDraft, now: datetime) -> Coverage:
    """The coverage of a measure as it would be now.

    Raises NotFound for a content class that does not exist, Invalid for an account or organisation.
    """
    check_known(draft.scope)
    labels = draft.scope.values("content_class")
    for label in labels:
        content_class(label)
    mailings().classify(labels)
    return coverage(draft.scope, needs_of(draft.of, draft.mechanism), now, settings.FAIRPOST.territory_attribute)


def insert_decision(
    actor: Actor,
    case_id: int,
    clauses: Sequence[ClauseView],
    draft: DecisionDraft,
    covered: Sequence[Coverage],
    supersedes: int | None,
    detail: Mapping[str, Any],
    now: datetime,
) -> Decision:
    case = open_row(case_id)
    if any(each.kind == "interim_hold" for each in draft.measures):
        one_interim_hold(case_id)
    if actor.person_id is not None and any(each.of.machine for each in draft.measures):
        raise Invalid(
            _("A brake is the machine's own."), field="kind",
            hint=_("A person who cannot wait for a second one takes an interim hold, once in a case."),
        )  # fmt: skip
    if not Evidence.objects.filter(case=case).exists() and actor.person_id is not None:
        raise Conflict(
            _("Case C-{case} holds no evidence.").format(case=case_id),
            hint=_("Add what the decision rests on: fairpost case evidence."),
        )
    hashed = evidence_hash(case_id)
    extra = dict(detail)
    if draft.near_election:
        extra["near_election"] = True
    if draft.notice_withheld:
        extra["notice_withheld"] = draft.notice_withheld
    row = Decision.objects.create(
        case=case,
        facts=draft.facts,
        quoted=draft.quoted,
        campaigns=[list(each) for each in draft.campaigns],
        milder_step=draft.milder_step,
        milder_why_not=draft.milder_why_not,
        automated_detection=draft.automated_detection,
        automated_decision=draft.automated_decision,
        assessment=dict(draft.assessment),
        responsible=list(draft.responsible),
        legal_ground=draft.legal_ground,
        outside_redress=draft.outside_redress,
        detail=extra,
        evidence_hash=hashed,
        version=version_of(case_id, clauses, draft, covered, hashed),
        proposed_by_id=actor.person_id,
        proposed_at=now,
        supersedes_id=supersedes,
    )
    row.clauses.set([each.id for each in clauses])
    if actor.person_id is not None:
        DecisionHand.objects.create(decision=row, person_id=actor.person_id, role="proposer", at=now)
    return row


def one_interim_hold(case_id: int) -> None:
    if Measure.objects.filter(decision__case_id=case_id, kind="interim_hold").exists():
        raise Conflict(
            _("There was an interim hold in case C-{case} already; there is one per case.").format(case=case_id),
            hint=_("Propose a decision instead."),
        )


def version_of(
    case_id: int, clauses: Sequence[ClauseView], draft: DecisionDraft, covered: Sequence[Coverage], evidence: str
) -> str:
    """SHA-256 of all that a second person approves."""
    whole = {
        "case": case_id,
        "clauses": [each.hash for each in clauses],
        "facts": [draft.facts, draft.quoted, draft.legal_ground, draft.milder_step, draft.milder_why_not],
        "automation": [draft.automated_detection, draft.automated_decision],
        "assessment": dict(draft.assessment),
        "responsible": list(draft.responsible),
        "evidence": evidence,
        "measures": [
            [each.kind, dict(each.mechanism), each.scope.to_json(), each.duration.to_json(), each.strikes, now.hash]
            for each, now in zip(draft.measures, covered, strict=True)
        ],
    }
    return sha256(json.dumps(whole, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def insert_measure(
    actor: Actor, decision: Decision, draft: MeasureDraft, covered: Coverage, act: str, now: datetime
) -> None:
    accounts = [each["id"] for each in covered.statement["covered"]["accounts"]]
    campaigns = [(each[0], each[1]) for each in decision.campaigns]
    row = Measure.objects.create(
        decision=decision,
        kind=draft.kind,
        mechanism=dict(draft.mechanism),
        scope=fenced(draft.scope, covered).to_json(),
        duration=draft.duration.to_json(),
        strike=draft.strikes,
        four_eyes=eyes_for(draft, case_id=decision.case_id, campaigns=campaigns, accounts=accounts, now=now),
    )
    add_revision(row, covered, act, now)
    perform(row.pk, act, actor=actor, now=now)


def fenced(scope: Scope, covered: Coverage) -> Scope:
    """The scope with what is expressly not covered kept out, whatever its selectors come to mean later."""
    excluded = {each.kind: set(each.values) for each in scope.excluded}
    for line in covered.statement["not_covered"]:
        if line["kind"] in NEVER_REACHED:
            excluded.setdefault(line["kind"], set()).add(str(line["id"]))
    return Scope(scope.selectors, tuple(Selector(kind, frozenset(each)) for kind, each in sorted(excluded.items())))


def add_revision(measure: Measure, covered: Coverage, why: str, now: datetime) -> CoverageRevision:
    """Keeps a coverage statement as the next revision of this measure's."""
    count = CoverageRevision.objects.filter(measure=measure).count()
    return CoverageRevision.objects.create(
        measure=measure, revision=count + 1, statement=dict(covered.statement), hash=covered.hash, why=why, at=now
    )


def approve_own(actor: Actor, decision: Decision, now: datetime) -> None:
    """What needs no second person beforehand is approved by the proposer's own act.

    The machine approves nothing but its brakes: what else it proposes waits for a person.
    """
    for measure in decision.measures.order_by("pk"):
        if actor.person_id is None and not MEASURES[measure.kind].machine:
            continue
        if measure.four_eyes in ("no", "after"):
            perform(measure.pk, "approved", actor=actor, now=now)
