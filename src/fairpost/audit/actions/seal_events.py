"""Every event gets its link in the chain within a second, in the order in which events became visible.

An event that commits after one with a higher id is sealed after it, and never missed: it waits in
`audit_unsealed`, where its row appears together with the event itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from fairpost.audit.chain.encoding import START, TEXTS, seal_hash
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

LOCK = 0x7365616C  # one sealer at a time; any number that no other advisory lock has
BATCH = 5000

LAST = "SELECT sequence, hash FROM audit_seal ORDER BY sequence DESC LIMIT 1"
# By the primary keys of all three. What is sealed already is left alone, however it came to wait again.
WAITING = f"""
SELECT {TEXTS} FROM audit_unsealed w JOIN audit_event e ON e.id = w.event_id
WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.event_id = w.event_id)
ORDER BY w.event_id LIMIT %s"""
APPEND = """
INSERT INTO audit_seal (sequence, event_id, previous, hash, sealed_at)
SELECT sequence, event_id, previous, hash, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[]) AS new (sequence, event_id, previous, hash)"""


def seal_events(clock: Clock = SYSTEM_CLOCK) -> int:
    """Seals all that waits, some thousand in each transaction, and says how many.

    Safe to run anywhere and at once: whoever comes second waits, and finds nothing left.
    """
    count = 0
    while True:
        sealed = seal_batch(clock)
        count += sealed
        if sealed < BATCH:
            return count


def keep_sealed(clock: Clock = SYSTEM_CLOCK) -> None:
    """The same as a periodic job that runs all the time, and so keeps silent."""
    seal_events(clock)


def seal_batch(clock: Clock) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audit_unsealed)")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(LAST)
        sequence, previous = cursor.fetchone() or (0, START)
        cursor.execute(WAITING, [BATCH])
        events = cursor.fetchall()
        if events:
            append(cursor, sequence, bytes(previous), events, clock.now().astimezone(UTC))
        return len(events)


def append(cursor: Any, sequence: int, previous: bytes, events: list[tuple[str | None, ...]], now: datetime) -> None:
    sealed_at = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    links = []
    for number, event in enumerate(events, sequence + 1):
        link = seal_hash(number, previous, sealed_at, event)
        links.append((number, int(event[0] or 0), previous, link))
        previous = link
    cursor.execute(APPEND, [now, *map(list, zip(*links, strict=True))])
    cursor.execute("DELETE FROM audit_unsealed WHERE event_id = ANY(%s)", [[each[1] for each in links]])
