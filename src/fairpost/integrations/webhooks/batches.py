"""Events that wait are put into deliveries: up to 500 under one id, which stays theirs however often it is posted."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fairpost.integrations.webhooks.outbox import read

MOST_EVENTS = 500

# By webhook_event_waiting. Two at once take different events. Chosen first and once, as MATERIALIZED has it: inside the
# UPDATE the planner may choose again for every row.
TAKE = """
    WITH chosen AS MATERIALIZED (
        SELECT event_id FROM webhook_event WHERE account_id = %s AND webhook_id = %s AND delivery_id IS NULL
        ORDER BY position LIMIT %s FOR UPDATE SKIP LOCKED)
    UPDATE webhook_event AS e SET delivery_id = %s FROM chosen
    WHERE e.account_id = %s AND e.webhook_id = %s AND e.event_id = chosen.event_id"""
MAKE = """
    INSERT INTO webhook_delivery (account_id, webhook_id, delivery_id, state, events, made_at, since, next_at)
    VALUES (%s, %s, %s, 'waiting', %s, %s, %s, %s)"""
# By webhook_event_of_delivery.
EVENTS = """
    SELECT event_id, type, at, ordinal, facts FROM webhook_event
    WHERE account_id = %s AND webhook_id = %s AND delivery_id = %s ORDER BY position"""
# By the primary key.
ADDRESSES = "SELECT ordinal, COALESCE(address, canonical) FROM contact WHERE account_id = %s AND ordinal = ANY(%s)"


def make_delivery(cursor: Any, account_id: int, webhook_id: int, now: datetime) -> str | None:
    """One delivery of what waits, in the caller's transaction; None where nothing does."""
    delivery_id = "dlv_" + secrets.token_hex(16)
    cursor.execute(TAKE, [account_id, webhook_id, MOST_EVENTS, delivery_id, account_id, webhook_id])
    if not cursor.rowcount:
        return None
    cursor.execute(MAKE, [account_id, webhook_id, delivery_id, cursor.rowcount, now, now, now])
    return delivery_id


def body_of(cursor: Any, account_id: int, webhook_id: int, delivery_id: str) -> bytes:
    """The JSON that is posted, the same every time, but that an address is null once its contact is erased."""
    cursor.execute(EVENTS, [account_id, webhook_id, delivery_id])
    rows = cursor.fetchall()
    cursor.execute(ADDRESSES, [account_id, sorted({row[3] for row in rows if row[3] is not None})])
    addresses = dict(cursor.fetchall())
    events = [event(account_id, *row, addresses) for row in rows]
    whole = {"id": delivery_id, "account_id": account_id, "webhook_id": webhook_id, "events": events}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def event(
    account_id: int,
    event_id: str,
    kind: str,
    at: datetime,
    ordinal: int | None,
    facts: Any,
    addresses: Mapping[int, str],
) -> dict[str, Any]:
    data = dict(sorted(read(facts).items()))
    if ordinal is not None:
        data["contact"] = {"ordinal": ordinal, "address": addresses.get(ordinal)}
    when = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {"id": event_id, "type": kind, "at": when, "account_id": account_id, "data": data}
