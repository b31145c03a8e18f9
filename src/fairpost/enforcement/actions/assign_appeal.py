"""An appeal goes to a person who had no hand in the decision, in whatever role, nor in those that it replaced."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from fairpost.enforcement.appealing import appeal_row, reviewed, step, stepping
from fairpost.enforcement.appeals.states import APPEAL
from fairpost.enforcement.independence import refuse_own_cause
from fairpost.enforcement.models import Appeal, Decision, DecisionHand
from fairpost.enforcement.naming import label
from fairpost.enforcement.queries.appeal_parties import accounts_told
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person, person_actor
from fairpost.tenants.authorise import authorise

ROLE = "appeal_reviewer"


def assign_appeal(
    *,
    actor: Actor,
    appeal_id: int,
    reviewer_id: int | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AppealView:
    """Takes the appeal, or (a senior) gives it to somebody else, as often as need be until it is decided.

    Raises Forbidden where the reviewer may not review appeals, proposed or approved the decision or one that it
    replaced (the database refuses that too), or holds a role in an account that it concerns.
    """
    person_id = acting_person(actor)
    chosen = person_id if reviewer_id is None else reviewer_id
    authorise(actor, "appeal.review" if chosen == person_id else "decision.senior")
    now = clock.now()
    with stepping(actor):
        row = appeal_row(appeal_id, lock=True)
        if "assigned" in APPEAL[row.state]:  # what is over is refused below, for that reason
            check_reviewer(row, chosen, now)
            take_hand(row.decision_id, chosen, now)
        step(
            row,
            "assigned",
            actor=actor,
            now=now,
            reason=reason or "",
            detail={"reviewer": chosen},
            reviewer_id=chosen,
            touched_at=row.touched_at or now,
            decision_due_at=row.decision_due_at + asked_for(row, now),
            asked_at=None,
            answer_by=None,
        )
    return appeal_view(appeal_id, now)


def begin_review(*, actor: Actor, appeal_id: int, clock: Clock = SYSTEM_CLOCK) -> AppealView:
    """The reviewer starts to look at it; until the review ends the party may withdraw."""
    now = clock.now()
    with stepping(actor):
        step(reviewed(actor, appeal_id), "review_begun", actor=actor, now=now)
    return appeal_view(appeal_id, now)


def check_reviewer(row: Appeal, person_id: int, now: datetime) -> None:
    try:
        may = "appeal.review" in person_actor(person_id).capabilities
    except NotFound:
        may = False
    if not may:
        raise Forbidden(_("This person may not review appeals."), field="reviewer_id")
    refuse_own_cause(person_id, {row.account_id, *accounts_told(decision_view(row.decision_id, now))})
    earlier = row.decision.supersedes_id
    while earlier is not None:
        if DecisionHand.objects.filter(decision_id=earlier, person_id=person_id).exclude(role=ROLE).exists():
            raise had_a_hand(earlier)
        earlier = Decision.objects.values_list("supersedes_id", flat=True).get(pk=earlier)


def take_hand(decision_id: int, person_id: int, now: datetime) -> None:
    """Enters the reviewer's hand; who reviews the appeals of several parties has one for all of them."""
    if DecisionHand.objects.filter(decision_id=decision_id, person_id=person_id, role=ROLE).exists():
        return
    try:
        with transaction.atomic():
            DecisionHand.objects.create(decision_id=decision_id, person_id=person_id, role=ROLE, at=now)
    except IntegrityError:
        if not DecisionHand.objects.filter(decision_id=decision_id, person_id=person_id, role=ROLE).exists():
            raise had_a_hand(decision_id) from None


def had_a_hand(decision_id: int) -> Forbidden:
    return Forbidden(
        _("This person proposed or approved decision {decision}, so another must review the appeal.").format(
            decision=label("decision", decision_id)
        ),
        field="reviewer_id",
    )


def asked_for(row: Appeal, now: datetime) -> timedelta:
    """How long the party has been asked; that time is not the reviewer's."""
    return now - row.asked_at if row.asked_at is not None else timedelta(0)
