"""Packs single events that are a day old; whenever it is cut off, each event is a row or in a pack, never both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from fairpost.delivery.connect import connect
from fairpost.events.fold.gather import COPY_HEAD, COPY_TAIL, POSTGRESQL_EPOCH
from fairpost.events.packing.columns import EVENT
from fairpost.events.packing.packs import add_packs
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

AFTER = timedelta(days=1)
MOST = 1_000_000  # events of one transaction, unless an hour has more
HOUR = timedelta(hours=1)

# By the index event_at.
DUE = """
SELECT account_id, campaign_id, date_trunc('hour', at, 'UTC'), count(*) FROM event
WHERE at < %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# By the index event_at. Whoever takes the same rows at the same moment waits, and then finds none.
TAKE = """
COPY (DELETE FROM event WHERE account_id = %s AND campaign_id = %s AND at >= %s AND at < %s
      RETURNING ordinal, kind, machine, link, at) TO STDOUT (FORMAT BINARY)
"""
ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("l1", ">i4"), ("ordinal", ">i4"),
        ("l2", ">i4"), ("kind", ">i2"),
        ("l3", ">i4"), ("machine", ">i2"),
        ("l4", ">i4"), ("link", ">i2"),
        ("l5", ">i4"), ("at", ">i8"),
    ]
)  # fmt: skip

Span = tuple[int, int, datetime, datetime]  # account, campaign, from, until


def pack_events(clock: Clock = SYSTEM_CLOCK) -> int:
    """Packs what is due; returns how many events. A periodic job."""
    before = (clock.now() - AFTER).replace(minute=0, second=0, microsecond=0)
    with connect() as own:
        return sum(pack_span(own, span) for span in spans(own.execute(DUE, [before]).fetchall()))


def spans(rows: list[tuple[int, int, datetime, int]]) -> Iterator[Span]:
    """Runs of hours of one campaign, each of no more events than one transaction takes."""
    begun: tuple[int, int, datetime] | None = None
    end, events = datetime.max, 0
    for account_id, campaign_id, hour, count in rows:
        if begun and (begun[:2] != (account_id, campaign_id) or events + count > MOST):
            yield *begun, end
            begun = None
        if begun is None:
            begun, events = (account_id, campaign_id, hour), 0
        end, events = hour + HOUR, events + count
    if begun:
        yield *begun, end


def pack_span(connection: Any, span: Span) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(TAKE, span) as copy:
            data = b"".join(copy)
        events = rows_of(data)
        if len(events):
            add_packs(cursor, span[0], span[1], events)
    return len(events)


def rows_of(data: bytes) -> np.ndarray:
    """What COPY wrote, as an array of EVENT."""
    rows = np.frombuffer(data[len(COPY_HEAD) : -len(COPY_TAIL)], dtype=ROW)
    events = np.empty(len(rows), dtype=EVENT)
    for name in ("ordinal", "kind", "machine", "link"):
        events[name] = rows[name]
    events["at"] = rows["at"] + POSTGRESQL_EPOCH
    return events
