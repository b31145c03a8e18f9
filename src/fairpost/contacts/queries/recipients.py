"""Recipients of one attempt: who of these contacts may be mailed now, and why not for each of the rest."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from pyroaring import BitMap

from fairpost.contacts.queries.suppressions import Mailing, own_suppressions, shared_suppressions
from fairpost.engine.ports import Recipient

REMOVED = "removed"

# The contacts by the primary key (account_id, ordinal); each suppression by its primary key.
# Scalar subqueries, so that a few thousand look-ups never become a scan of all suppressions.
SELECT_RECIPIENTS = """
    SELECT c.ordinal, COALESCE(c.address, c.canonical), c.canonical, c.attributes, COALESCE(
        (SELECT s.reason FROM suppression s WHERE s.canonical = c.canonical AND {own} LIMIT 1),
        (SELECT s.reason FROM shared_suppression s WHERE s.canonical = c.canonical AND {shared} LIMIT 1))
    FROM contact c WHERE c.account_id = %s AND c.ordinal = ANY(%s) ORDER BY c.ordinal"""


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
    mailing = Mailing(account_id, unit_id, sending_domain, joint_sender_id, tuple(list_ids))
    own, own_values = own_suppressions(mailing)
    shared, shared_values = shared_suppressions(mailing)
    with connection.cursor(binary=True) as cursor:
        # Never a kept plan: one made when the suppressions were few would scan them when they are many.
        cursor.execute(
            SELECT_RECIPIENTS.format(own=own, shared=shared),  # type: ignore[arg-type]
            [*own_values, *shared_values, account_id, list(ordinals)],
            prepare=False,
        )
        rows = cursor.fetchall()
    mailable = [Recipient(*row[:4]) for row in rows if row[4] is None]
    withheld = [(row[0], row[4]) for row in rows if row[4] is not None]
    if len(rows) < len(ordinals):
        gone = ordinals - BitMap(row[0] for row in rows)
        withheld = sorted([*withheld, *((ordinal, REMOVED) for ordinal in gone)])
    return mailable, withheld
