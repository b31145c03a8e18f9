"""Appeals as they stand: for the party its own, for those who review them all, the overdue ones first to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from fairpost.audit.actions import record
from fairpost.enforcement.appealing import appeal_row, missing, opened
from fairpost.enforcement.appeals.deadlines import is_expedited, is_overdue
from fairpost.enforcement.appeals.states import OPEN
from fairpost.enforcement.models import Appeal
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class AppealActView:
    """One act. Who did it is a number; what the party wrote is read by `appeal_texts`."""

    act: str
    at: datetime
    person_id: int | None
    reason: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RulingView:
    """What was decided on a measure; with `organisation_id`, for that participant alone."""

    measure: str
    organisation_id: int | None
    outcome: str
    reason: str
    excluded: Mapping[str, Any]
    decision: str


@dataclass(frozen=True, slots=True)
class AppealView:
    """One appeal. `measures` are names like M-4. `overdue`: somebody should have touched or decided it by now."""

    id: int
    label: str
    decision_id: int
    decision: str
    account_id: int | None
    organisation_id: int
    measures: tuple[str, ...]
    state: str
    stay_asked: bool
    key_date: datetime | None
    expedited: bool
    filed_at: datetime
    informed_at: datetime
    window_ends_at: datetime
    first_touch_due_at: datetime
    decision_due_at: datetime
    overdue: bool
    escalated_at: datetime | None
    reviewer: int | None
    answer_by: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    rulings: tuple[RulingView, ...]
    acts: tuple[AppealActView, ...]


@dataclass(frozen=True, slots=True)
class AppealText:
    """What a party or a reviewer wrote; `text` is None once its subject was erased."""

    act: str
    at: datetime
    text: str | None


ROWS = Appeal.objects.select_related("decision").prefetch_related("acts", "rulings")


def appeals(
    actor: Actor,
    *,
    account_id: int | None = None,
    decision_id: int | None = None,
    state: str = "",
    overdue: bool = False,
    before: int | None = None,
    limit: int = 50,
    clock: Clock = SYSTEM_CLOCK,
) -> list[AppealView]:
    """Those of an account, or of all; the newest first. `overdue` leaves only those, the longest due first."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    rows = ROWS.order_by("-pk")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if decision_id is not None:
        rows = rows.filter(decision_id=decision_id)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if overdue:
        due = Q(decision_due_at__lte=now) | Q(first_touch_due_at__lte=now, touched_at=None)
        rows = rows.filter(due, state__in=OPEN - {"info_requested"}).order_by("decision_due_at", "pk")
    return [view(each, now) for each in rows[:limit]]


def appeal(
    actor: Actor, appeal_id: int, account_id: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """One appeal; with `account_id`, of that account's own. Raises NotFound."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    found = appeal_view(appeal_id, clock.now())
    if account_id is not None and found.account_id != account_id:
        raise missing(appeal_id)
    return found


def appeal_view(appeal_id: int, now: datetime) -> AppealView:
    """One appeal, for other parts of enforcement. Raises NotFound."""
    row = ROWS.filter(pk=appeal_id).first()
    if row is None:
        raise missing(appeal_id)
    return view(row, now)


def appeal_texts(
    actor: Actor, appeal_id: int, account_id: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> list[AppealText]:
    """Everything that was written in an appeal, in order. That a person of the installation read it goes on record."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    with transaction.atomic():
        row = appeal_row(appeal_id)
        if account_id is not None and row.account_id != account_id:
            raise missing(appeal_id)
        if account_id is None:
            acting_person(actor)
            record(
                actor=actor,
                act="appeal.opened",
                account_id=row.account_id,
                subject=f"appeal:{row.pk}",
                clock=clock,
            )
        written = [AppealText("filed", row.filed_at, opened(row.subject, row.sealed))]
        for each in row.acts.order_by("pk"):
            if each.sealed is not None:
                written.append(AppealText(each.act, each.at, opened(row.subject, each.sealed)))
    return written


def view(row: Appeal, now: datetime) -> AppealView:
    touched = row.touched_at is not None
    return AppealView(
        id=row.pk,
        label=label("appeal", row.pk),
        decision_id=row.decision_id,
        decision=label("decision", row.decision_id),
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        measures=tuple(label("measure", each) for each in row.measures),
        state=row.state,
        stay_asked=row.stay_asked,
        key_date=row.key_date,
        expedited=is_expedited(row.filed_at, row.key_date),
        filed_at=row.filed_at,
        informed_at=row.informed_at,
        window_ends_at=row.window_ends_at,
        first_touch_due_at=row.first_touch_due_at,
        decision_due_at=row.decision_due_at,
        overdue=is_overdue(row.state, touched, row.first_touch_due_at, row.decision_due_at, now),
        escalated_at=row.escalated_at,
        reviewer=row.reviewer_id,
        answer_by=row.answer_by,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
        rulings=tuple(
            RulingView(
                label("measure", each.measure_id),
                each.organisation_id,
                each.outcome,
                each.reason,
                each.excluded,
                label("decision", each.decision_id) if each.decision_id else "",
            )
            for each in sorted(row.rulings.all(), key=lambda each: each.pk)
        ),
        acts=tuple(
            AppealActView(each.act, each.at, each.person_id, each.reason, each.detail)
            for each in sorted(row.acts.all(), key=lambda each: each.pk)
        ),
    )
