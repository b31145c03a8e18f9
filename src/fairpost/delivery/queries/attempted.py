"""Whether mail of a campaign was ever handed to a relay for a recipient, so that only such mail can come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.archive.batches import batch_states
from fairpost.delivery.plan import SHIFT

HANDED_OVER = frozenset({"accepted", "deferred", "failed", "in_doubt", "unknown"})

# Both by the primary key.
DISPATCH = "SELECT sending_domain, test FROM dispatch WHERE account_id = %s AND campaign_id = %s"
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
    found = batch_states(cursor, account_id, campaign_id, ordinal >> SHIFT)
    if found is None or ordinal not in found.audience:
        return False
    states = {state for (state, _reason), members in found.states.items() if ordinal in members}
    if states:
        return bool(states & HANDED_OVER)
    cursor.execute(LEASED, [account_id, campaign_id, ordinal >> SHIFT])
    return any(ordinal in BitMap.deserialize(bytes(members)) for (members,) in cursor.fetchall())
