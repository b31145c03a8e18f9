"""Builders for dispatch: a campaign in dispatch without contacts, content or relays, for tests of gate and fold."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.delivery.connect import connect
from fairpost.delivery.plan import write_batches
from fairpost.engine.journal.writer import JournalWriter
from fairpost.kernel.clock import FixedClock

AT = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
LATE = datetime(2027, 1, 7, 9, 0, tzinfo=UTC)


def clock() -> FixedClock:
    return FixedClock(AT)


def dispatch(account_id: int, campaign_id: int, members: BitMap, *, state: str = "running") -> None:
    """A campaign in dispatch with these ordinals as its frozen audience."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
            " unit_id, sending_domain, audience_size, frozen_at, latest_at)"
            " VALUES (%s, %s, %s, %s, 1, 1, 1, 1, 'a.example', %s, %s, %s)",
            [account_id, campaign_id, state, AT, len(members), AT, LATE],
        )
    with connect() as own:
        write_batches(own, account_id, campaign_id, members, AT)


class FakeSender:
    """A registered sender with a journal, as the database and the fold see it."""

    def __init__(self, folder: Path, connections: int = 4) -> None:
        self.sender_id = uuid.uuid4()
        self.path = folder / f"{self.sender_id}.journal"
        self.journal = JournalWriter(self.path)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO sender (sender_id, host, pid, connections, started_at, granted_at)"
                " VALUES (%s, 'test', 1, %s, %s, clock_timestamp())",
                [self.sender_id, connections, AT],
            )

    def lease(self, account_id: int, campaign_id: int) -> list[tuple[tuple[int, int, int, int], BitMap]]:
        """Leases everything that is ready, whatever its time. Returns (key, members) of each part."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE batch SET state = 'leased', sender_id = %s WHERE account_id = %s AND campaign_id = %s"
                " AND state = 'ready' RETURNING batch_no, part, members",
                [self.sender_id, account_id, campaign_id],
            )
            rows = cursor.fetchall()
        return [((account_id, campaign_id, number, part), BitMap.deserialize(bytes(m))) for number, part, m in rows]

    def die(self) -> None:
        """Lets go of the lock as the kernel does for a killed process; what was not flushed is gone."""
        self.journal.waiting.clear()
        self.journal.close()


def outcome_sets(account_id: int, campaign_id: int) -> dict[tuple[str, str], set[int]]:
    """(state, reason) -> ordinals, as the accounting has them."""
    found: dict[tuple[str, str], set[int]] = {}
    for state, reason, members in rows("SELECT state, reason, members FROM batch_outcome WHERE account_id = %s"
                                       " AND campaign_id = %s", account_id, campaign_id):  # fmt: skip
        found.setdefault((state, reason), set()).update(BitMap.deserialize(bytes(members)))
    return found


def parts(account_id: int, campaign_id: int) -> list[Any]:
    """(batch, part, state, members, destination, attempts, not_before) of every part."""
    return [
        (*row[:3], set(BitMap.deserialize(bytes(row[3]))), *row[4:])
        for row in rows(
            "SELECT batch_no, part, state, members, destination, attempts, not_before FROM batch"
            " WHERE account_id = %s AND campaign_id = %s ORDER BY 1, 2",
            account_id,
            campaign_id,
        )
    ]


def rows(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
