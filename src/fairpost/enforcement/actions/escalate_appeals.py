"""What time does to appeals: an overdue one is escalated or stayed, an elapsed stay is written down, never a rejection.

Periodic jobs; each appeal is its own transaction.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fairpost.enforcement.acting import perform, state_of
from fairpost.enforcement.actions.open_case import open_case
from fairpost.enforcement.actions.stay_measure import back_in_force, end_elapsed, wait
from fairpost.enforcement.appealing import MACHINE, appeal_row, step
from fairpost.enforcement.appeals.deadlines import is_overdue
from fairpost.enforcement.appeals.states import OPEN
from fairpost.enforcement.models import Appeal, Measure, Notice
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import mailings
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock, FixedClock
from fairpost.kernel.text import _

QUEUE = "appeals"


def escalate_overdue_appeals(clock: Clock = SYSTEM_CLOCK) -> int:
    """Escalates every overdue appeal once: a case for the seniors and, where the setting says so, a stay meanwhile."""
    now = clock.now()
    due = Q(decision_due_at__lte=now) | Q(first_touch_due_at__lte=now, touched_at=None)
    waiting = Appeal.objects.filter(due, state__in=OPEN, escalated_at=None).order_by("pk")
    return sum(escalate(number, now) for number in list(waiting.values_list("pk", flat=True)))


def escalate(appeal_id: int, now: datetime) -> bool:
    with transaction.atomic():
        row = appeal_row(appeal_id, lock=True)
        touched = row.touched_at is not None
        if row.escalated_at is not None or not is_overdue(
            row.state, touched, row.first_touch_due_at, row.decision_due_at, now
        ):
            return False
        case_id = open_case(
            actor=MACHINE,
            title=_("Appeal {appeal} is overdue").format(appeal=label("appeal", row.pk)),
            source="machine",
            account_id=row.account_id,
            queue=QUEUE,
            clock=FixedClock(now),
        )
        step(row, "escalated", actor=MACHINE, now=now, detail={"case": case_id}, escalated_at=now)
        if settings.FAIRPOST.appeal_overdue == "stay":
            stay(row, now)
    return True


def stay(row: Appeal, now: datetime) -> None:
    """Stays what is in force, until somebody decides the appeal; nothing of ours is lost by our being late."""
    reason = _("Appeal {appeal} is overdue.").format(appeal=label("appeal", row.pk))
    for measure in Measure.objects.filter(pk__in=row.measures).order_by("pk"):
        if state_of(measure, now) == "active":
            detail = {"since": now.isoformat(), "until": None, "within": None, "appeal": row.pk}
            perform(measure.pk, "stayed", actor=MACHINE, reason=reason, detail=detail, now=now)
            step(row, "stay_by_setting", actor=MACHINE, now=now, reason=reason, detail={"measure": measure.pk})
    mailings().raise_epoch()


def end_elapsed_stays(clock: Clock = SYSTEM_CLOCK) -> int:
    """Writes down that stays are over whose time has come, and holds again what they had let go."""
    now = clock.now()
    stayed = Measure.objects.filter(acts__act="stayed").distinct().order_by("pk")
    count = 0
    for number in list(stayed.values_list("pk", flat=True)):
        epoch = None
        with transaction.atomic():
            if end_elapsed(number, now):
                epoch = back_in_force(now)
                count += 1
        wait(epoch)
    return count


def close_decided_appeals(clock: Clock = SYSTEM_CLOCK) -> int:
    """Closes what was decided once its party was told. No later decision closes an appeal, only its own end does."""
    now = clock.now()
    closed = 0
    for number in list(Appeal.objects.filter(state="decided").order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = appeal_row(number, lock=True)
            if row.state == "decided" and told(row):
                step(row, "closed", actor=MACHINE, now=now, closed_at=now)
                closed += 1
    return closed


def told(row: Appeal) -> bool:
    """Whether nothing of what the party is to be told of the outcome still waits to be posted."""
    return not Notice.objects.filter(reference=f"appeal:{row.pk}", post__state="queued").exists()
