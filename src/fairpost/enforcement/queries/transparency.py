"""The transparency report of any period; it follows the yearly template of Implementing Regulation (EU) 2024/2835."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fairpost.enforcement.queries.register import undisclosed
from fairpost.enforcement.register.loading import stamp
from fairpost.enforcement.transparency.decided import DecidedFigures, decided_figures
from fairpost.enforcement.transparency.outside import (
    CampaignFigures,
    OrderFigures,
    PeriodFigures,
    ReportFigures,
    campaign_figures,
    order_figures,
    period_figures,
    report_figures,
)
from fairpost.enforcement.transparency.redress import AppealFigures, NoticeFigures, appeal_figures, notice_figures
from fairpost.enforcement.transparency.selection import select
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

FIRST_YEAR = 2026
MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class TransparencyReport:
    """Figures of what happened from `since` (included) to `until` (not included), as known at `made_at`.

    What an order keeps out is in none of them; `undisclosed_entries` is how many there are now, as a band.
    """

    since: datetime
    until: datetime
    made_at: datetime
    public: bool
    undisclosed_entries: str
    decided: DecidedFigures
    notices: NoticeFigures
    appeals: AppealFigures
    campaigns: CampaignFigures
    reports: ReportFigures
    orders: OrderFigures
    periods: PeriodFigures


def transparency_report(
    actor: Actor, since: datetime, until: datetime, clock: Clock = SYSTEM_CLOCK
) -> TransparencyReport:
    """For those who read all decisions; what is still the parties' is in it, without names. Raises Invalid."""
    authorise(actor, "enforcement.read")
    if since >= until:
        raise Invalid(_("The period ends before it begins."), field="until")
    return figures(since, until, clock.now(), public=False)


def yearly_report(year: int, clock: Clock = SYSTEM_CLOCK) -> TransparencyReport:
    """For everybody, of a year (UTC) that is over: nothing more than the register tells. Raises NotFound.

    Kept for the rest of the hour, or until anything in the register changes: strangers may ask as often as they like.
    """
    now = clock.now()
    if year not in years(clock):
        raise NotFound(_("There is no transparency report of {year}.").format(year=year))
    key = (year, stamp(), now.replace(minute=0, second=0, microsecond=0))
    if key not in _yearly:
        if len(_yearly) >= MOST_KEPT:
            _yearly.clear()
        whole = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        _yearly[key] = figures(*whole, now, public=True)
    return _yearly[key]


_yearly: dict[tuple[int, tuple[int, ...], datetime], TransparencyReport] = {}


def years(clock: Clock = SYSTEM_CLOCK) -> range:
    """The years that have a public report."""
    return range(FIRST_YEAR, clock.now().astimezone(UTC).year)


def figures(since: datetime, until: datetime, now: datetime, *, public: bool) -> TransparencyReport:
    selection = select(since, until, now, public=public)
    return TransparencyReport(
        since=since,
        until=until,
        made_at=now,
        public=public,
        undisclosed_entries=undisclosed().entries,
        decided=decided_figures(selection),
        notices=notice_figures(selection),
        appeals=appeal_figures(selection),
        campaigns=campaign_figures(selection),
        reports=report_figures(selection),
        orders=order_figures(selection),
        periods=period_figures(selection),
    )
