"""How often something came back is counted by campaign, kind, link and hour, and written here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

# By the primary key. In its order, so that two writers wait for each other and never deadlock.
ADD = """
    INSERT INTO event_hour (account_id, campaign_id, kind, link, hour, total)
    SELECT * FROM unnest(%s::int[], %s::int[], %s::smallint[], %s::smallint[], %s::timestamptz[], %s::bigint[])
        AS t (account_id, campaign_id, kind, link, hour, total)
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, campaign_id, kind, link, hour) DO UPDATE SET total = event_hour.total + EXCLUDED.total"""

COUNT = """
    INSERT INTO event_count (account_id, campaign_id, kind, link, people, total)
    SELECT account_id, campaign_id, kind, link, 0, sum(total)
    FROM unnest(%s::int[], %s::int[], %s::smallint[], %s::smallint[], %s::bigint[])
        AS t (account_id, campaign_id, kind, link, total)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, campaign_id, kind, link) DO UPDATE SET total = event_count.total + EXCLUDED.total"""


class Total(NamedTuple):
    """So many of a kind within the hour (UTC) that began at `hour`; `link` is -1 for any."""

    account_id: int
    campaign_id: int
    kind: int
    link: int
    hour: datetime
    total: int


def add_totals(cursor: Any, totals: Sequence[Total]) -> None:
    """Adds to the counts in the caller's transaction; each (account, campaign, kind, link, hour) at most once."""
    if totals:
        columns = [list(column) for column in zip(*totals, strict=True)]
        cursor.execute(ADD, columns)
        cursor.execute(COUNT, [*columns[:4], columns[5]])


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
