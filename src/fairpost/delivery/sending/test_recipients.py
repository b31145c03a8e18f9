"""Who gets a test mail: addresses with sample attributes, less those that are suppressed."""

from __future__ import annotations

from typing import Any

from pyroaring import BitMap

from fairpost.contacts.queries.suppressions import Mailing, own_suppressions, shared_suppressions
from fairpost.engine.ports import Recipient

SELECT = """
SELECT r.ordinal, r.address, r.canonical, r.attributes, COALESCE(
    (SELECT s.reason FROM suppression AS s WHERE s.canonical = r.canonical AND {own} LIMIT 1),
    (SELECT s.reason FROM shared_suppression AS s WHERE s.canonical = r.canonical AND {shared} LIMIT 1))
FROM test_recipient AS r WHERE r.account_id = %s AND r.campaign_id = %s AND r.ordinal = ANY(%s) ORDER BY r.ordinal
"""


def fetch_test_recipients(
    connection: Any, mailing: Mailing, campaign_id: int, ordinals: BitMap
) -> tuple[list[Recipient], list[tuple[int, str]]]:
    """(those to write to, (ordinal, reason) of those suppressed), like `fetch_recipients` for contacts."""
    own, own_values = own_suppressions(mailing)
    shared, shared_values = shared_suppressions(mailing)
    rows = connection.execute(
        SELECT.format(own=own, shared=shared),
        [*own_values, *shared_values, mailing.account_id, campaign_id, list(ordinals)],
    ).fetchall()
    return [Recipient(*row[:4]) for row in rows if row[4] is None], [
        (r[0], r[4]) for r in rows if r[4] is not None
    ]
