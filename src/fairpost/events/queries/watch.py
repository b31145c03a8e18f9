"""What the watch noticed in an account, and the rates it goes by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from fairpost.events.watch.counts import counts_between, summed
from fairpost.events.watch.judge import WINDOW
from fairpost.events.watch.thresholds import thresholds_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise

# By the primary key (account_id, id), keyset.
ALARMS = """
    SELECT id, subject, sign, level, campaign_id, sending_domain, provider, count, volume, facts::text, at, over_at,
        case_id, decision_id, not_done
    FROM watch_alarm WHERE account_id = %s AND id < %s ORDER BY id DESC LIMIT %s"""
MOST = 1 << 62


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. `over_at` None: it is on. `not_done` says why nothing followed where something should have."""

    id: int
    subject: str
    sign: str
    level: str
    campaign_id: int | None
    sending_domain: str
    provider: str
    count: int
    volume: int
    sentence: str
    at: datetime
    over_at: datetime | None
    case: str
    decision: str
    not_done: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What one sending domain sent to one provider within the window, and what came back of it.

    `provider` is '' for all of them together. Shares are of 1; None where the volume is too little to judge by.
    `level` is the worst that is reached: '', warn, throttle or brake.
    """

    sending_domain: str
    provider: str
    accepted: int
    complaints: int
    bounces: int
    refused: int
    complaint_share: float | None
    bounce_share: float | None
    level: str


def alarms(actor: Actor, account_id: int, *, before: int | None = None, limit: int = 50) -> list[Alarm]:
    """The newest first, from the one before `before` on."""
    authorise(actor, "campaign.read", account_id=account_id)
    with connection.cursor() as cursor:
        cursor.execute(ALARMS, [account_id, MOST if before is None else before, limit])
        return [alarm_of(row) for row in cursor.fetchall()]


def alarm_of(row: tuple[Any, ...]) -> Alarm:
    facts: Mapping[str, Any] = json.loads(row[9])
    case = f"C-{row[12]}" if row[12] else ""
    decision = f"D-{row[13]}" if row[13] else ""
    return Alarm(*row[:9], facts["sentence"], row[10], row[11], case, decision, row[14])


def rates(actor: Actor, account_id: int, clock: Clock = SYSTEM_CLOCK) -> list[Rate]:
    """By sending domain and provider, over the campaigns of the last seven days."""
    authorise(actor, "campaign.read", account_id=account_id)
    now = clock.now()
    limits = thresholds_of(settings.FAIRPOST)
    found = counts_between(account_id, now - WINDOW, now)
    sums = summed(found, lambda place: (place.sending_domain, place.provider) if place.provider else None)
    sums |= summed(found, lambda place: (place.sending_domain, ""))
    rows = []
    for (domain, provider), counts in sorted(sums.items()):
        levels = [limits.level(sign, *counts.of(sign)) for sign in ("complaints", "bounces")]
        enough = counts.accepted >= limits.volume
        bounced, of = counts.of("bounces")
        rows.append(
            Rate(
                domain, provider, counts.accepted, counts.complaints, counts.bounces, counts.refused,
                counts.complaints / counts.accepted if enough else None,
                bounced / of if of >= limits.volume else None,
                max(levels, key=("", "warn", "throttle", "brake").index),
            )  # fmt: skip
        )
    return rows
