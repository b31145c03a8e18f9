"""How far a spool is folded changes in the transaction that writes what it held: nothing is lost or counted twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

READ = "SELECT folded FROM spool_offset WHERE spool = %s"
MOVE = "UPDATE spool_offset SET folded = %s WHERE spool = %s AND folded = %s"
BEGIN = "INSERT INTO spool_offset (spool, folded) VALUES (%s, %s) ON CONFLICT DO NOTHING"
FORGET = "DELETE FROM spool_offset WHERE spool = %s"


class Displaced(Exception):
    """Another fold moved this spool on; it is read anew from the stored offset."""


def folded_to(cursor: Any, spool: UUID) -> int:
    """The offset in octets that the next fold begins at."""
    cursor.execute(READ, [spool])
    row = cursor.fetchone()
    return row[0] if row else 0


def move_offset(cursor: Any, spool: UUID, before: int, after: int) -> None:
    """In the caller's transaction. A second fold of the same spool, started by mistake, waits here and is Displaced."""
    if before == 0:
        cursor.execute(BEGIN, [spool, after])
        if cursor.rowcount:
            return
    cursor.execute(MOVE, [after, spool, before])
    if cursor.rowcount != 1:
        raise Displaced(spool)


def forget_offset(cursor: Any, spool: UUID) -> None:
    """After its file is gone."""
    cursor.execute(FORGET, [spool])
