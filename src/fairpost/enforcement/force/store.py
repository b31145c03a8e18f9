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
from fairpost.enforcement.force.snapshot import Overlay, Snapshot
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

    `executor` is a psycopg connection or a cursor, Django's included, outside any transaction that has changed what is
    in force: what is not committed must not get in.
    """
    version = rows_of(executor, VERSION)[0][0]
    if version != snapshot.version:
        # A version that went back is another database (a test, a restore): begin anew.
        since = snapshot.version if version > snapshot.version else 0
        latest, live, ended = changes(executor, since, version)
        with snapshot.lock:
            if since == 0:
                snapshot.apply(0, (), list(snapshot.forces))
            snapshot.apply(latest, live, ended)
    return snapshot


def changes(executor: Any, since: int, version: int) -> tuple[int, list[Force], list[int]]:
    """(the latest version, what came into force or changed, numbers of what ended) after the version `since`."""
    live: list[Force] = []
    ended: list[int] = []
    for values in rows_of(executor, CHANGED, [since]):
        row = dict(zip(COLUMNS, values, strict=True))
        version = max(version, row["version"])
        if row["ended"]:
            ended.append(row["id"])
        else:
            live.append(force_from_row({**row, **{name: plain(row[name]) for name in ("scope", "effect", "stays")}}))
    return version, live, ended


def plain(value: Any) -> Any:
    """Django's cursors give jsonb as text, psycopg's as what it means."""
    return json.loads(value) if isinstance(value, str) else value


def rows_of(executor: Any, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    found = executor.execute(sql, values)
    return (executor if found is None else found).fetchall()


def current() -> Snapshot | Overlay:
    """What is in force as far as this connection can see.

    Inside a transaction that may be what is not committed yet and may never be: it lies on top of the process's own
    snapshot, which never learns of it.
    """
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            return refresh(cursor)
        version = rows_of(cursor, VERSION)[0][0]
        if version == SNAPSHOT.version:
            return SNAPSHOT
        if version < SNAPSHOT.version:  # another database
            return Overlay(Snapshot(), *changes(cursor, 0, version))
        return Overlay(SNAPSHOT, *changes(cursor, SNAPSHOT.version, version))
