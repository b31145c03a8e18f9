"""The periodic jobs of delivery."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from fairpost.delivery.actions.withhold_rest import withhold_ended
from fairpost.delivery.connect import connect
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

TRAIL_KEPT = timedelta(days=30)


def withhold_what_ended(clock: Clock = SYSTEM_CLOCK) -> int:
    """Withholds what cancelled campaigns, and those past their latest time, have not sent."""
    with connect() as own:
        return withhold_ended(own, clock.now())


def forget_old_segments(clock: Clock = SYSTEM_CLOCK) -> int:
    """Deletes the trail of single messages after 30 days, some thousand rows a statement; bitmaps remain."""
    count = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "DELETE FROM journal_segment WHERE (account_id, campaign_id, batch_no, sender_id, position) IN"
                " (SELECT account_id, campaign_id, batch_no, sender_id, position FROM journal_segment"
                "  WHERE folded_at < %s LIMIT 5000)",
                [clock.now() - TRAIL_KEPT],
            )
            if cursor.rowcount == 0:
                return count
            count += cursor.rowcount
