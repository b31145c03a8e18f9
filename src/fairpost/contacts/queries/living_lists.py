"""Which of some lists still stand, read over any cursor: what was archived takes nobody in and holds nobody back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# By the primary key.
LIVING = "SELECT id FROM contacts_contactlist WHERE id = ANY(%s) AND account_id = %s AND archived_at IS NULL"


def living_lists(cursor: Any, account_id: int, list_ids: Sequence[int]) -> set[int]:
    """Those of these lists that are the account's own and not archived."""
    cursor.execute(LIVING, [list(list_ids), account_id])
    return {number for (number,) in cursor.fetchall()}
