"""What platforms stated of donations, statement by statement, in the order in which it was taken in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fairpost.integrations.webhooks.outbox import Happened
from fairpost.integrations.webhooks.sources.mailings import mailings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEWEST = """
    SELECT COALESCE((extract(epoch FROM max(taken_at)) * 1000000)::bigint, 0) FROM donation_event
    WHERE account_id = %s"""
# By donation_event_taken. All of one moment together: they were taken in one call.
READ = """
    SELECT taken_at, at, platform, order_id, line_item, kind, event_id, digest, amount, currency, receiver, campaign_id,
        ordinal, recurring
    FROM donation_event WHERE account_id = %s AND taken_at > %s ORDER BY taken_at
    FETCH FIRST %s ROWS WITH TIES"""


def read(cursor: Any, account_id: int, after: int, limit: int) -> tuple[int, int, Sequence[Happened]]:
    """(moment of the last row in microseconds since 1970, how many rows, events) behind the moment `after`."""
    cursor.execute(READ, [account_id, EPOCH + timedelta(microseconds=after), limit])
    rows = cursor.fetchall()
    units = mailings(cursor, account_id, [row[11] for row in rows])
    events = [happened(row, units.unit(row[11])) for row in rows if row[11] not in units.tests]
    return ((rows[-1][0] - EPOCH) // MICROSECOND if rows else after), len(rows), events


def happened(row: Sequence[Any], unit_id: int | None) -> Happened:
    _taken, at, platform, order, item, kind, event, digest, amount, currency, receiver, campaign, ordinal, often = row
    facts = {
        "kind": kind, "platform": platform, "order_id": order, "line_item": item, "event_id": event,
        "amount": amount, "currency": currency, "receiver": receiver, "campaign_id": campaign, "recurring": often,
    }  # fmt: skip
    name = "donation.received" if kind == "donation" else "donation.refunded"
    whole = "\0".join((platform, order, item, kind, event)).encode() + bytes(digest)
    return Happened(name, hashlib.sha256(whole).hexdigest(), at, unit_id, ordinal, facts)
