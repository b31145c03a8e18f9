"""Sending processes of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from fairpost.engine.journal.record import SIZE


@dataclass(frozen=True, slots=True)
class SenderRow:
    """One registered sending process. `alive` is False where its permit has run out (frozen, cut off or gone)."""

    sender_id: str
    host: str
    pid: int
    alive: bool
    connections: int
    leases: int
    open_intents: int
    started_at: datetime


def senders() -> list[SenderRow]:
    """Every sender whose journal has not been folded to its end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.sender_id, s.host, s.pid, s.granted_at + interval '1 second' > clock_timestamp(), s.connections,"
            " (SELECT count(*) FROM batch AS b WHERE b.sender_id = s.sender_id AND b.state = 'leased'),"
            " octet_length(s.open_intents), s.started_at FROM sender AS s ORDER BY s.started_at, s.sender_id"
        )
        rows = cursor.fetchall()
    return [SenderRow(str(r[0]), r[1], r[2], r[3], r[4], r[5], r[6] // SIZE, r[7]) for r in rows]
