"""Figures about what came from outside, what was held, and periods of elevated risk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from fairpost.enforcement.models import HeldCampaign, LegalOrder, LegalOrderAct, Report, ReportComplaint, RiskPeriod
from fairpost.enforcement.register.bands import band
from fairpost.enforcement.transparency.redress import middle
from fairpost.enforcement.transparency.selection import Selection, hidden_measures

HOURS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """Reports filed in the period and decided in it."""

    filed: int
    by_category: dict[str, int]
    by_channel: dict[str, int]
    from_trusted_reporters: int
    decided: int
    acted: int
    not_acted: int
    unfounded: int
    median_hours: float | None
    median_hours_trusted: float | None
    complaints: int
    complaints_changed: int


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Orders served in the period. Those that forbid disclosure are a band over all time and in no other figure."""

    served: int
    answered: int
    median_hours: float | None
    forbidding_disclosure: str


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """Campaigns that were held in the period, by what became of them; `median_hours` until a person decided."""

    held: int
    waiting: int
    released: int
    blocked: int
    returned: int
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Periods of elevated risk that began in the period."""

    declared: int
    days: float


def report_figures(selection: Selection) -> ReportFigures:
    rows = [each for each in Report.objects.all() if each.decision_id is None or each.decision_id in selection.told]
    filed = [each for each in rows if selection.within(each.filed_at)]
    decided = [each for each in rows if selection.within(each.decided_at)]
    numbers = {each.pk for each in rows}
    complaints = [
        each
        for each in ReportComplaint.objects.filter(filed_at__gte=selection.since, filed_at__lt=selection.until)
        if each.report_id in numbers
    ]
    return ReportFigures(
        filed=len(filed),
        by_category=dict(sorted(Counter(each.category for each in filed).items())),
        by_channel=dict(sorted(Counter(each.channel for each in filed).items())),
        from_trusted_reporters=sum(each.trusted for each in filed),
        decided=len(decided),
        acted=sum(each.outcome == "acted" for each in decided),
        not_acted=sum(each.outcome == "not_acted" for each in decided),
        unfounded=sum(each.unfounded for each in decided),
        median_hours=middle((each.decided_at - each.filed_at for each in decided), HOURS),
        median_hours_trusted=middle((each.decided_at - each.filed_at for each in decided if each.trusted), HOURS),
        complaints=len(complaints),
        complaints_changed=sum(each.outcome == "changed" for each in complaints),
    )


def order_figures(selection: Selection) -> OrderFigures:
    told = LegalOrder.objects.filter(forbids_disclosure=False)
    served = dict(
        told.filter(served_at__gte=selection.since, served_at__lt=selection.until).values_list("pk", "served_at")
    )
    answers = dict(
        LegalOrderAct.objects.filter(order__in=served, act="answered").order_by("-pk").values_list("order_id", "at")
    )
    return OrderFigures(
        served=len(served),
        answered=len(answers),
        median_hours=middle((at - served[order] for order, at in answers.items()), HOURS),
        forbidding_disclosure=band(LegalOrder.objects.filter(forbids_disclosure=True).count()),
    )


def campaign_figures(selection: Selection) -> CampaignFigures:
    hidden = hidden_measures(selection)
    rows = [
        each
        for each in HeldCampaign.objects.filter(held_at__gte=selection.since, held_at__lt=selection.until)
        if hidden.isdisjoint(each.reasons)
    ]
    states = Counter(each.state for each in rows)
    return CampaignFigures(
        held=len(rows),
        waiting=states["held"],
        released=states["released"],
        blocked=states["blocked"],
        returned=states["returned"],
        median_hours=middle((each.decided_at - each.held_at for each in rows if each.decided_at is not None), HOURS),
    )


def period_figures(selection: Selection) -> PeriodFigures:
    rows = RiskPeriod.objects.filter(
        seconded_at__isnull=False, starts_at__gte=selection.since, starts_at__lt=selection.until
    )
    lasted = [min(each.ends_at, each.closed_at or each.ends_at) - each.starts_at for each in rows]
    return PeriodFigures(len(lasted), round(sum(lasted, timedelta(0)) / timedelta(days=1), 2))
