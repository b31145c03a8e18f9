"""A period closes with a report: by a person before its end, or by itself when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.actions.declare_period import texts
from fairpost.enforcement.force.store import end_force
from fairpost.enforcement.models import RiskPeriod
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.queries.periods import PeriodView, report_of, row_of, state_of, view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

MACHINE = Actor(name="periods", via="system")
CLOSABLE = frozenset({"scheduled", "active", "ended"})


def close_period(
    *,
    actor: Actor,
    period_id: int,
    reason: str,
    closing_text: Mapping[str, str] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> PeriodView:
    """Ends a period (before its time, if that is not over) and writes its closing report, once.

    `closing_text` is what the public is told, {language: text}. Raises NotFound, and Conflict where it is not in force.
    """
    authorise(actor, "risk.declare")
    acting_person(actor)
    row_of(period_id)
    why = single_line(reason, "reason", 1000)
    public = texts(closing_text, "closing_text") if closing_text else {}
    with transaction.atomic():
        row = RiskPeriod.objects.select_for_update().get(pk=period_id)
        write_report(actor, row, why, public, clock.now())
    return view(row, clock.now())


def close_ended_periods(clock: Clock = SYSTEM_CLOCK) -> int:
    """Writes the reports of periods that are over, each in its own transaction; a periodic job. Returns how many."""
    now = clock.now()
    waiting = RiskPeriod.objects.filter(seconded_at__isnull=False, closed_at=None, ends_at__lte=now)
    closed = 0
    for number in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = RiskPeriod.objects.select_for_update().get(pk=number)
            if row.closed_at is None:
                write_report(MACHINE, row, "", {}, now)
                closed += 1
    return closed


def write_report(actor: Actor, row: RiskPeriod, reason: str, public: Mapping[str, str], now: datetime) -> None:
    state = state_of(row, now)
    if state not in CLOSABLE:
        raise Conflict(
            _("Period {period} is {state}: it cannot be closed.").format(
                period=label("period", row.pk), state=state_in_words(state)
            )
        )
    row.closed_at, row.closed_by_id, row.closed_reason = now, actor.person_id, reason
    row.closing_text, row.report = dict(public), report_of(row)
    row.save(update_fields=["closed_at", "closed_by", "closed_reason", "closing_text", "report"])
    if end_force("period", row.pk):
        mailings().raise_epoch()
    record(
        actor=actor,
        act="risk_period.closed",
        account_id=None,
        subject=f"risk_period:{row.pk}",
        reason=reason or None,
        facts={name: row.report[name] for name in ("held", "released", "blocked", "returned", "false_positives")},
    )
