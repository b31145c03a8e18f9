"""Which unit a campaign belongs to, and whether it was only a test, for events that name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# By the primary key.
SELECT = "SELECT campaign_id, unit_id, test FROM dispatch WHERE account_id = %s AND campaign_id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Mailings:
    """Campaigns by their number."""

    units: dict[int, int]
    tests: frozenset[int]

    def unit(self, campaign_id: int | None) -> int | None:
        return self.units.get(campaign_id) if campaign_id is not None else None


def mailings(cursor: Any, account_id: int, campaign_ids: Iterable[int | None]) -> Mailings:
    wanted = sorted({each for each in campaign_ids if each is not None})
    if not wanted:
        return Mailings({}, frozenset())
    cursor.execute(SELECT, [account_id, wanted])
    rows = cursor.fetchall()
    return Mailings({row[0]: row[1] for row in rows}, frozenset(row[0] for row in rows if row[2]))
