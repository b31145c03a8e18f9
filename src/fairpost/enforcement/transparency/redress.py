"""Figures about notices and appeals: how fast people were told, how appeals went, and how often we were wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Q

from fairpost.enforcement.appeals.deadlines import is_overdue
from fairpost.enforcement.models import Appeal, AppealAct, AppealRuling, MeasureAct, Notice, NoticeEvent
from fairpost.enforcement.transparency.selection import Selection

IN_TIME = timedelta(seconds=60)
REVERSED = frozenset({"varied", "overturned"})
# The gravest outcome speaks for an appeal with several rulings.
GRAVITY = ("overturned", "varied", "remanded", "upheld")


@dataclass(frozen=True, slots=True)
class NoticeFigures:
    """Notices written in the period. `median_seconds` is from the act to the hand-over to a relay."""

    written: int
    by_why: dict[str, int]
    handed_over: int
    within_60_seconds: int
    median_seconds: float | None
    withheld: int
    failed: int


@dataclass(frozen=True, slots=True)
class AppealFigures:
    """Appeals filed in the period, and those decided in it. `reversal_rate` is of those decided on their merits."""

    filed: int
    decided: int
    by_outcome: dict[str, int]
    inadmissible: int
    withdrawn: int
    median_hours: float | None
    reversals: int
    reversal_rate: float | None
    overdue: int
    stays_asked: int
    stays_granted: int


def notice_figures(selection: Selection) -> NoticeFigures:
    rows = Notice.objects.filter(at__gte=selection.since, at__lt=selection.until)
    rows = rows.filter(Q(decision=None) | Q(decision__in=selection.told)).exclude(why__in=OUTSIDE)
    written = dict(rows.values_list("pk", "at"))
    events: dict[str, dict[int, datetime]] = {"handed_over": {}, "withheld": {}, "failed": {}}
    kinds = NoticeEvent.objects.filter(notice__in=written, what__in=events).order_by("-pk")
    for notice, what, at in kinds.values_list("notice_id", "what", "at"):
        events[what][notice] = at  # the first of each kind is read last
    took = [at - written[notice] for notice, at in events["handed_over"].items()]
    return NoticeFigures(
        written=len(written),
        by_why=dict(sorted(Counter(rows.values_list("why", flat=True)).items())),
        handed_over=len(took),
        within_60_seconds=sum(each <= IN_TIME for each in took),
        median_seconds=middle(took, timedelta(seconds=1)),
        withheld=len(events["withheld"]),
        failed=len(events["failed"]),
    )


# Letters to reporters and contacts are no notices of restrictions; reports have figures of their own.
OUTSIDE = ("verify_contact", "report_received", "report_decided", "complaint_decided", "reported_campaign")


def appeal_figures(selection: Selection) -> AppealFigures:
    rows = list(Appeal.objects.filter(decision__in=selection.told))
    filed = [each for each in rows if selection.within(each.filed_at)]
    decided = [each for each in rows if selection.within(each.decided_at) and each.state in ("decided", "closed")]
    outcomes = rulings(decided)
    counts = Counter(outcomes.values())
    reversals = sum(counts[each] for each in REVERSED)
    numbers = [each.pk for each in filed]
    ended = Counter(
        AppealAct.objects.filter(appeal__in=numbers, act__in=("found_inadmissible", "withdrawn")).values_list(
            "act", flat=True
        )
    )
    return AppealFigures(
        filed=len(filed),
        decided=len(decided),
        by_outcome=dict(sorted(counts.items())),
        inadmissible=ended["found_inadmissible"],
        withdrawn=ended["withdrawn"],
        median_hours=middle((each.decided_at - each.filed_at for each in decided), timedelta(hours=1)),
        reversals=reversals,
        reversal_rate=round(reversals / len(decided), 4) if decided else None,
        overdue=sum(late(each, selection.now) for each in filed),
        stays_asked=sum(each.stay_asked for each in filed),
        stays_granted=MeasureAct.objects.filter(
            act__in=("stayed", "partly_stayed"),
            at__gte=selection.since,
            at__lt=selection.until,
            measure__decision__in=selection.told,
        ).count(),
    )


def rulings(decided: Iterable[Appeal]) -> dict[int, str]:
    """The outcome of each appeal: the gravest of its rulings."""
    found: dict[int, set[str]] = {each.pk: set() for each in decided}
    for appeal, outcome in AppealRuling.objects.filter(appeal__in=found).values_list("appeal_id", "outcome"):
        found[appeal].add(outcome)
    return {appeal: next((each for each in GRAVITY if each in said), "upheld") for appeal, said in found.items()}


def late(row: Appeal, now: datetime) -> bool:
    """Decided after its time, or still open past it."""
    if row.decided_at is not None:
        return row.decided_at > row.decision_due_at
    return is_overdue(row.state, row.touched_at is not None, row.first_touch_due_at, row.decision_due_at, now)


def middle(values: Iterable[timedelta], unit: timedelta) -> float | None:
    """The median in this unit; None of nothing."""
    found = [each / unit for each in values]
    return round(median(found), 2) if found else None
