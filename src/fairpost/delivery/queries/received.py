"""Who received a campaign: those whose mail the other side accepted, whatever became of it later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from psycopg import Connection, Cursor
from pyroaring import BitMap

from fairpost.delivery.archive.batches import WIDER
from fairpost.delivery.archive.members import archived_in_state
from fairpost.delivery.plan import SHIFT

# By the primary key (account_id, campaign_id, batch_no, state, reason).
SELECT_ACCEPTED = """
SELECT members FROM batch_outcome
WHERE account_id = %s AND campaign_id = ANY(%s) AND batch_no BETWEEN %s AND %s AND state = 'accepted'
"""
# By the primary key's prefix: an account has thousands of campaigns at most.
SELECT_LAST = """
SELECT campaign_id FROM dispatch
WHERE account_id = %s AND frozen_at IS NOT NULL AND NOT test AND (%s::integer IS NULL OR unit_id = %s)
ORDER BY frozen_at DESC, campaign_id DESC LIMIT %s
"""
SELECT_SENT = """
SELECT campaign_id FROM dispatch
WHERE account_id = %s AND frozen_at < %s AND COALESCE(finished_at, latest_at) >= %s AND NOT test
"""
SELECT_REAL = "SELECT campaign_id FROM dispatch WHERE account_id = %s AND campaign_id = ANY(%s) AND NOT test"
ALL_BATCHES = (0, 2**31 - 1)
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9998, 12, 31)


def received(
    connection: Connection[Any], account_id: int, campaign_ids: Sequence[int], span: tuple[int, int] | None = None
) -> BitMap:
    """The ordinals that any of these campaigns reached; with `span` at least those from its first to before its second.

    A test reached no contact: its ordinals count its own recipients.
    """
    batches = (span[0] >> SHIFT, (span[1] - 1) >> SHIFT) if span else ALL_BATCHES
    real = [number for (number,) in connection.execute(SELECT_REAL, [account_id, list(campaign_ids)])]
    found = BitMap()
    with Cursor(connection) as cursor:
        cursor.execute(SELECT_ACCEPTED, [account_id, real, *batches], binary=True)
        while rows := cursor.fetchmany(4096):
            found |= BitMap.union(*(BitMap.deserialize(members) for (members,) in rows))
    chunks = (batches[0] >> WIDER, batches[1] >> WIDER)
    return found | archived_in_state(connection, account_id, real, "accepted", *chunks)


def last_campaigns(connection: Connection[Any], account_id: int, count: int, unit_id: int | None) -> list[int]:
    """The campaigns of the account, or of one unit, that were started last, the latest first; tests left out."""
    rows = connection.execute(SELECT_LAST, [account_id, unit_id, unit_id, count])
    return [number for (number,) in rows]


def campaigns_sent(connection: Connection[Any], account_id: int, first: date | None, last: date | None) -> list[int]:
    """The campaigns that were being sent on any day (UTC) from the first to the last; None has no end on this side."""
    begin = datetime.combine(max(first or FIRST_DAY, FIRST_DAY), time(), UTC)
    end = datetime.combine(min(last or LAST_DAY, LAST_DAY), time(), UTC) + timedelta(days=1)
    return [number for (number,) in connection.execute(SELECT_SENT, [account_id, end, begin])]
