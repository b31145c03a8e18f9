"""What webhooks and hooks hold on one person: events that name them by number, and posts that could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairpost.contacts.holdings import Whom

# Both look through the account's rows of thirty days: a copy or an erasure is rare, an index would cost every event.
EVENTS = """
    SELECT DISTINCT e.type, e.at, w.url FROM webhook_event AS e JOIN webhook AS w ON w.id = e.webhook_id
    WHERE e.account_id = %s AND w.account_id = %s AND e.ordinal = %s ORDER BY e.at, e.type, w.url LIMIT 10000"""
UNNAME = "UPDATE webhook_event SET ordinal = NULL WHERE account_id = %s AND ordinal = %s"
# Posts that failed are few. One that names many loses its words for the sake of one of them.
UNSAY = """
    UPDATE intake SET body = '' WHERE account_id = 0 AND state = 'failed' AND position(%s::bytea IN body) > 0
        AND hook_id IN (SELECT hook_id FROM inbound_hook WHERE account_id = %s OR account_id IS NULL)"""


def export(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Which events about this person are noted for which address."""
    if whom.ordinal is None:
        return []
    cursor.execute(EVENTS, [whom.account_id, whom.account_id, whom.ordinal])
    return [{"type": kind, "at": at.isoformat(), "posted_to": url} for kind, at, url in cursor.fetchall()]


def erase(cursor: Any, whom: Whom, _now: datetime) -> int:
    """Events that are still to be posted name nobody any more."""
    count = 0
    if whom.ordinal is not None:
        cursor.execute(UNNAME, [whom.account_id, whom.ordinal])
        count += cursor.rowcount
    for address in {whom.canonical, whom.address} - {""}:
        cursor.execute(UNSAY, [address.encode(), whom.account_id])
        count += cursor.rowcount
    return count
