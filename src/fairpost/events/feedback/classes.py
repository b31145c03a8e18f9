"""Bounces of each class are counted by campaign as they are taken, so that reports need no look at single ones."""

from __future__ import annotations

from typing import Any

BOUNCES = ("hard_bounce", "soft_bounce", "refusal")
# By the primary key.
ADD = """
    INSERT INTO returned_class (account_id, campaign_id, kind, cls, by_relay, total) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, campaign_id, kind, cls, by_relay)
    DO UPDATE SET total = returned_class.total + EXCLUDED.total"""


def note_class(
    cursor: Any, account_id: int, campaign_id: int, kind: str, cls: str, count: int = 1, *, by_relay: bool = False
) -> None:
    """Counts recipients who bounced for the first time in this campaign, in the caller's transaction; no others."""
    if count and kind in BOUNCES:
        cursor.execute(ADD, [account_id, campaign_id, kind, cls, by_relay, count])
