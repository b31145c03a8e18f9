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


# By the primary key.
NAMES = """
    SELECT coalesce(nullif(public_title, ''), name) FROM contacts_contactlist
    WHERE id = ANY(%s) AND account_id = %s AND archived_at IS NULL ORDER BY id"""


def names_of_lists(cursor: Any, account_id: int, list_ids: Sequence[int]) -> list[str]:
    """What contacts read as the names of these lists; none where one of them is gone, as for `unsubscribe`."""
    cursor.execute(NAMES, [list(list_ids), account_id])
    names = [name for (name,) in cursor.fetchall()]
    return names if len(names) == len(set(list_ids)) else []
