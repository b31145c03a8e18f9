"""Whether mail of a campaign was ever handed to a relay for a recipient, so that only such mail can come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.plan import SHIFT

# All by the primary keys: one batch of at most 4,096 recipients is read.
DISPATCH = "SELECT sending_domain, test FROM dispatch WHERE account_id = %s AND campaign_id = %s"
AUDIENCE = "SELECT members FROM batch_audience WHERE account_id = %s AND campaign_id = %s AND batch_no = %s"
OUTCOMES = """
SELECT members FROM batch_outcome WHERE account_id = %s AND campaign_id = %s AND batch_no = %s
    AND state IN ('accepted', 'deferred', 'failed', 'in_doubt', 'unknown')
"""
WITHHELD = """
SELECT members FROM batch_outcome
WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND state = 'withheld'
"""
LEASED = """
SELECT members FROM batch WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND state = 'leased'
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a dispatched campaign was sent under; `test` for a test mail, whose ordinals are its own."""

    sending_domain: str
    test: bool


def sent_as(cursor: Any, account_id: int, campaign_id: int) -> Sent | None:
    """None where the campaign was never in dispatch."""
    cursor.execute(DISPATCH, [account_id, campaign_id])
    row = cursor.fetchone()
    return Sent(*row) if row else None


def was_attempted(cursor: Any, account_id: int, campaign_id: int, ordinal: int) -> bool:
    """Whether a relay was given the mail, or may have been: a bounce can be here before the journal is folded."""
    place = [account_id, campaign_id, ordinal >> SHIFT]
    if not holds(cursor, AUDIENCE, place, ordinal):
        return False
    if holds(cursor, OUTCOMES, place, ordinal):
        return True
    return holds(cursor, LEASED, place, ordinal) and not holds(cursor, WITHHELD, place, ordinal)


def holds(cursor: Any, sql: str, place: list[int], ordinal: int) -> bool:
    cursor.execute(sql, place)
    return any(ordinal in BitMap.deserialize(bytes(members)) for (members,) in cursor.fetchall())
