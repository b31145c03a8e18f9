"""States of campaigns: what differs from what webhooks were told last is an event.

A state that lasts less than a second may go by unseen; the next one is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairpost.integrations.webhooks.outbox import Happened

# Both by their primary keys: the campaigns of one account, of which there are some thousand.
CHANGED = """
    SELECT d.campaign_id, d.state, d.state_at, d.state_reason, d.unit_id, d.audience_size, d.frozen_at, s.state
    FROM dispatch AS d LEFT JOIN webhook_campaign AS s ON s.account_id = d.account_id AND s.campaign_id = d.campaign_id
    WHERE d.account_id = %s AND NOT d.test AND (s.campaign_id IS NULL OR (s.state, s.state_at) <> (d.state, d.state_at))
    ORDER BY d.campaign_id LIMIT 500"""
TOLD = """
    INSERT INTO webhook_campaign (account_id, campaign_id, state, state_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (account_id, campaign_id) DO UPDATE SET state = EXCLUDED.state, state_at = EXCLUDED.state_at"""
AS_THEY_ARE = """
    INSERT INTO webhook_campaign (account_id, campaign_id, state, state_at)
    SELECT account_id, campaign_id, state, state_at FROM dispatch WHERE account_id = %s
    ON CONFLICT (account_id, campaign_id) DO UPDATE SET state = EXCLUDED.state, state_at = EXCLUDED.state_at"""
TYPES = {
    "paused": "campaign.paused",
    "stopped": "campaign.stopped",
    "cancelled": "campaign.stopped",
    "finished": "campaign.finished",
}
NOT_BEGUN = (None, "planning")
RESTING = ("paused", "stopped")


def begin(cursor: Any, account_id: int) -> None:
    """From now on: what campaigns are in now is not told."""
    cursor.execute(AS_THEY_ARE, [account_id])


def read(cursor: Any, account_id: int) -> list[Happened]:
    """What is to be told, and notes that it is; in the caller's transaction."""
    cursor.execute(CHANGED, [account_id])
    rows = cursor.fetchall()
    for campaign_id, state, state_at, *_rest in rows:
        cursor.execute(TOLD, [account_id, campaign_id, state, state_at])
    return [event for row in rows for event in events_of(*row)]


def events_of(
    campaign_id: int,
    state: str,
    state_at: datetime,
    reason: str,
    unit_id: int,
    size: int,
    frozen_at: datetime | None,
    told: str | None,
) -> list[Happened]:
    """One or two: a small campaign may have begun and ended since the last look."""
    began = told in NOT_BEGUN and frozen_at is not None
    found: list[tuple[str, datetime]] = [("campaign.started", frozen_at)] if began and frozen_at else []
    if state in TYPES:
        found.append((TYPES[state], state_at))
    elif state == "running" and told in RESTING:
        found.append(("campaign.resumed", state_at))
    facts = {"campaign_id": campaign_id, "state": state, "reason": reason, "recipients": size}
    return [Happened(kind, f"{campaign_id} {at.isoformat()}", at, unit_id, None, facts) for kind, at in found]
