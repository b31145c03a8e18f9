"""Adds up what a campaign came to by domain, some minutes after anything changed."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from pyroaring import BitMap

from fairpost.delivery.connect import connect
from fairpost.delivery.queries.received import received
from fairpost.events.domains.chunks import SPAN, domain_chunk
from fairpost.events.kinds import BY_MACHINE, CLICK, COMPLAINT, HARD_BOUNCE, OPEN, SOFT_BOUNCE, UNSUBSCRIBE
from fairpost.events.members import by_chunk
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

AGAIN = timedelta(minutes=10)  # a campaign is added up anew so often at most
MOST = 200  # domains kept apart for each campaign; the others together
OTHERS = ""
COLUMNS = {
    "opened": OPEN,
    "clicked": CLICK,
    "unsubscribed": UNSUBSCRIBE,
    "complained": COMPLAINT,
    "hard_bounced": HARD_BOUNCE,
    "soft_bounced": SOFT_BOUNCE,
    "machine_opened": OPEN + BY_MACHINE,
    "machine_clicked": CLICK + BY_MACHINE,
}
NAMES = ("accepted", *COLUMNS)
Counts = dict[str, list[int]]  # domain -> a number for each of NAMES

# What a rollup is made from: how many each kind has, and since when the dispatch is as it is. A row per campaign.
STATES = """
SELECT d.account_id, d.campaign_id, concat_ws(' ', d.state_at, sum(c.people), b.size), r.state, r.made_at
FROM dispatch AS d
LEFT JOIN event_count AS c ON c.account_id = d.account_id AND c.campaign_id = d.campaign_id AND c.link = -1
LEFT JOIN campaign_domains AS r ON r.account_id = d.account_id AND r.campaign_id = d.campaign_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN d.state = 'running' THEN (SELECT sum(size) FROM batch_outcome AS o WHERE
        o.account_id = d.account_id AND o.campaign_id = d.campaign_id AND o.state = 'accepted') END AS size
) AS b
WHERE NOT d.test AND d.frozen_at IS NOT NULL GROUP BY 1, 2, d.state_at, b.size, r.state, r.made_at ORDER BY 1, 2
"""
KEEP = """
INSERT INTO campaign_domains (account_id, campaign_id, made_at, state, counts) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (account_id, campaign_id)
DO UPDATE SET made_at = EXCLUDED.made_at, state = EXCLUDED.state, counts = EXCLUDED.counts
"""
# By the primary key's prefix.
SETS = """
SELECT kind, chunk, members FROM event_members
WHERE account_id = %s AND campaign_id = %s AND link = -1 AND kind = ANY(%s)
"""


def count_by_domain(clock: Clock = SYSTEM_CLOCK) -> int:
    """Adds up every campaign that changed; returns how many. A periodic job."""
    now, done = clock.now(), 0
    with connect() as own:
        for account_id, campaign_id, state, known, made_at in own.execute(STATES).fetchall():
            if state != known and (made_at is None or now - made_at >= AGAIN):
                counts = json.dumps(shortened(counts_of(own, account_id, campaign_id))).encode()
                own.execute(KEEP, [account_id, campaign_id, now, state, zlib.compress(counts, 6)])
                done += 1
    return done


def counts_of(connection: Any, account_id: int, campaign_id: int) -> Counts:
    """One campaign by domain, read off its sets: about a second for twenty million recipients."""
    sets: dict[int, dict[int, BitMap]] = defaultdict(dict)
    for chunk, members in by_chunk(received(connection, account_id, [campaign_id])):
        sets[chunk][0] = members
    places = {kind: place for place, kind in enumerate(COLUMNS.values(), 1)}
    for kind, chunk, members in connection.execute(SETS, [account_id, campaign_id, list(places)]):
        sets[chunk][places[kind]] = BitMap.deserialize(bytes(members))
    found: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(NAMES), dtype=np.int64))
    for chunk, columns in sets.items():
        for domain, counts in chunk_counts(connection, account_id, chunk, columns):
            found[domain] += counts
    return {domain: counts.tolist() for domain, counts in found.items()}


def chunk_counts(
    connection: Any, account_id: int, chunk: int, columns: dict[int, BitMap]
) -> Iterator[tuple[str, np.ndarray]]:
    """(domain, a number for each of NAMES) of one chunk; who is no contact any more is under the others."""
    columns = {place: members for place, members in columns.items() if members}
    if not columns:
        return
    known = domain_chunk(connection, account_id, chunk, max(each.max() for each in columns.values()))
    table = np.zeros((len(known.domains) + 1, len(NAMES)), dtype=np.int64)
    for place, members in columns.items():
        ordinals = np.frombuffer(members.to_array(), dtype=np.uint32) & (SPAN - 1)
        table[:, place] = np.bincount(known.numbers[ordinals], minlength=len(table))
    for number in np.flatnonzero(table.any(axis=1)).tolist():
        yield (known.domains[number - 1] if number else OTHERS), table[number]


def shortened(counts: Counts, most: int = MOST) -> Counts:
    """Those with the most accepted, and all others together."""
    ranked = sorted(counts, key=lambda domain: (domain == OTHERS, -counts[domain][0], domain))
    kept = {domain: counts[domain] for domain in ranked[:most] if domain != OTHERS}
    rest = [counts[domain] for domain in ranked if domain not in kept]
    return {**kept, OTHERS: [sum(column) for column in zip(*rest, strict=True)]} if rest else kept


def unpacked(octets: bytes) -> Counts:
    return json.loads(zlib.decompress(octets))
