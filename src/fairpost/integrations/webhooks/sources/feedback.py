"""Bounces and complaints, as they were taken in; refusals and reports that concern nobody are no events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairpost.integrations.webhooks.outbox import Happened
from fairpost.integrations.webhooks.sources.mailings import mailings

NEWEST = "SELECT COALESCE(max(id), 0) FROM feedback WHERE account_id = %s"
# By the unique index feedback_of_account.
READ = """
    SELECT id, at, kind, cls, campaign_id, ordinal, status, code, effect, why FROM feedback
    WHERE account_id = %s AND id > %s ORDER BY id LIMIT %s"""
TYPES = {"hard_bounce": "contact.bounced", "soft_bounce": "contact.bounced", "complaint": "contact.complained"}


def read(cursor: Any, account_id: int, after: int, limit: int) -> tuple[int, int, Sequence[Happened]]:
    """(number of the last row, how many rows, events) behind row `after`."""
    cursor.execute(READ, [account_id, after, limit])
    rows = cursor.fetchall()
    units = mailings(cursor, account_id, [row[4] for row in rows])
    events = []
    for number, at, kind, cls, campaign_id, ordinal, status, code, effect, why in rows:
        if kind not in TYPES or why or ordinal is None:
            continue
        facts: dict[str, Any] = {"campaign_id": campaign_id, "suppressed": effect == "suppressed"}
        if TYPES[kind] == "contact.bounced":
            facts |= {"class": cls, "hard": kind == "hard_bounce", "status": status, "code": code}
        events.append(Happened(TYPES[kind], f"feedback {number}", at, units.unit(campaign_id), ordinal, facts))
    return (rows[-1][0] if rows else after), len(rows), events
