"""Moves campaigns into the archive 30 days after they ended: 16 batches become one chunk, and the batches go.

Every transaction moves some chunks whole, so at every moment each recipient is in the tables of sending or in the
archive, and what is asked meanwhile gets the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.archive.batches import WIDER
from fairpost.delivery.archive.members import AUDIENCE, packed
from fairpost.delivery.connect import connect
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

AFTER = timedelta(days=30)
CHUNKS = 8  # in one transaction: 128 batches
# What nothing more is written of: every part is done, no relay is asked to hold anything. Some thousand rows, one for
# each campaign of the installation.
ENDED = """
    d.state IN ('finished', 'cancelled') AND d.held_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM batch AS b WHERE b.account_id = d.account_id AND b.campaign_id = d.campaign_id
                    AND b.state <> 'done')
    AND NOT EXISTS (SELECT 1 FROM relay_hold AS h
                    WHERE h.account_id = d.account_id AND h.campaign_id = d.campaign_id)"""
DUE = f"""
SELECT d.account_id, d.campaign_id, d.state_at FROM dispatch AS d
WHERE d.archived_at IS NULL AND d.state_at < %s AND COALESCE(d.finished_at, d.state_at) < %s AND {ENDED}
ORDER BY 1, 2
"""
LOCK = f"""
SELECT 1 FROM dispatch AS d WHERE d.account_id = %s AND d.campaign_id = %s AND d.state_at = %s AND {ENDED} FOR UPDATE
"""
DONE = "UPDATE dispatch SET archived_at = %s WHERE account_id = %s AND campaign_id = %s"
# All by the primary keys' prefix.
FIRST = "SELECT min(batch_no) FROM batch_audience WHERE account_id = %s AND campaign_id = %s"
RANGE = "account_id = %s AND campaign_id = %s AND batch_no >= %s AND batch_no < %s"
AUDIENCES = f"SELECT batch_no, members FROM batch_audience WHERE {RANGE}"
OUTCOMES = f"SELECT batch_no, 0, state, reason, members FROM batch_outcome WHERE {RANGE}"
TOLD = f"SELECT batch_no, relay_id, state, '', members FROM relay_outcome WHERE {RANGE}"
COPY = """
COPY outcome_archive (account_id, campaign_id, chunk, relay_id, state, reason, size, rest, members) FROM STDIN
"""

NOBODY = BitMap()
Key = tuple[int, str, str]  # relay, state, reason


def archive_ended(clock: Clock = SYSTEM_CLOCK) -> int:
    """Archives what is due; returns how many campaigns. A periodic job, cut off at any moment."""
    now = clock.now()
    with connect() as own:
        due = own.execute(DUE, [now - AFTER, now - AFTER]).fetchall()
        return sum(archive_campaign(own, account, campaign, state_at, now) for account, campaign, state_at in due)


def archive_campaign(connection: Any, account_id: int, campaign_id: int, state_at: datetime, now: datetime) -> bool:
    """Moves one campaign; False where it is going on again."""
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(LOCK, [account_id, campaign_id, state_at])
            if cursor.fetchone() is None:
                return False
            cursor.execute(FIRST, [account_id, campaign_id])
            first = cursor.fetchone()[0]
            if first is None:
                cursor.execute(DONE, [now, account_id, campaign_id])
                return True
            chunk = first >> WIDER
            move_chunks(cursor, account_id, campaign_id, chunk << WIDER, (chunk + CHUNKS) << WIDER)


def move_chunks(cursor: Any, account_id: int, campaign_id: int, first: int, end: int) -> None:
    """Everything of the batches from `first` to before `end`, both on the border of a chunk."""
    place = [account_id, campaign_id, first, end]
    audiences: dict[int, BitMap] = defaultdict(BitMap)
    cursor.execute(AUDIENCES, place)
    for number, members in cursor.fetchall():
        audiences[number >> WIDER] |= BitMap.deserialize(bytes(members))
    states: dict[int, dict[Key, BitMap]] = defaultdict(lambda: defaultdict(BitMap))
    for sql in (OUTCOMES, TOLD):
        cursor.execute(sql, place)
        for number, relay, state, reason, members in cursor.fetchall():
            states[number >> WIDER][relay, state, reason] |= BitMap.deserialize(bytes(members))
    with cursor.copy(COPY) as copy:
        for chunk, audience in sorted(audiences.items()):
            copy.write_row((account_id, campaign_id, chunk, 0, AUDIENCE, "", len(audience), *packed(audience, NOBODY)))
            for key, members in sorted(states[chunk].items()):
                copy.write_row((account_id, campaign_id, chunk, *key, len(members), *packed(members, audience)))
    for table in ("batch", "batch_audience", "batch_outcome", "relay_outcome"):
        cursor.execute(f"DELETE FROM {table} WHERE {RANGE}", place)
