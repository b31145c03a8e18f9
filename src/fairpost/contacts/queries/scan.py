"""Conditions are answered as bitmaps in one pass over the account's contacts, in bounded memory.

The pass goes by ranges of ordinals; each range comes back as one integer array per condition, which numpy
reads as it is. So neither side ever holds more than a range of plain numbers, and Python never makes an int
per contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg import Connection, Cursor
from pyroaring import BitMap

from fairpost.contacts.queries.members import ordinals_of
from fairpost.segments.sql import to_sql
from fairpost.segments.tree import And, Condition

RANGE = 1 << 20
EVERYBODY = And(())


def ordinal_ranges(connection: Connection[Any], account_id: int) -> list[tuple[int, int]]:
    """Half-open ranges that cover every ordinal the account has given out."""
    row = connection.execute("SELECT next FROM contact_ordinal WHERE account_id = %s", (account_id,)).fetchone()
    end = row[0] if row else 1
    return [(start, min(start + RANGE, end)) for start in range(0, end, RANGE)]


def scan_contacts(
    connection: Connection[Any],
    account_id: int,
    conditions: Sequence[Condition],
    today: date,
    extra: Sequence[tuple[str, list[Any]]] = (),
    span: tuple[int, int] | None = None,
) -> list[BitMap]:
    """One set of ordinals for each condition, then for each of `extra` (SQL over `contact c`, parameters).

    With `span` only contacts with ordinals from its first to before its second number are looked at.
    """
    compiled = [("true", []) if each == EVERYBODY else to_sql(each, today) for each in conditions] + list(extra)
    found = [BitMap() for _each in compiled]
    if not compiled:
        return found
    sql, values = range_query(compiled)
    with Cursor(connection) as cursor:
        for start, end in [span] if span else ordinal_ranges(connection, account_id):
            cursor.execute(sql, [*values, account_id, start, end], binary=True)  # type: ignore[arg-type]
            for column, members in enumerate(found):
                members |= ordinals_of(raw_value(cursor, column))
    return found


def raw_value(cursor: Cursor[Any], column: int) -> bytes | None:
    """A column of the first row in the server's binary form, not turned into Python objects."""
    return cursor.pgresult.get_value(0, column) if cursor.pgresult else None


def range_query(compiled: Sequence[tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    """The aggregate over one range of ordinals; by the primary key (account_id, ordinal)."""
    if len(compiled) == 1:
        columns, where = ["array_agg(c.ordinal)"], f" AND {compiled[0][0]}"
        values: list[Any] = []
        tail = compiled[0][1]
    else:
        columns = [f"array_agg(c.ordinal) FILTER (WHERE {condition})" for condition, _values in compiled]
        where, tail = "", []
        values = [value for _condition, own in compiled for value in own]
    head = f"SELECT {', '.join(columns)} FROM contact c WHERE true{where}"
    return f"{head} AND c.account_id = %s AND c.ordinal >= %s AND c.ordinal < %s", values + tail
