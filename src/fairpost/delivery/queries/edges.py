"""The edges of the installation: which of them answer, and since when the others are silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from fairpost.delivery.gate.edges import SILENT


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """One edge. While one is `silent` and not declared lost no batch is leased."""

    edge_id: str
    host: str
    started_at: datetime
    seen_at: datetime
    silent: bool
    lost_at: datetime | None
    lost_by: str
    lost_reason: str


def edges() -> list[EdgeRow]:
    """Every edge that has registered and not ended, those declared lost included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT edge_id, host, started_at, seen_at, lost_at IS NULL AND seen_at < clock_timestamp()"
            " - make_interval(secs => %s), lost_at, lost_by, lost_reason FROM edge ORDER BY started_at, edge_id",
            [SILENT],
        )
        return [EdgeRow(str(row[0]), *row[1:]) for row in cursor.fetchall()]


def silent_edges() -> list[EdgeRow]:
    """Those that senders wait for now."""
    return [each for each in edges() if each.silent]
