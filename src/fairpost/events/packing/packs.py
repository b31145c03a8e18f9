"""Reads and writes the packs of a campaign; each covers a range of ordinals, so that one contact's lie in few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from fairpost.events.fold.gather import BEGINNING
from fairpost.events.packing.columns import EVENT, pack, unpack

SIZE = 16_384  # events of a full pack
SMALL = 4_096  # a pack with fewer is made anew together with what comes later
NOTHING = np.empty(0, dtype=EVENT)

# All by the primary key's prefix.
LAST = "SELECT coalesce(max(pack), 0) FROM event_pack WHERE account_id = %s AND campaign_id = %s"
TAKE_SMALL = """
DELETE FROM event_pack WHERE account_id = %s AND campaign_id = %s AND events < %s RETURNING columns
"""
WRITE = """
INSERT INTO event_pack (account_id, campaign_id, pack, low, high, first_at, last_at, events, columns)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def add_packs(cursor: Any, account_id: int, campaign_id: int, events: np.ndarray) -> None:
    """Packs these events and what lies in small packs, in the caller's transaction."""
    cursor.execute(LAST, [account_id, campaign_id])
    last = cursor.fetchone()[0]
    cursor.execute(TAKE_SMALL, [account_id, campaign_id, SMALL])
    events = joined([events, *(unpack(bytes(columns)) for (columns,) in cursor.fetchall())])
    events = events[np.argsort(events["ordinal"], kind="stable")]
    for number, start in enumerate(range(0, len(events), SIZE), last + 1):
        write_pack(cursor, account_id, campaign_id, number, events[start : start + SIZE])


def write_pack(cursor: Any, account_id: int, campaign_id: int, number: int, events: np.ndarray) -> None:
    ordinals, times = events["ordinal"], events["at"]
    span = [int(ordinals.min()), int(ordinals.max()), time_of(times.min()), time_of(times.max())]
    cursor.execute(WRITE, [account_id, campaign_id, number, *span, len(events), pack(events)])


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([NOTHING, *parts])


def time_of(at: Any) -> datetime:
    return BEGINNING + timedelta(microseconds=int(at))


def microseconds(at: datetime) -> int:
    return (at - BEGINNING) // timedelta(microseconds=1)


def from_rows(rows: Iterable[tuple[int, int, int, int, datetime]]) -> np.ndarray:
    """Rows of (ordinal, kind, machine, link, at) as an array of EVENT."""
    found = [(microseconds(at), ordinal, link, kind, machine) for ordinal, kind, machine, link, at in rows]
    return np.array(found, dtype=EVENT)
