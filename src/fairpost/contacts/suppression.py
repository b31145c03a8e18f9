"""Suppressions are written and lifted here and nowhere else, a statement for any number of addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fairpost.contacts.erased import erased_among
from fairpost.contacts.reach import Reach

# By the primary keys; a suppression that stands already keeps its reason and its date.
INSERT_OWN = """
    INSERT INTO suppression (account_id, canonical, reach, reach_id, reason, source, created_at)
    SELECT %s, canonical, %s, %s, %s, %s, %s FROM unnest(%s::text[]) AS canonical
    ON CONFLICT DO NOTHING"""
INSERT_SHARED = """
    INSERT INTO shared_suppression (canonical, reach, reach_id, reason, source, created_at)
    SELECT canonical, %s, %s, %s, %s, %s FROM unnest(%s::text[]) AS canonical
    ON CONFLICT DO NOTHING"""
DELETE_OWN = """
    DELETE FROM suppression WHERE account_id = %s AND canonical = %s AND reach = %s AND reach_id = %s
    RETURNING reason"""
DELETE_SHARED = "DELETE FROM shared_suppression WHERE canonical = %s AND reach = %s AND reach_id = %s RETURNING reason"


def add_suppressions(
    cursor: Any,
    account_id: int,
    canonicals: Sequence[str],
    reach: Reach,
    reason: str,
    source: str,
    now: datetime,
) -> int:
    """Suppresses canonical addresses inside the caller's transaction; returns how many were not yet.

    Those that were erased in the account are kept away already, and are not written down again.
    """
    erased = set() if reach.shared else erased_among(cursor, account_id, canonicals)
    # In one order everywhere, so that two such statements wait for each other and never deadlock.
    addresses = sorted(set(canonicals) - erased)
    given = [reach.kind, reach.key, reason, source, now, addresses]
    if reach.shared:
        cursor.execute(INSERT_SHARED, given)
    else:
        cursor.execute(INSERT_OWN, [account_id, *given])
    return cursor.rowcount


def lift(cursor: Any, account_id: int, canonical: str, reach: Reach) -> str | None:
    """Removes one suppression inside the caller's transaction; its reason, None where there was none."""
    if reach.shared:
        cursor.execute(DELETE_SHARED, [canonical, reach.kind, reach.key])
    else:
        cursor.execute(DELETE_OWN, [account_id, canonical, reach.kind, reach.key])
    row = cursor.fetchone()
    return row[0] if row else None
