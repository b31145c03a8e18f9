"""Exports contacts as CSV in UTF-8, some thousand at a time, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, TextIO

from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.audit.actions import record
from fairpost.contacts.models import ContactAttribute
from fairpost.contacts.queries.members import list_members
from fairpost.contacts.queries.segments import segment_tree, select_contacts
from fairpost.contacts.scope import own_list
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.tenants.authorise import authorise

PAGE = 5_000
# By the primary key (account_id, ordinal), keyset.
SELECT_PAGE = """
    SELECT ordinal, COALESCE(address, canonical), attributes::text FROM contact
    WHERE account_id = %s AND ordinal > %s ORDER BY ordinal LIMIT %s"""
SELECT_CHOSEN = """
    SELECT ordinal, COALESCE(address, canonical), attributes::text FROM contact
    WHERE account_id = %s AND ordinal = ANY(%s) ORDER BY ordinal"""
# A spreadsheet takes a cell that starts so for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[int, str, str]


def export_contacts(
    *,
    actor: Actor,
    account_id: int,
    out: TextIO,
    list_id: int | None = None,
    segment_id: int | None = None,
    formulas: bool = False,
    reason: str | None = None,
    clock: Clock | None = None,
) -> int:
    """Writes the contacts of the account, of a list or of a segment; returns how many.

    The columns are the address and every attribute the account has declared. A text that a spreadsheet would take for
    a formula gets an apostrophe before it unless `formulas`. The export is on record before its first row.
    """
    authorise(actor, "contacts.export", account_id=account_id, unit_id=actor.unit_id, act="contacts.export")
    clock = clock or SystemClock()
    with transaction.atomic():
        rows = chosen_rows(actor, account_id, list_id, segment_id, clock)
        record(
            actor=actor,
            act="contacts.exported",
            account_id=account_id,
            subject=f"account:{account_id}",
            reason=reason,
            facts={"list_id": list_id, "segment_id": segment_id},
            clock=clock,
        )
    return write_rows(out, rows, attribute_names(account_id), formulas)


def write_rows(out: TextIO, rows: Iterator[Row], names: list[str], formulas: bool) -> int:
    writer = csv.writer(out)
    writer.writerow(["email", *names])
    count = 0
    for _ordinal, address, attributes in rows:
        values = json.loads(attributes)
        cells = [address, *(cell(values.get(name)) for name in names)]
        writer.writerow(cells if formulas else [harmless(each) for each in cells])
        count += 1
    return count


def cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def attribute_names(account_id: int) -> list[str]:
    return list(ContactAttribute.objects.filter(account_id=account_id).order_by("id").values_list("name", flat=True))


def chosen_rows(
    actor: Actor, account_id: int, list_id: int | None, segment_id: int | None, clock: Clock
) -> Iterator[Row]:
    if list_id is None and segment_id is None:
        return all_rows(account_id)
    connection.ensure_connection()
    chosen = None
    if list_id is not None:
        own_list(actor, account_id, list_id)
        chosen = list_members(connection.connection, account_id, [list_id])
    if segment_id is not None:
        tree = segment_tree(actor, account_id, segment_id)
        held = select_contacts(connection.connection, account_id, tree, clock.now())
        chosen = held if chosen is None else chosen & held
    return some_rows(account_id, chosen if chosen is not None else BitMap())


def all_rows(account_id: int) -> Iterator[Row]:
    last = 0
    while True:
        rows = fetched(SELECT_PAGE, [account_id, last, PAGE])
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


def some_rows(account_id: int, ordinals: BitMap) -> Iterator[Row]:
    for start in range(0, len(ordinals), PAGE):
        yield from fetched(SELECT_CHOSEN, [account_id, list(ordinals[start : start + PAGE])])


def fetched(sql: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
