"""What happened is noted for each webhook that wants it, in the transaction of whoever notes it, once."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# By webhook_of_account; webhooks are thousands at most.
LIVE = "SELECT id, account_id, unit_id, events FROM webhook WHERE state <> 'removed'"
# By the primary key: an event that was noted before is the same row.
INSERT = """
    INSERT INTO webhook_event (account_id, webhook_id, event_id, type, at, noted_at, ordinal, facts)
    SELECT * FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],
        %s::int[], %s::jsonb[])
    ON CONFLICT (account_id, webhook_id, event_id) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Live:
    """One webhook as whoever notes events needs it."""

    id: int
    account_id: int
    unit_id: int | None
    types: frozenset[str]

    def wants(self, event: Happened) -> bool:
        return event.type in self.types and self.unit_id in (None, event.unit_id)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. `key` tells it from every other of its type in its account: from it its id is made.

    `unit_id` None: it concerns the whole account. `facts` hold no address and no name of a person.
    """

    type: str
    key: str
    at: datetime
    unit_id: int | None = None
    ordinal: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def event_id(self, account_id: int) -> str:
        digest = hashlib.sha256(f"fairpost event 1\n{account_id}\n{self.type}\n{self.key}".encode()).digest()
        return "evt_" + base64.b32encode(digest[:20]).decode().lower()


def live_webhooks(cursor: Any, account_id: int | None = None) -> list[Live]:
    """Those of an account, or all, that are not removed."""
    cursor.execute(LIVE if account_id is None else LIVE + " AND account_id = %s", [account_id] if account_id else [])
    return [Live(number, account, unit, frozenset(read(events))) for number, account, unit, events in cursor.fetchall()]


def read(events: Any) -> list[str]:
    """A cursor of Django gives the text of JSON, one of psycopg what it says."""
    return json.loads(events) if isinstance(events, str) else events


def note(cursor: Any, account_id: int, webhooks: Sequence[Live], events: Iterable[Happened], now: datetime) -> int:
    """Notes the events for those of the webhooks that want them; how many rows are new."""
    rows = [
        (account_id, each.id, event.event_id(account_id), event.type, event.at, now, event.ordinal, facts)
        for event, facts in ((event, json.dumps(event.facts)) for event in events)
        for each in webhooks
        if each.wants(event)
    ]
    if not rows:
        return 0
    cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
    return cursor.rowcount
