"""Periods of elevated risk as everybody may read them, and the dates near which less is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairpost.enforcement.catalogue.measures import ELECTION_SPAN
from fairpost.enforcement.models import HeldCampaign, KeyDate, RiskPeriod
from fairpost.enforcement.naming import label
from fairpost.enforcement.periods.closing import Hold, closing_report
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class PeriodView:
    """One period. `state` is declared (by one person), lapsed (nobody seconded it), scheduled, active, ended or closed.

    `hash` is what the second person names. `public_text` and `closing_text` are {language: text}; `report` is there
    once it is closed. Who declared it is a number.
    """

    id: int
    label: str
    state: str
    scope: Mapping[str, Any]
    reason: str
    evidence: str
    public_text: Mapping[str, str]
    review_hours: int
    on_time_out: str
    covers_cleared: bool
    starts_at: datetime
    ends_at: datetime
    hash: str
    renews: int | None
    declared_by: int
    declared_at: datetime
    seconded_by: int | None
    seconded_at: datetime | None
    closed_at: datetime | None
    closed_reason: str
    closing_text: Mapping[str, str]
    report: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class PublicPeriod:
    """What everybody may know of a period: what is looked at and why, never who declared it or on what evidence."""

    id: int
    label: str
    state: str
    scope: Mapping[str, Any]
    text: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    closing_text: Mapping[str, str]
    report: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class KeyDateRow:
    """A declared election or filing date."""

    id: int
    kind: str
    name: str
    at: datetime


def periods(
    actor: Actor, *, before: int | None = None, limit: int = 50, clock: Clock = SYSTEM_CLOCK
) -> list[PeriodView]:
    """The newest first, for those who work on enforcement."""
    authorise(actor, "enforcement.read")
    rows = RiskPeriod.objects.order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(each, clock.now()) for each in rows[:limit]]


def period(actor: Actor, period_id: int, clock: Clock = SYSTEM_CLOCK) -> PeriodView:
    """One period. Raises NotFound."""
    authorise(actor, "enforcement.read")
    return view(row_of(period_id), clock.now())


def public_periods(
    *, before: int | None = None, limit: int = 50, clock: Clock = SYSTEM_CLOCK
) -> list[PublicPeriod]:
    """Everything that came into force or will, the newest first, for everybody."""
    now = clock.now()
    rows = RiskPeriod.objects.filter(seconded_at__lte=now).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        PublicPeriod(
            id=each.pk,
            label=label("period", each.pk),
            state=state_of(each, now),
            scope=each.scope,
            text=each.public_text,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            closed_at=each.closed_at,
            closing_text=each.closing_text,
            report=each.report,
        )
        for each in rows[:limit]
    ]


def row_of(period_id: int) -> RiskPeriod:
    row = RiskPeriod.objects.filter(pk=period_id).first()
    if row is None:
        raise NotFound(_("There is no period {period}.").format(period=label("period", period_id)))
    return row


def state_of(row: RiskPeriod, now: datetime) -> str:
    """Computed on the one clock: no job brings a period into force or ends it."""
    if row.closed_at is not None and row.closed_at <= now:
        return "closed"
    if row.seconded_at is None:
        return "declared" if now < row.ends_at else "lapsed"
    if now >= row.ends_at:
        return "ended"
    return "active" if now >= row.starts_at else "scheduled"


def report_of(row: RiskPeriod) -> dict[str, Any]:
    """The closing report as it would be now, from everything that this period held."""
    held = HeldCampaign.objects.filter(
        reasons__contains=[f"period {label('period', row.pk)}"], held_at__gte=row.seconded_at or row.declared_at
    )
    return closing_report(
        Hold(each.held_at, each.state, each.decided_at, each.decided_by_id is not None) for each in held
    )


def near_key_date(now: datetime, span: timedelta = ELECTION_SPAN) -> bool:
    """Whether a declared election or filing date is within this span, before or after."""
    return KeyDate.objects.filter(at__gte=now - span, at__lte=now + span).exists()


def key_dates(actor: Actor) -> list[KeyDateRow]:
    """All declared dates, the latest first."""
    authorise(actor, "enforcement.read")
    return [KeyDateRow(each.pk, each.kind, each.name, each.at) for each in KeyDate.objects.order_by("-at", "-pk")]


def view(row: RiskPeriod, now: datetime) -> PeriodView:
    return PeriodView(
        id=row.pk,
        label=label("period", row.pk),
        state=state_of(row, now),
        scope=row.scope,
        reason=row.reason,
        evidence=row.evidence,
        public_text=row.public_text,
        review_hours=row.review_hours,
        on_time_out=row.on_time_out,
        covers_cleared=row.covers_cleared,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        hash=row.hash,
        renews=row.renews_id,
        declared_by=row.declared_by_id,
        declared_at=row.declared_at,
        seconded_by=row.seconded_by_id,
        seconded_at=row.seconded_at,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
        closing_text=row.closing_text,
        report=row.report,
    )
