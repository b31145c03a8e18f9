"""The suppressed addresses of an account, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# By the primary key (account_id, canonical, reach, reach_id), keyset.
SELECT_PAGE = """
    SELECT canonical, CASE WHEN reach_id = '' THEN reach ELSE reach || ':' || reach_id END, reason, source, created_at
    FROM suppression WHERE account_id = %s AND canonical > %s ORDER BY canonical, reach, reach_id LIMIT %s"""


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    address: str
    reach: str
    reason: str
    source: str
    since: datetime


def suppressed_addresses(account_id: int, after: str = "", limit: int = 100) -> list[SuppressedAddress]:
    """In order of addresses, after the one given. Shared suppressions are seen contact by contact only."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_PAGE, [account_id, after, min(limit, 10_000)])
        return [SuppressedAddress(*row) for row in cursor.fetchall()]
