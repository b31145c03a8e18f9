"""No batch is leased while an edge is silent: it may have taken unsubscribes that the database does not know.

An edge is seen when, in one transaction, all that it has acknowledged is folded and `seen_at` is set. It promises
not to acknowledge on its own spool alone before SILENT seconds have passed since then, counted by itself from after
the server had set it. So whoever leases while every edge is seen knows of every acknowledged unsubscribe, also when
only the edge has lost the database. An edge that ends removes its row; one that never comes back is declared lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

SILENT = 2.0  # seconds after which an edge counts as silent, by the server's clock

# Times of edges are the server's own (clock_timestamp), because silence is a real duration and not product time.
SEEN = "UPDATE edge SET seen_at = clock_timestamp() WHERE edge_id = %s AND lost_at IS NULL"
REGISTER = """
    INSERT INTO edge (edge_id, host, started_at, seen_at) VALUES (%s, %s, %s, clock_timestamp())
    ON CONFLICT (edge_id) DO NOTHING"""
# A handful of rows.
SILENT_EDGE = (
    f"EXISTS (SELECT 1 FROM edge WHERE lost_at IS NULL AND seen_at < clock_timestamp() - interval '{SILENT} s')"
)


def register_edge(connection: Any, edge_id: UUID, host: str, now: datetime) -> None:
    """From now on senders wait for this edge. Again is harmless: it stays as silent as it was."""
    connection.execute(REGISTER, [edge_id, host, now])


def edge_seen(connection: Any, edge_id: UUID) -> bool:
    """Says, in the caller's transaction, that all it acknowledged is folded; False where it was declared lost."""
    return connection.execute(SEEN, [edge_id]).rowcount == 1


def retire_edge(connection: Any, edge_id: UUID) -> None:
    """Nobody waits for it any more. Only for an edge that takes nothing any more and has folded everything."""
    connection.execute("DELETE FROM edge WHERE edge_id = %s", [edge_id])
