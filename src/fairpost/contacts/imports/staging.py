"""Staged rows and the offset they came from are committed together, so that an import can go on where it stopped.

The staging table is UNLOGGED: a crash of the server empties it, which `is_whole` sees, and the import
starts over.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql


def staging_table(import_id: int) -> sql.Identifier:
    return sql.Identifier(f"contact_staging_{int(import_id)}")


def create_staging(import_id: int) -> None:
    """An empty table for this import. It is nobody else's, so dropping it is all the tidying there is."""
    table = staging_table(import_id)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
        cursor.execute(
            sql.SQL(
                'CREATE UNLOGGED TABLE {} (line integer, canonical text COLLATE "C", address text, attributes jsonb)'
            ).format(table)
        )


def drop_staging(import_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(staging_table(import_id)))


def is_whole(import_id: int, staged: int) -> bool:
    """Whether the table still has as many rows as were staged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"contact_staging_{int(import_id)}"])
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(staging_table(import_id)))
        return cursor.fetchone()[0] == staged


def copy_rows(cursor: Any, import_id: int, data: bytes) -> None:
    """Adds rows in COPY's text format. The caller's transaction also moves the offset."""
    statement = sql.SQL("COPY {} FROM STDIN").format(staging_table(import_id))
    with cursor.copy(statement) as copy:
        copy.write(data)
