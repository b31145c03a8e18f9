"""The periodic jobs of delivery."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fairpost.audit.holds import Held
from fairpost.delivery.actions.withhold_rest import withhold_ended
from fairpost.delivery.connect import connect
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock


def withhold_what_ended(clock: Clock = SYSTEM_CLOCK) -> int:
    """Withholds what cancelled campaigns, and those past their latest time, have not sent."""
    with connect() as own:
        return withhold_ended(own, clock.now())


def forget_segments(before: datetime, held: Held) -> int:
    """Deletes some thousand rows of the trail of single messages; bitmaps remain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM journal_segment WHERE (account_id, campaign_id, batch_no, sender_id, position) IN"
            " (SELECT account_id, campaign_id, batch_no, sender_id, position FROM journal_segment"
            "  WHERE folded_at < %s AND account_id <> ALL(%s) AND campaign_id <> ALL(%s) LIMIT 5000)",
            [before, held.numbers("account"), held.numbers("campaign")],
        )
        return cursor.rowcount
