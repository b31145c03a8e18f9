"""What the watch noticed is kept as alarms: one open alarm of a kind per subject, closed when it is over."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

# By the unique index watch_alarm_open: whoever is second finds it open.
RAISE = """
    INSERT INTO watch_alarm (account_id, subject, sign, level, campaign_id, sending_domain, provider, count, volume,
        facts, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, subject, sign, level) WHERE over_at IS NULL DO NOTHING
    RETURNING id"""
UNDONE = """
    SELECT id FROM watch_alarm
    WHERE account_id = %s AND subject = %s AND sign = %s AND level = %s AND over_at IS NULL
      AND level <> 'warn' AND case_id IS NULL AND not_done = ''"""
DONE = "UPDATE watch_alarm SET case_id = %s, decision_id = %s, not_done = %s WHERE account_id = %s AND id = %s"
OVER = """
    UPDATE watch_alarm SET over_at = %s
    WHERE account_id = %s AND over_at IS NULL AND at < %s AND subject || ' ' || sign || ' ' || level <> ALL(%s)"""


def raise_alarm(
    account_id: int,
    *,
    subject: str,
    sign: str,
    level: str,
    count: int,
    volume: int,
    facts: dict[str, Any],
    now: datetime,
    campaign_id: int | None = None,
    sending_domain: str = "",
    provider: str = "",
) -> int | None:
    """The number of the new alarm, or of one from which nothing followed yet; None where it is on already."""
    values = [
        account_id, subject, sign, level, campaign_id, sending_domain, provider, count, volume, json.dumps(facts), now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RAISE, values)
        row = cursor.fetchone()
        if row is None:
            cursor.execute(UNDONE, [account_id, subject, sign, level])
            row = cursor.fetchone()
    return row[0] if row else None


def note_done(
    account_id: int, alarm_id: int, *, case_id: int | None = None, decision_id: int | None = None, not_done: str = ""
) -> None:
    """What followed from an alarm, or why nothing did."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, [case_id, decision_id, not_done, account_id, alarm_id])


def close_alarms(account_id: int, still_on: Collection[str], before: datetime, now: datetime) -> int:
    """Closes alarms raised before `before` that are not among `still_on` ("subject sign level")."""
    with connection.cursor() as cursor:
        cursor.execute(OVER, [now, account_id, before, list(still_on)])
        return cursor.rowcount
