"""Conditions are answered as bitmaps in one pass over a range of ordinals.

The range comes back as one integer array per condition, which numpy reads as it is. So neither side ever holds more
than a range of plain numbers, and Python never makes an int per contact.
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

Compiled = tuple[str, list[Any]]  # SQL over `contact c`, its values

RANGE = 1 << 20  # ordinals that are asked of at once
EVERYBODY = And(())


def scan_contacts(
    connection: Connection[Any], account_id: int, conditions: Sequence[Condition], today: date, span: tuple[int, int]
) -> list[BitMap]:
    """One set for each condition, of the contacts with ordinals from the first to before the second of `span`."""
    if not conditions:
        return []
    columns, where, values = question([compiled(each, today) for each in conditions])
    # By the primary key (account_id, ordinal).
    sql = f"SELECT {columns} FROM contact c WHERE {where} AND c.account_id = %s AND c.ordinal >= %s AND c.ordinal < %s"
    with Cursor(connection) as cursor:
        cursor.execute(sql, [*values, account_id, *span], binary=True)  # type: ignore[arg-type]
        return [ordinals_of(raw_value(cursor, column)) for column in range(len(conditions))]


def compiled(condition: Condition, today: date) -> Compiled:
    return ("true", []) if condition == EVERYBODY else to_sql(condition, today)


def question(asked: Sequence[Compiled]) -> tuple[str, str, list[Any]]:
    """(columns, WHERE, their values): one condition chooses the rows itself, several are told apart in one pass."""
    if len(asked) == 1:
        return "array_agg(c.ordinal)", asked[0][0], asked[0][1]
    columns = ", ".join(f"array_agg(c.ordinal) FILTER (WHERE {condition})" for condition, _values in asked)
    return columns, "true", [value for _condition, own in asked for value in own]


def raw_value(cursor: Cursor[Any], column: int) -> bytes | None:
    """A column of the first row in the server's binary form, not turned into Python objects."""
    return cursor.pgresult.get_value(0, column) if cursor.pgresult else None
