"""Recipients of one attempt: who of these contacts may be mailed now, and why not for each of the rest."""

from __future__ import annotations

import json
from typing import Any

from psycopg import Connection, Cursor
from pyroaring import BitMap

from fairpost.contacts.queries.suppressions import Mailing, own_suppressions, shared_suppressions
from fairpost.engine.ports import Recipient

REMOVED = "removed"

# Each suppression by its primary key: scalar subqueries, so that a few thousand look-ups never become a scan
# of all suppressions. One statement, so that contact and suppression are seen at the same moment.
SELECT_RECIPIENTS = """
    SELECT c.ordinal, COALESCE(c.address, c.canonical), c.canonical, c.attributes::text, COALESCE(
        (SELECT s.reason FROM suppression s WHERE s.canonical = c.canonical AND {own} LIMIT 1),
        (SELECT s.reason FROM shared_suppression s WHERE s.canonical = c.canonical AND {shared} LIMIT 1))
    FROM contact c WHERE c.account_id = %s AND {chosen} ORDER BY c.ordinal"""
# By the primary key (account_id, ordinal). Dense sets read their range and drop what is not in them (the sum
# keeps the second condition off the index): several times faster than looking up each ordinal.
DENSE = "c.ordinal BETWEEN %s AND %s AND c.ordinal + 0 = ANY(%s::integer[])"
SPARSE = "c.ordinal = ANY(%s::integer[])"
DENSE_ENOUGH = 1 / 8


def fetch_recipients(
    connection: Connection[Any],
    account_id: int,
    ordinals: BitMap,
    *,
    unit_id: int | None,
    sending_domain: str,
    joint_sender_id: int | None,
    list_ids: tuple[int, ...] = (),
) -> tuple[list[Recipient], list[tuple[int, str]]]:
    """(those still mailable, (ordinal, reason) of those that are not), each in order of ordinals.

    Meant for some thousand ordinals at a time. The reason is that of a suppression, or `removed`.
    """
    if not ordinals:
        return [], []
    mailing = Mailing(account_id, unit_id, sending_domain, joint_sender_id, tuple(list_ids))
    own, own_values = own_suppressions(mailing)
    shared, shared_values = shared_suppressions(mailing)
    chosen, chosen_values = choice_of(ordinals)
    with Cursor(connection) as cursor:
        # Never a kept plan: one made when the suppressions were few would scan them when they are many.
        cursor.execute(
            SELECT_RECIPIENTS.format(own=own, shared=shared, chosen=chosen),  # type: ignore[arg-type]
            [*own_values, *shared_values, account_id, *chosen_values],
            prepare=False,
            binary=True,
        )
        rows = cursor.fetchall()
    mailable = recipients_of([row for row in rows if row[4] is None])
    withheld = [(row[0], row[4]) for row in rows if row[4] is not None]
    if len(rows) < len(ordinals):
        gone = ordinals - BitMap([row[0] for row in rows])
        withheld = sorted([*withheld, *((ordinal, REMOVED) for ordinal in gone)])
    return mailable, withheld


def choice_of(ordinals: BitMap) -> tuple[str, list[Any]]:
    first, last = ordinals.min(), ordinals.max()
    if len(ordinals) >= (last - first + 1) * DENSE_ENOUGH:
        return DENSE, [first, last, list(ordinals)]
    return SPARSE, [list(ordinals)]


def recipients_of(rows: list[tuple[Any, ...]]) -> list[Recipient]:
    if not rows:
        return []
    ordinals, addresses, canonicals, attributes, _reasons = zip(*rows, strict=True)
    # One call of the JSON reader for all rows: half the time of one call each.
    read = json.loads(f"[{','.join(attributes)}]")
    return list(map(Recipient, ordinals, addresses, canonicals, read))
