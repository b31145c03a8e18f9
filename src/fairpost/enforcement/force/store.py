"""The table of what is in force, and this process's snapshot of it.

Whoever writes raises `force_version` first and holds its row until the commit: versions become visible in their order,
and whoever has seen one has seen everything before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.enforcement.force.force import Force, Source, force_from_row
from fairpost.enforcement.force.snapshot import Snapshot
from fairpost.enforcement.scope.selector import Scope

SNAPSHOT = Snapshot()

VERSION = "SELECT version FROM force_version"
# By the index force_version_of: what changed since.
CHANGED = """
SELECT id, source, source_id, decision_id, kind, scope, effect, starts_at, ends_at, stays, ended, version
FROM force WHERE version > %s ORDER BY version, id
"""
COLUMNS = (
    "id", "source", "source_id", "decision_id", "kind", "scope", "effect", "starts_at", "ends_at", "stays", "ended",
    "version",
)  # fmt: skip
PUT = """
INSERT INTO force (source, source_id, decision_id, kind, scope, effect, starts_at, ends_at, stays, ended, version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, false, %s)
ON CONFLICT (source, source_id) DO UPDATE SET scope = EXCLUDED.scope, effect = EXCLUDED.effect,
    starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, stays = EXCLUDED.stays, ended = false,
    version = EXCLUDED.version
RETURNING id
"""


def raise_version(cursor: Any) -> int:
    """The next version, in the caller's transaction; other writers wait for its end."""
    cursor.execute("UPDATE force_version SET version = version + 1 RETURNING version")
    return cursor.fetchone()[0]


def put_force(
    *,
    source: Source,
    source_id: int,
    kind: str,
    scope: Scope,
    effect: Mapping[str, Any],
    starts_at: datetime,
    ends_at: datetime | None,
    decision_id: int | None = None,
    stays: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Puts a measure, pause or period into force, or changes its term, in the caller's transaction.

    `effect` has any of denies (list), review, per_hour, audience, spares_cleared. Returns the number of the force.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PUT,
            [
                source, source_id, decision_id, kind, json.dumps(scope.to_json()), json.dumps(dict(effect)),
                starts_at, ends_at, json.dumps(list(stays)), raise_version(cursor),
            ],
        )  # fmt: skip
        return cursor.fetchone()[0]


def end_force(source: Source, source_id: int) -> bool:
    """Takes it out of force, in the caller's transaction. False where it was not in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE force SET ended = true, version = %s WHERE source = %s AND source_id = %s AND NOT ended",
            [raise_version(cursor), source, source_id],
        )
        return cursor.rowcount == 1


def change_stays(source_id: int, stays: Sequence[Mapping[str, Any]]) -> None:
    """Says anew when and where a measure is stayed, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE force SET stays = %s, version = %s WHERE source = 'measure' AND source_id = %s",
            [json.dumps(list(stays)), raise_version(cursor), source_id],
        )


def refresh(executor: Any, snapshot: Snapshot = SNAPSHOT) -> Snapshot:
    """Brings a snapshot up to date: one short query where nothing changed.

    `executor` is a psycopg connection or a cursor, Django's included. Inside a transaction it sees that transaction's
    own writes: such a snapshot must not be the process's one, so pass another.
    """
    version = rows_of(executor, VERSION)[0][0]
    if version != snapshot.version:
        # A version that went back is another database (a test, a restore): begin anew.
        since = snapshot.version if version > snapshot.version else 0
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in rows_of(executor, CHANGED, [since])]
        with snapshot.lock:
            if since == 0:
                snapshot.apply(0, (), list(snapshot.forces))
            take_in(snapshot, rows, version)
    return snapshot


def take_in(snapshot: Snapshot, rows: Sequence[Mapping[str, Any]], version: int) -> None:
    live: list[Force] = []
    ended: list[int] = []
    for row in rows:
        if row["ended"]:
            ended.append(row["id"])
        else:
            live.append(force_from_row({**row, **{name: plain(row[name]) for name in ("scope", "effect", "stays")}}))
    snapshot.apply(max([version, *(row["version"] for row in rows)]), live, ended)


def plain(value: Any) -> Any:
    """Django's cursors give jsonb as text, psycopg's as what it means."""
    return json.loads(value) if isinstance(value, str) else value


def rows_of(executor: Any, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    found = executor.execute(sql, values)
    return (executor if found is None else found).fetchall()


def current() -> Snapshot:
    """A snapshot that is up to date with everything this connection can see.

    Inside a transaction that may be what is not committed yet and may never be, so the process's own snapshot is
    used where it is as new, and never changed.
    """
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            return refresh(cursor)
        if rows_of(cursor, VERSION)[0][0] == SNAPSHOT.version:
            return SNAPSHOT
        own = Snapshot()
        with SNAPSHOT.lock:
            own.apply(SNAPSHOT.version, SNAPSHOT.forces.values(), ())
        return refresh(cursor, own)
