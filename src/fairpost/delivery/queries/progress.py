"""How far a campaign is: exact counts, each recipient of the frozen audience in exactly one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class Progress:
    """State and counts of one dispatch. The counts and `pending` add up to `audience`.

    `possibly_doubled` are among `accepted`. `reasons` are (state, reason, count) of everything that was not simply
    accepted. What the audience left out at freezing is in `excluded`, `suppressed` and `dead_domain`.
    """

    account_id: int
    campaign_id: int
    state: str
    state_reason: str
    state_by: str
    state_at: datetime
    audience: int
    pending: int
    accepted: int
    deferred: int
    withheld: int
    failed: int
    in_doubt: int
    unknown: int
    possibly_doubled: int
    reasons: tuple[tuple[str, str, int], ...]
    selected: int
    excluded: int
    suppressed: int
    dead_domain: int
    frozen_at: datetime | None
    latest_at: datetime
    finished_at: datetime | None
    pool_id: int


ROW = """
SELECT state, state_reason, state_by, state_at, audience_size, selected, excluded, suppressed, frozen_at, latest_at,
       finished_at, pool_id, dead_domain
FROM dispatch WHERE account_id = %s AND campaign_id = %s
"""
# By the primary key's prefix; one row per batch, state and reason.
COUNTS = """
SELECT state, reason, sum(size)::bigint FROM outcome_size
WHERE account_id = %s AND campaign_id = %s GROUP BY state, reason ORDER BY state, reason
"""


def progress(account_id: int, campaign_id: int) -> Progress:
    """The progress of a started campaign. Raises NotFound where it is not in dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(ROW, [account_id, campaign_id])
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("Campaign {campaign} has not been started.").format(campaign=campaign_id))
        cursor.execute(COUNTS, [account_id, campaign_id])
        counts = cursor.fetchall()
    totals = dict.fromkeys(("accepted", "deferred", "withheld", "failed", "in_doubt", "unknown"), 0)
    for state, _reason, count in counts:
        totals[state] += count
    return Progress(
        account_id=account_id,
        campaign_id=campaign_id,
        state=row[0],
        state_reason=row[1],
        state_by=row[2],
        state_at=row[3],
        audience=row[4],
        pending=row[4] - sum(totals.values()),
        **totals,
        possibly_doubled=sum(c for s, r, c in counts if (s, r) == ("accepted", "possibly doubled")),
        reasons=tuple((s, r, c) for s, r, c in counts if (s, r) != ("accepted", "")),
        selected=row[5],
        excluded=row[6],
        suppressed=row[7],
        frozen_at=row[8],
        latest_at=row[9],
        finished_at=row[10],
        pool_id=row[11],
        dead_domain=row[12],
    )


def dispatch_states(account_id: int, campaign_ids: list[int]) -> dict[int, str]:
    """The state of each of these campaigns that is in dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT campaign_id, state FROM dispatch WHERE account_id = %s AND campaign_id = ANY(%s)",
            [account_id, campaign_ids],
        )
        return dict(cursor.fetchall())
