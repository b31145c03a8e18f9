"""How often something came back in each hour or day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from fairpost.events.kinds import (
    BY_MACHINE,
    CLICK,
    COMPLAINT,
    DONATION,
    HARD_BOUNCE,
    OPEN,
    SOFT_BOUNCE,
    UNSUBSCRIBE,
)
from fairpost.events.queries.results import asked
from fairpost.events.reports.scope import Scope, campaigns_in
from fairpost.kernel.actor import Actor
from fairpost.tenants.naming import known_time_zone
from fairpost.tenants.queries.accounts import account

Step = Literal["hour", "day"]
# By the primary key's prefix of each campaign: a row per kind and hour in which there was any.
SUMS = """
SELECT date_trunc(%s, hour, %s), kind, sum(total)::bigint FROM event_hour
WHERE account_id = %s AND campaign_id = ANY(%s) AND link = -1 GROUP BY 1, 2 ORDER BY 1
"""
FIELDS = {
    OPEN: "opens",
    CLICK: "clicks",
    UNSUBSCRIBE: "unsubscribes",
    COMPLAINT: "complaints",
    HARD_BOUNCE: "hard_bounces",
    SOFT_BOUNCE: "soft_bounces",
    DONATION: "donations",
    OPEN + BY_MACHINE: "machine_opens",
    CLICK + BY_MACHINE: "machine_clicks",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """What came back from `begins_at` on, within one hour or day of the zone; every occurrence counts."""

    begins_at: datetime
    opens: int = 0
    clicks: int = 0
    unsubscribes: int = 0
    complaints: int = 0
    hard_bounces: int = 0
    soft_bounces: int = 0
    donations: int = 0
    machine_opens: int = 0
    machine_clicks: int = 0


def results_over_time(
    actor: Actor, account_id: int, scope: Scope, *, step: Step = "hour", zone: str = ""
) -> list[Moment]:
    """Every hour or day in which something came back, in order. `zone` is an IANA name; default: the account's."""
    campaigns = campaigns_in(actor, account_id, scope)
    place = zone_of(account_id, zone)
    found: dict[datetime, dict[str, int]] = defaultdict(dict)
    for begins_at, kind, total in asked(SUMS, step, place.key, account_id, campaigns):
        if kind in FIELDS:
            found[begins_at][FIELDS[kind]] = total
    return [Moment(begins_at.astimezone(place), **counts) for begins_at, counts in sorted(found.items())]


def zone_of(account_id: int, zone: str) -> ZoneInfo:
    """The zone with this name, else the account's. Raises Invalid where there is none."""
    return ZoneInfo(known_time_zone(zone) if zone else account(account_id).time_zone)
