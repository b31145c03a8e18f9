"""Where the chain stood, and where it stands: what the register publishes and others keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# Both by the primary key.
PUBLISHED = "SELECT sequence, hash, at FROM audit_head WHERE sequence > %s ORDER BY sequence LIMIT %s"
CURRENT = "SELECT sequence, hash, sealed_at FROM audit_seal ORDER BY sequence DESC LIMIT 1"
LATEST = "SELECT sequence, hash, at FROM audit_head ORDER BY sequence DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Head:
    """After `sequence` seals the last hash was `hash` (64 hexadecimal digits), as of `at`."""

    sequence: int
    hash: str
    at: datetime


def heads(after: int | None = None, limit: int = 100) -> list[Head]:
    """The published heads behind this sequence, in order."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED, [after or 0, limit])
        return [Head(sequence, bytes(digest).hex(), at) for sequence, digest, at in cursor.fetchall()]


def current_head() -> Head | None:
    """The end of the chain now, published or not; None before the first seal."""
    return one(CURRENT)


def latest_head() -> Head | None:
    """The head that was published last."""
    return one(LATEST)


def one(sql: str) -> Head | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return Head(row[0], bytes(row[1]).hex(), row[2]) if row else None
