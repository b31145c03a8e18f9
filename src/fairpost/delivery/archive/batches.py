"""One batch of a campaign, from the tables of sending or from the archive: its audience and what became of each."""

from __future__ import annotations

from typing import Any

from pyroaring import BitMap

from fairpost.delivery.archive.members import AUDIENCE, CHUNK_BITS, Archived, archived_chunk
from fairpost.delivery.plan import SHIFT

WIDER = CHUNK_BITS - SHIFT  # 16 batches are one chunk
# By the primary keys; in one statement, so that nothing is moved to the archive in between.
BATCH = """
SELECT '', '', members FROM batch_audience
WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND batch_no = %(number)s
UNION ALL
SELECT state, reason, members FROM batch_outcome
WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND batch_no = %(number)s
"""
# By the primary keys.
NEXT = """
SELECT min(number) FROM (
    (SELECT batch_no AS number FROM batch_audience
     WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND batch_no >= %(number)s
     ORDER BY batch_no LIMIT 1)
    UNION ALL
    (SELECT greatest(chunk << 4, %(number)s) FROM outcome_archive
     WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND chunk >= %(number)s >> 4
     ORDER BY chunk LIMIT 1)
) AS found
"""


def batch_states(cursor: Any, account_id: int, campaign_id: int, number: int) -> Archived | None:
    """Audience and outcomes of one range of 4,096 ordinals; None where nobody of the audience is in it."""
    cursor.execute(BATCH, {"account": account_id, "campaign": campaign_id, "number": number})
    states = {(state, reason): BitMap.deserialize(bytes(members)) for state, reason, members in cursor.fetchall()}
    audience = states.pop((AUDIENCE, ""), None)
    if audience is None:
        return archived_batch(cursor, account_id, campaign_id, number)
    return Archived(audience, states)


def archived_batch(cursor: Any, account_id: int, campaign_id: int, number: int) -> Archived | None:
    chunk = archived_chunk(cursor, account_id, campaign_id, number >> WIDER)
    if chunk is None:
        return None
    span = BitMap(range(number << SHIFT, (number + 1) << SHIFT))
    audience = chunk.audience & span
    if not audience:
        return None
    return Archived(audience, {state: members & span for state, members in chunk.states.items()})


def next_batch(cursor: Any, account_id: int, campaign_id: int, number: int) -> int:
    """The first batch from `number` on that may hold somebody; -1 where there is none."""
    cursor.execute(NEXT, {"account": account_id, "campaign": campaign_id, "number": number})
    found = cursor.fetchone()[0]
    return -1 if found is None else found
