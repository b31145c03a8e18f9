"""Withholds what a cancelled campaign, or one past its latest time, has not sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.fold.apply import apply_states, finish_if_done, outcomes_of
from fairpost.enforcement.queries.dispositions import held_by
from fairpost.engine.journal.record import FINAL

TAKE = """
SELECT batch_no, part, members FROM batch
WHERE account_id = %s AND campaign_id = %s AND state = 'ready'
ORDER BY batch_no, part LIMIT 200 FOR UPDATE SKIP LOCKED
"""
ENDED = """
SELECT account_id, campaign_id, state, state_by = 'enforcement', state_reason, held_at IS NOT NULL FROM dispatch AS d
WHERE (state = 'cancelled' OR (state IN ('running', 'paused', 'stopped') AND latest_at <= %s))
  AND EXISTS (SELECT 1 FROM batch AS b WHERE b.account_id = d.account_id AND b.campaign_id = d.campaign_id
              AND b.state <> 'done')
"""


def withhold_ended(connection: Any, now: datetime) -> int:
    """Goes over every ended campaign on an autocommit connection. Returns how many recipients were withheld.

    What is still leased is left for a later call; senders give such leases back at once.
    """
    count = 0
    for account_id, campaign_id, state, blocked, why, held in connection.execute(ENDED, [now]).fetchall():
        reason = why if blocked else "campaign cancelled" if state == "cancelled" else "latest time passed"
        if held and not blocked:
            reason += ", held by " + ", ".join(held_by(account_id, campaign_id))
        count += withhold_rest(connection, account_id, campaign_id, reason, now)
    return count


def withhold_rest(connection: Any, account_id: int, campaign_id: int, reason: str, now: datetime) -> int:
    """Withholds everybody in the ready batches of one campaign, some hundred batches a transaction."""
    count = 0
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(TAKE, [account_id, campaign_id])
            rows = cursor.fetchall()
            for number, part, members in rows:
                count += withhold_part(
                    cursor, (account_id, campaign_id, number), part, bytes(members), reason
                )
            if not rows:
                # Past its latest time also a paused campaign is finished; a cancelled one stays cancelled.
                finish_if_done(cursor, account_id, campaign_id, now, ("running", "paused", "stopped"))
                return count


def withhold_part(cursor: Any, place: tuple[int, int, int], part: int, members: bytes, reason: str) -> int:
    rest, doubtful = BitMap.deserialize(members), BitMap()
    for (state, _reason), done in outcomes_of(cursor, place).items():
        if state in FINAL:
            rest -= done
        elif state == "in_doubt":
            doubtful |= done & rest
    if rest:
        # Whoever may have got it already was not simply withheld.
        apply_states(cursor, place, {("withheld", reason): list(rest - doubtful), ("unknown", reason): list(doubtful)})
    cursor.execute(
        "UPDATE batch SET state = 'done', members = %s, size = 0"
        " WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND part = %s",
        [BitMap().serialize(), *place, part],
    )
    return len(rest)
