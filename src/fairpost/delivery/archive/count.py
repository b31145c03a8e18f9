"""Adds up what became of a campaign's recipients once it has ended, so that reports of years read some rows each."""

from __future__ import annotations

from typing import Any

from fairpost.delivery.archive.archive import ENDED
from fairpost.delivery.connect import connect
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

DUE = f"""
SELECT d.account_id, d.campaign_id, d.state_at FROM dispatch AS d
WHERE d.counted_at IS DISTINCT FROM d.state_at AND {ENDED} ORDER BY 1, 2
"""
LOCK = f"""
SELECT 1 FROM dispatch AS d WHERE d.account_id = %s AND d.campaign_id = %s AND d.state_at = %s AND {ENDED} FOR UPDATE
"""
FORGET = "DELETE FROM outcome_count WHERE account_id = %s AND campaign_id = %s"
ADD_UP = """
INSERT INTO outcome_count (account_id, campaign_id, state, reason, size)
SELECT account_id, campaign_id, state, reason, sum(size) FROM outcome_size
WHERE account_id = %s AND campaign_id = %s GROUP BY 1, 2, 3, 4
"""
DONE = "UPDATE dispatch SET counted_at = state_at WHERE account_id = %s AND campaign_id = %s"


def count_ended(clock: Clock = SYSTEM_CLOCK) -> int:
    """Counts every campaign that has ended since; returns how many. A periodic job, cut off at any moment."""
    with connect() as own:
        due = own.execute(DUE).fetchall()
        return sum(count_campaign(own, *each) for each in due)


def count_campaign(connection: Any, account_id: int, campaign_id: int, state_at: Any) -> bool:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(LOCK, [account_id, campaign_id, state_at])
        if cursor.fetchone() is None:
            return False
        for sql in (FORGET, ADD_UP, DONE):
            cursor.execute(sql, [account_id, campaign_id])
    return True
