"""How many recipients of many campaigns are in each state: added up before for those that ended, now for the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

# By the primary key's prefix of each campaign: some rows each where it was counted, else a row per batch and state.
COUNTED = """
SELECT campaign_id FROM dispatch WHERE account_id = %s AND campaign_id = ANY(%s) AND counted_at = state_at
"""
SUMS = """
SELECT campaign_id, state, reason, sum(size)::bigint FROM {table}
WHERE account_id = %s AND campaign_id = ANY(%s) GROUP BY 1, 2, 3
"""

Sums = dict[tuple[str, str], int]  # (state, reason) -> recipients


def outcome_sums(account_id: int, campaign_ids: Collection[int]) -> dict[int, Sums]:
    """For each of these campaigns its recipients by state and reason; who is in none is pending."""
    found: dict[int, Sums] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [account_id, list(campaign_ids)])
        counted = {each for (each,) in cursor.fetchall()}
        for table, chosen in (("outcome_count", counted), ("outcome_size", set(campaign_ids) - counted)):
            if chosen:
                cursor.execute(SUMS.format(table=table), [account_id, list(chosen)])
                for campaign, state, reason, size in cursor.fetchall():
                    found[campaign][state, reason] = size
    return dict(found)
