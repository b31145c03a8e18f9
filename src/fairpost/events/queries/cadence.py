"""How often an account mails: campaigns and messages by the day and by the hour, over any period."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.delivery.queries.outcomes import outcome_sums
from fairpost.events.queries.results import asked
from fairpost.events.queries.results_over_time import Step, zone_of
from fairpost.events.reports.scope import Scope, campaigns_in
from fairpost.kernel.actor import Actor

# By the primary key.
BEGUN = "SELECT campaign_id, frozen_at, audience_size FROM dispatch WHERE account_id = %s AND campaign_id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Interval:
    """What began within one hour or day of the zone: campaigns, their recipients, and messages that relays accepted."""

    begins_at: datetime
    campaigns: int
    recipients: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Cadence:
    """`days` counts from the day of the first campaign to that of the last. The busiest are by campaigns, the earlier
    of two alike; None where nothing was sent."""

    zone: str
    campaigns: int
    days: int
    campaigns_per_day: float | None
    accepted: int
    busiest_day: Interval | None
    busiest_hour: Interval | None
    intervals: tuple[Interval, ...]


def cadence(actor: Actor, account_id: int, scope: Scope, *, step: Step = "day", zone: str = "") -> Cadence:
    """Of what began in the scope; `intervals` has every day or hour in which something did, in order."""
    campaigns = campaigns_in(actor, account_id, scope)
    place = zone_of(account_id, zone)
    sums = outcome_sums(account_id, campaigns)
    rows = [
        (begun_at.astimezone(place), size, accepted_of(sums.get(campaign, {})))
        for campaign, begun_at, size in asked(BEGUN, account_id, campaigns)
        if begun_at is not None
    ]
    days, hours = intervals(rows, "day"), intervals(rows, "hour")
    length = (days[-1].begins_at.date() - days[0].begins_at.date()).days + 1 if days else 0
    return Cadence(
        zone=place.key,
        campaigns=len(rows),
        days=length,
        campaigns_per_day=round(len(rows) / length, 2) if length else None,
        accepted=sum(row[2] for row in rows),
        busiest_day=busiest(days),
        busiest_hour=busiest(hours),
        intervals=tuple(days if step == "day" else hours),
    )


def accepted_of(sums: dict[tuple[str, str], int]) -> int:
    return sum(size for (state, _reason), size in sums.items() if state == "accepted")


def intervals(rows: list[tuple[Any, int, int]], step: Step) -> list[Interval]:
    found: dict[datetime, list[int]] = defaultdict(lambda: [0, 0, 0])
    for at, recipients, accepted in rows:
        begins_at = at.replace(minute=0, second=0, microsecond=0)
        counts = found[begins_at.replace(hour=0, fold=0) if step == "day" else begins_at]
        for place, count in enumerate((1, recipients, accepted)):
            counts[place] += count
    return [Interval(begins_at, *counts) for begins_at, counts in sorted(found.items(), key=lambda each: each[0])]


def busiest(found: list[Interval]) -> Interval | None:
    return max(found, key=lambda each: each.campaigns, default=None)
