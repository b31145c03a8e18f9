"""The merge makes contacts of staged rows in one transaction: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import sql
from pyroaring import BitMap

from fairpost.contacts.erased import erased_addresses
from fairpost.contacts.imports.staging import staging_table

CLOCKS_APART = timedelta(hours=1)  # of the machine that imports and the one that erases, at most
FOLDER = Path(__file__).with_name("sql")
UNKNOWN = "WHERE NOT EXISTS (SELECT FROM known_contact k WHERE k.canonical = s.canonical)"


@dataclass(frozen=True, slots=True)
class Merged:
    """Counts of contacts, and the ordinals of everybody in the file."""

    new: int
    updated: int
    unchanged: int
    members: BitMap


def merge_staged(cursor: Any, import_id: int, account_id: int, keep: str, now: datetime) -> Merged:
    """Upserts the staged rows. Run it inside a transaction: it holds the account's door for new contacts until then.

    `keep` says which of several rows with one address counts, the first or the last.
    """
    order = "DESC" if keep == "last" else "ASC"
    cursor.execute("SET LOCAL work_mem = '128MB'")
    first = lock_ordinals(cursor, account_id)
    places = {"account_id": account_id, "now": now, "next": first}
    known, updated = BitMap(), 0
    if first > 1:
        cursor.execute(sql.SQL("ANALYZE {}").format(staging_table(import_id)))
        run(cursor, "known", places, import_id, order)
        cursor.execute("ANALYZE known_contact")
        cursor.execute("SELECT ordinal FROM known_contact")
        known = ordinals_from(cursor)
        run(cursor, "update", places, import_id, order)
        updated = cursor.rowcount
    run(cursor, "insert", places, import_id, order, UNKNOWN if first > 1 else "")
    new = cursor.rowcount
    cursor.execute("DROP TABLE IF EXISTS known_contact")
    cursor.execute("UPDATE contact_ordinal SET next = next + %s WHERE account_id = %s", [new, account_id])
    members = known | BitMap(range(first, first + new))
    return Merged(new, updated, len(known) - updated, members)


def drop_erased(cursor: Any, import_id: int, account_id: int, begun: datetime) -> int:
    """Removes staged rows of addresses that were erased since the import began, behind the account's door.

    Whoever was erased before was not staged. Mostly there are none, and nothing is read.
    """
    lock_ordinals(cursor, account_id)
    erased = erased_addresses(cursor, account_id, since=begun - CLOCKS_APART)
    if not erased:
        return 0
    cursor.execute(sql.SQL("SELECT DISTINCT canonical FROM {}").format(staging_table(import_id)))
    gone = []
    while rows := cursor.fetchmany(65_536):
        gone += [canonical for (canonical,) in rows if canonical in erased]
    if not gone:
        return 0
    cursor.execute(sql.SQL("DELETE FROM {} WHERE canonical = ANY(%s)").format(staging_table(import_id)), [gone])
    return cursor.rowcount


def run(cursor: Any, name: str, places: dict[str, Any], import_id: int, order: str, unknown: str = "") -> None:
    statement = sql.SQL((FOLDER / f"{name}.sql").read_text())  # type: ignore[arg-type]
    cursor.execute(
        statement.format(staging=staging_table(import_id), order=sql.SQL(order), unknown=sql.SQL(unknown)),  # type: ignore[arg-type]
        places,
    )


def lock_ordinals(cursor: Any, account_id: int) -> int:
    """The next free ordinal of the account, held until the transaction ends: nobody else adds contacts meanwhile."""
    cursor.execute("INSERT INTO contact_ordinal (account_id, next) VALUES (%s, 1) ON CONFLICT DO NOTHING", [account_id])
    cursor.execute("SELECT next FROM contact_ordinal WHERE account_id = %s FOR UPDATE", [account_id])
    return cursor.fetchone()[0]


def ordinals_from(cursor: Any) -> BitMap:
    """One column of ordinals, some thousand at a time."""
    found = BitMap()
    while rows := cursor.fetchmany(65_536):
        found |= BitMap([ordinal for (ordinal,) in rows])
    return found
