"""How far a source is noted changes in the transaction that notes its events: nothing is lost or doubled by a crash.

Numbers are given when a row is written and seen when it is committed, so a smaller one may turn up behind a
greater one. New rows are read behind `head` every time; every SWEEP seconds everything behind `settled` is read
once more, where what was noted already is the same row. `settled` moves once nobody can add before it any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairpost.integrations.webhooks.outbox import Happened, Live, note
from fairpost.integrations.webhooks.sources import consent, decisions, donations, feedback

SWEEP = timedelta(seconds=30)
PAGE = 500
MOST_PAGES = 40  # of one source in one transaction; the next run goes on

Reader = Callable[[Any, int, int, int], tuple[int, int, Sequence[Happened]]]


@dataclass(frozen=True, slots=True)
class Source:
    """`newest` gives the position of the last row of an account. `margin`: how far before `settled` a sweep begins."""

    name: str
    read: Reader
    newest: Callable[[Any, int], int]
    margin: int = 0


def by_number(sql: str) -> Callable[[Any, int], int]:
    def newest(cursor: Any, account_id: int) -> int:
        cursor.execute(sql, [account_id])
        return cursor.fetchone()[0]

    return newest


SOURCES = (
    Source("consent", consent.read, by_number(consent.NEWEST)),
    Source("feedback", feedback.read, by_number(feedback.NEWEST)),
    # Their moment is taken before their turn is waited for: a file of an hour is still found.
    Source("donations", donations.read, by_number(donations.NEWEST), margin=3_600_000_000),
    Source("decisions", decisions.read, lambda _cursor, account_id: decisions.newest(account_id)),
)

BEGIN = """
    INSERT INTO webhook_position (account_id, source, head, settled, candidate, horizon, swept_at)
    VALUES (%s, %s, %s, %s, %s, pg_snapshot_xmax(pg_current_snapshot()), %s)
    ON CONFLICT (account_id, source) DO UPDATE SET head = EXCLUDED.head, settled = EXCLUDED.settled,
        candidate = EXCLUDED.candidate, horizon = EXCLUDED.horizon, swept_at = EXCLUDED.swept_at"""
# By the primary key. What `over` says was true before any row is read.
LOCK = """
    SELECT head, settled, candidate, swept_at, pg_snapshot_xmin(pg_current_snapshot()) >= horizon
    FROM webhook_position WHERE account_id = %s AND source = %s FOR UPDATE"""
MOVE = "UPDATE webhook_position SET head = %s WHERE account_id = %s AND source = %s"
SWEPT = """
    UPDATE webhook_position SET head = %s, settled = %s, candidate = %s, swept_at = %s,
        horizon = CASE WHEN %s THEN pg_snapshot_xmax(pg_current_snapshot()) ELSE horizon END
    WHERE account_id = %s AND source = %s"""


def begin(cursor: Any, account_id: int, now: datetime) -> None:
    """From now on: what was there before is not told."""
    for source in SOURCES:
        newest = source.newest(cursor, account_id)
        cursor.execute(BEGIN, [account_id, source.name, newest, newest, newest, now])


def advance(cursor: Any, account_id: int, source: Source, webhooks: Sequence[Live], now: datetime) -> int:
    """Notes what is new in one source, in the caller's transaction; how many rows of the outbox that made."""
    cursor.execute(LOCK, [account_id, source.name])
    row = cursor.fetchone()
    if row is None:
        return 0
    head, settled, candidate, swept_at, over = row
    sweeping = now - swept_at >= SWEEP
    at, noted = (settled - source.margin if sweeping else head), 0
    for _page in range(MOST_PAGES):
        last, count, events = source.read(cursor, account_id, at, PAGE)
        noted += note(cursor, account_id, webhooks, events, now)
        at = max(at, last)
        if count < PAGE:
            break
    else:
        sweeping = False  # there is more: go on from here, and sweep when the end is reached
    head = max(head, at)
    if not sweeping:
        cursor.execute(MOVE, [head, account_id, source.name])
        return noted
    if over:
        settled, candidate = candidate, head
    cursor.execute(SWEPT, [head, settled, candidate, now, over, account_id, source.name])
    return noted
