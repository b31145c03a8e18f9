"""Whoever takes back a consent, by link, by mail, in the preference centre or through a person, is an event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fairpost.integrations.webhooks.outbox import Happened
from fairpost.integrations.webhooks.sources.mailings import mailings

NEWEST = "SELECT COALESCE(max(id), 0) FROM consent WHERE account_id = %s"
# By the primary key. A complaint has an event of its own.
READ = """
    SELECT id, at, ordinal, what, act, how, source FROM consent
    WHERE account_id = %s AND id > %s ORDER BY id LIMIT %s"""
CAMPAIGN = re.compile(r"campaign:([0-9]{1,9})")


def read(cursor: Any, account_id: int, after: int, limit: int) -> tuple[int, int, Sequence[Happened]]:
    """(number of the last row, how many rows, events) behind row `after`."""
    cursor.execute(READ, [account_id, after, limit])
    rows = cursor.fetchall()
    told = [row for row in rows if row[4] in ("withdrawn", "refused") and row[5] != "complaint"]
    campaigns = {row[0]: campaign_of(row[6]) for row in told}
    units = mailings(cursor, account_id, campaigns.values())
    events = [
        Happened(
            "contact.unsubscribed",
            f"consent {number}",
            at,
            units.unit(campaigns[number]),
            ordinal,
            {"from": what, "how": how, "campaign_id": campaigns[number]},
        )
        for number, at, ordinal, what, _act, how, _source in told
        if campaigns[number] not in units.tests
    ]
    return (rows[-1][0] if rows else after), len(rows), events


def campaign_of(source: str) -> int | None:
    match = CAMPAIGN.match(source)
    return int(match[1]) if match else None
