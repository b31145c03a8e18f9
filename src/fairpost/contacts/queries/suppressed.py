"""The suppressed addresses of an account, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# By the primary key (account_id, canonical, reach, reach_id), keyset.
SELECT_PAGE = """
    SELECT canonical, CASE WHEN reach_id = '' THEN reach ELSE reach || ':' || reach_id END, reason, source, created_at
    FROM suppression WHERE account_id = %s AND {after} ORDER BY canonical, reach, reach_id LIMIT %s"""
AFTER_ADDRESS = "canonical > %s"
AFTER_PLACE = "(canonical, reach, reach_id) > (%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    address: str
    reach: str
    reason: str
    source: str
    since: datetime

    @property
    def place(self) -> str:
        """What the next page goes on after: an address may have several reaches, and a page may end between them."""
        return f"{self.address} {self.reach}"


def suppressed_addresses(account_id: int, after: str = "", limit: int = 100) -> list[SuppressedAddress]:
    """In order of addresses and reaches, after a `place`, or after everything of an address.

    Shared suppressions are seen contact by contact only.
    """
    address, _space, reach = after.partition(" ")
    kind, _colon, number = reach.partition(":")
    beyond, values = (AFTER_PLACE, [address, kind, number]) if reach else (AFTER_ADDRESS, [address])
    with connection.cursor() as cursor:
        cursor.execute(SELECT_PAGE.format(after=beyond), [account_id, *values, min(limit, 10_000)])
        return [SuppressedAddress(*row) for row in cursor.fetchall()]
