"""Reads from the journal's trail which relay accepted a message, and under which queue id.

The trail is kept compressed by batch for 30 days, which is longer than any queue keeps a message. Batches of which a
relay has told the end of everybody are not read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from pyroaring import BitMap

from fairpost.delivery.reach.adapter import Campaign
from fairpost.delivery.reach.tally import ENDED
from fairpost.engine.journal.record import STATES, Kind, parse

ACCEPTED = STATES.index("accepted")
GROUP = 16  # batches read at once: some 8 MB at most
PORTION = 50_000  # queue ids handed on at once: a program run for each segment would take most of the time
# Postfix's last word in its reply to the final dot. Nothing else than letters and digits is ever handed on.
QUEUED_AS = re.compile(rb"queued as ([A-Za-z0-9]{6,20})(?![A-Za-z0-9])")

# By the primary keys' prefix: one row per batch, state and reason.
UNENDED = """
SELECT outcome.batch_no FROM (
    SELECT batch_no, sum(size) AS size, bool_or(reason = 'possibly doubled') AS doubled FROM batch_outcome
    WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND state = 'accepted' GROUP BY batch_no
) AS outcome LEFT JOIN (
    SELECT batch_no, sum(size) AS size FROM relay_outcome
    WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND state = ANY(%(ended)s) GROUP BY batch_no
) AS ended USING (batch_no)
WHERE outcome.doubled OR outcome.size > coalesce(ended.size, 0) ORDER BY 1
"""
SEGMENTS = "SELECT records FROM journal_segment WHERE account_id = %s AND campaign_id = %s AND batch_no = ANY(%s)"
SINCE = "SELECT records FROM journal_segment WHERE account_id = %s AND campaign_id = %s AND folded_at >= %s"
DOUBLED = """
SELECT members FROM batch_outcome
WHERE account_id = %s AND campaign_id = %s AND batch_no = ANY(%s) AND state = 'accepted' AND reason <> ''
"""
ENDS = """
SELECT members FROM relay_outcome
WHERE account_id = %s AND campaign_id = %s AND batch_no = ANY(%s) AND state = ANY(%s)
"""

Accepted = tuple[np.ndarray, np.ndarray, list[bytes]]  # ordinals, relays, replies


def queue_ids(
    connection: Any, campaign: Campaign, relay_id: int, since: datetime | None = None
) -> Iterator[dict[str, int]]:
    """Queue id -> ordinal of what this relay may still queue, in portions. With `since` only what was folded then."""
    found: dict[str, int] = {}
    for (ordinals, relays, replies), ended in outstanding(connection, campaign, since):
        for ordinal, relay, reply in zip(ordinals.tolist(), relays.tolist(), replies, strict=True):
            if relay == relay_id and ordinal not in ended:
                said = QUEUED_AS.search(reply)
                if said:
                    found[said[1].decode()] = ordinal
        if len(found) >= PORTION:
            yield found
            found = {}
    if found:
        yield found


def accepted_by(connection: Any, campaign: Campaign, relay_ids: frozenset[int]) -> dict[int, BitMap]:
    """Who was accepted by each of these relays and is not known to have been delivered, bounced or discarded."""
    found = {each: BitMap() for each in relay_ids}
    for (ordinals, relays, _replies), ended in outstanding(connection, campaign, None):
        for relay in relay_ids:
            found[relay] |= BitMap(ordinals[relays == relay].tolist()) - ended
    return found


def outstanding(connection: Any, campaign: Campaign, since: datetime | None) -> Iterator[tuple[Accepted, BitMap]]:
    """Accepted messages with everybody of their batches whose end is known."""
    if since is not None:
        for (packed,) in connection.execute(SINCE, [*campaign, since]).fetchall():
            yield accepted_in(packed), BitMap()
        return
    given = {"account": campaign[0], "campaign": campaign[1], "ended": list(ENDED)}
    numbers = [row[0] for row in connection.execute(UNENDED, given)]
    for start in range(0, len(numbers), GROUP):
        group = numbers[start : start + GROUP]
        ended = union(connection.execute(ENDS, [*campaign, group, list(ENDED)]))
        # Of somebody who got two messages one may have ended and the other may be queued.
        ended -= union(connection.execute(DOUBLED, [*campaign, group]))
        for (packed,) in connection.execute(SEGMENTS, [*campaign, group]).fetchall():
            yield accepted_in(packed), ended


def union(rows: Any) -> BitMap:
    found = BitMap()
    for (members,) in rows:
        found |= BitMap.deserialize(bytes(members))
    return found


def accepted_in(packed: Any) -> Accepted:
    """The accepted messages of one segment; a long reply is put together from the records that carry it on."""
    rows = parse(zlib.decompress(bytes(packed)))
    places = np.flatnonzero((rows["kind"] == Kind.OUTCOME) & (rows["state"] == ACCEPTED))
    texts = [bytes(each) for each in rows["text"][places]]
    if (rows["kind"] == Kind.CONTINUED).any():
        kinds, all_texts = rows["kind"].tolist(), rows["text"].tolist()
        for number, place in enumerate(places.tolist()):
            while place + 1 < len(kinds) and kinds[place + 1] == Kind.CONTINUED:
                place += 1
                texts[number] += all_texts[place]
    return rows["ordinal"][places], rows["relay"][places], [each.partition(b"\n")[2] for each in texts]
