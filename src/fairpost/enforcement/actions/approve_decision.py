"""A second person approves a decision as it stands, or returns it; nobody edits it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from fairpost.audit.actions import record
from fairpost.enforcement.acting import lock_decision, perform, performing, state_of
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.evidence import evidence_hash
from fairpost.enforcement.models import Decision, DecisionHand, EvidenceView
from fairpost.enforcement.queries.decisions import DecisionView, current_version, decision_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


def approve_decision(
    *,
    actor: Actor,
    decision_id: int,
    version: str,
    as_senior: bool = False,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DecisionView:
    """Approves the version that the approver has read. Where a senior is needed too, the second of both approves.

    Refused to the proposer and to whoever has another hand in it (also by the database), to who has not opened the
    evidence, and for a version that is not the current one.
    """
    authorise(actor, "decision.senior" if as_senior else "decision.approve")
    person_id = acting_person(actor)
    now = clock.now()
    with performing(actor):
        row = lock_decision(decision_id)
        waiting = [each for each in row.measures.order_by("pk") if state_of(each, now) == "proposed"]
        if not waiting:
            perform(row.measures.order_by("pk")[0].pk, "approved", actor=actor, now=now)  # says why not
        check_version(row, version)
        check_evidence(row, person_id)
        take_hand(row, person_id, "senior" if as_senior else "approver", now)
        complete = not any(MEASURES[each.kind].senior for each in waiting) or both_hands(row)
        for measure in waiting:
            perform(
                measure.pk, "approved" if complete else "first_approval", actor=actor, reason=reason or "", now=now
            )
        record(
            actor=actor,
            act="decision.approved",
            account_id=None,
            subject=f"decision:{row.pk}",
            reason=reason,
            facts={"version": version, "complete": complete},
            clock=clock,
        )
    return decision_view(decision_id, now)


def return_decision(*, actor: Actor, decision_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> DecisionView:
    """Returns a proposal with a reason; it can be proposed anew, as another decision."""
    authorise(actor, "decision.approve")
    acting_person(actor)
    return end(actor, decision_id, "rejected", reason, clock)


def withdraw_decision(*, actor: Actor, decision_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> DecisionView:
    """Takes back what is not in force yet."""
    authorise(actor, "decision.propose")
    acting_person(actor)
    return end(actor, decision_id, "withdrawn", reason, clock)


def end(actor: Actor, decision_id: int, act: str, reason: str, clock: Clock) -> DecisionView:
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    now = clock.now()
    with performing(actor):
        row = lock_decision(decision_id)
        for measure in row.measures.order_by("pk"):
            perform(measure.pk, act, actor=actor, reason=reason, now=now)
        record(
            actor=actor,
            act="decision.returned" if act == "rejected" else "decision.withdrawn",
            account_id=None,
            subject=f"decision:{row.pk}",
            reason=reason,
            clock=clock,
        )
    return decision_view(decision_id, now)


def check_version(row: Decision, version: str) -> None:
    """The first twelve characters do."""
    current = current_version(Decision.objects.prefetch_related("measures__coverage").get(pk=row.pk))
    if len(version) < 12 or not current.startswith(version.lower()):
        raise Conflict(
            _("The decision is not in the version that you approve."),
            field="version",
            hint=_("Read it again and name its version: {version}.").format(version=current[:12]),
        )


def check_evidence(row: Decision, person_id: int) -> None:
    if evidence_hash(row.case_id) != row.evidence_hash:
        raise Conflict(
            _("The evidence has changed since this was proposed."), hint=_("Return it; it can be proposed anew.")
        )
    if not EvidenceView.objects.filter(
        case_id=row.case_id, person_id=person_id, evidence_hash=row.evidence_hash
    ).exists():
        raise Conflict(
            _("You have not opened the evidence of case C-{case}.").format(case=row.case_id),
            hint=_("Open it first: fairpost case evidence C-{case}.").format(case=row.case_id),
        )


def take_hand(row: Decision, person_id: int, role: str, now: datetime) -> None:
    """Enters a person's hand. The primary key of the table lets nobody have two in one decision.

    Whose approval became void, because somebody new was covered, may approve again.
    """
    if DecisionHand.objects.filter(decision=row, person_id=person_id, role=role).exists():
        return
    try:
        with transaction.atomic():
            DecisionHand.objects.create(decision=row, person_id=person_id, role=role, at=now)
    except IntegrityError:
        raise Forbidden(
            _("You already have a hand in decision D-{decision}; another person must do this.").format(
                decision=row.pk
            )
        ) from None


def both_hands(row: Decision) -> bool:
    return {"approver", "senior"} <= set(row.hands.values_list("role", flat=True))
