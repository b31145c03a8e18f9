"""At most once a minute the end of the chain is published, so that a tail cut off later shows."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from fairpost.audit.queries.heads import current_head, latest_head
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

APART = timedelta(minutes=1)
APPEND = "INSERT INTO audit_head (sequence, hash, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


def publish_head(clock: Clock = SYSTEM_CLOCK) -> int:
    """Publishes the head where something was sealed since the last one, a minute after it; a periodic job."""
    now, current, latest = clock.now(), current_head(), latest_head()
    if current is None:
        return 0
    if latest and (latest.sequence >= current.sequence or latest.at <= now < latest.at + APART):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [current.sequence, bytes.fromhex(current.hash), now])
        return cursor.rowcount
