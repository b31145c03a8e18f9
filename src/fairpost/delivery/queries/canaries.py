"""Campaigns whose rest waits behind a canary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# By the partial index dispatch_canary.
WAITING = """
    SELECT account_id, campaign_id, state, canary_state, canary_size, canary_seconds, canary_until, canary_reason
    FROM dispatch WHERE canary_state IN ('sending', 'waiting', 'troubled') AND state NOT IN ('cancelled', 'finished')
    ORDER BY account_id, campaign_id"""
# By the primary key.
ONE = """
    SELECT account_id, campaign_id, state, canary_state, canary_size, canary_seconds, canary_until, canary_reason
    FROM dispatch WHERE account_id = %s AND campaign_id = %s AND canary_size > 0"""


@dataclass(frozen=True, slots=True)
class CanaryRow:
    """`size` recipients go first. `state`: sending, waiting (until `until`), troubled, passed or released."""

    account_id: int
    campaign_id: int
    dispatch_state: str
    state: str
    size: int
    seconds: int
    until: datetime | None
    reason: str


def waiting_canaries() -> list[CanaryRow]:
    """Of all accounts: for the machine that lets them go on."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return [CanaryRow(*row) for row in cursor.fetchall()]


def canary(account_id: int, campaign_id: int) -> CanaryRow | None:
    """None where the campaign began with everybody, or has not begun."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [account_id, campaign_id])
        row = cursor.fetchone()
    return CanaryRow(*row) if row else None
