"""What went to each mailbox provider is counted batch by batch in the background, and what came back as it comes.

A batch is counted again when more of it was accepted; what it adds goes to the campaign's counts in the same
transaction. So the counts are exact some seconds later, and no count ever reads a whole audience.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.connect import connect
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

RECENT = timedelta(days=2)  # after its end nothing more of a campaign is accepted; the job may have been away
STEP = 64  # batches, of at most 4,096 recipients each, per transaction
MOST = 200  # providers counted apart in one batch; a long tail of single domains is counted together
OTHERS = ""

# Few rows: every campaign is in dispatch once.
RECENT_CAMPAIGNS = """
    SELECT account_id, campaign_id FROM dispatch
    WHERE NOT test AND state <> 'planning' AND (finished_at IS NULL OR finished_at > %s)
    ORDER BY account_id, campaign_id"""
# By the primary keys, of one campaign.
CHANGED = """
    SELECT o.batch_no, o.size
    FROM (SELECT batch_no, sum(size)::int AS size FROM batch_outcome
          WHERE account_id = %(account)s AND campaign_id = %(campaign)s AND state = 'accepted'
          GROUP BY batch_no) AS o
    LEFT JOIN sent_provider_batch AS s
        ON s.account_id = %(account)s AND s.campaign_id = %(campaign)s AND s.batch_no = o.batch_no
    WHERE o.size IS DISTINCT FROM s.accepted
    ORDER BY o.batch_no LIMIT %(step)s"""
ACCEPTED = """
    SELECT members FROM batch_outcome
    WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND state = 'accepted'"""
# By the primary keys of contact and contact_domain.
BY_PROVIDER = """
    SELECT COALESCE(NULLIF(d.provider, ''), w.domain), count(*)
    FROM (SELECT substr(canonical, strpos(canonical, '@') + 1) COLLATE "C" AS domain FROM contact
          WHERE account_id = %s AND ordinal BETWEEN %s AND %s AND ordinal + 0 = ANY(%s::integer[])) AS w
    LEFT JOIN contact_domain AS d ON d.domain = w.domain
    GROUP BY 1 ORDER BY 2 DESC, 1"""
COUNTED = """
    SELECT providers FROM sent_provider_batch
    WHERE account_id = %s AND campaign_id = %s AND batch_no = %s FOR UPDATE"""
KEEP = """
    INSERT INTO sent_provider_batch (account_id, campaign_id, batch_no, accepted, providers) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (account_id, campaign_id, batch_no)
    DO UPDATE SET accepted = EXCLUDED.accepted, providers = EXCLUDED.providers"""
ADD = """
    INSERT INTO sent_provider (account_id, campaign_id, provider, accepted) VALUES (%s, %s, %s, %s)
    ON CONFLICT (account_id, campaign_id, provider)
    DO UPDATE SET accepted = sent_provider.accepted + EXCLUDED.accepted"""
FORGET = """
    DELETE FROM sent_provider_batch AS s USING dispatch AS d
    WHERE d.account_id = s.account_id AND d.campaign_id = s.campaign_id AND d.finished_at < %s"""

RETURNED = """
    INSERT INTO returned_provider (account_id, campaign_id, provider, kind, by_relay, total)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, campaign_id, provider, kind, by_relay)
    DO UPDATE SET total = returned_provider.total + EXCLUDED.total"""

Batch = tuple[int, int, int]


def count_by_provider(clock: Clock = SYSTEM_CLOCK) -> int:
    """Counts what was accepted since the last time, and says how many batches that were; a periodic job."""
    done, since = 0, clock.now() - RECENT
    with connect() as own:
        # One at a time: what two counted at once would be added twice.
        if not own.execute("SELECT pg_try_advisory_lock(hashtext('fairpost sent by provider'))").fetchone()[0]:
            return 0
        for account_id, campaign_id in own.execute(RECENT_CAMPAIGNS, [since]).fetchall():
            asked = {"account": account_id, "campaign": campaign_id, "step": STEP}
            while rows := own.execute(CHANGED, asked).fetchall():
                with own.transaction():
                    count_batches(own, account_id, campaign_id, rows)
                done += len(rows)
        forget_counted(own, since)
    return done


def count_batches(own: Any, account_id: int, campaign_id: int, rows: list[tuple[int, int]]) -> None:
    added: Counter[str] = Counter()
    for batch_no, accepted in rows:
        key = (account_id, campaign_id, batch_no)
        now = providers_of(own, key)
        before = own.execute(COUNTED, key).fetchone()
        own.execute(KEEP, [*key, accepted, json.dumps(now)])
        added.update(now)
        if before:
            added.subtract(before[0])
    for provider, count in sorted(added.items()):
        if count:
            own.execute(ADD, [account_id, campaign_id, provider, count])


def providers_of(own: Any, key: Batch) -> dict[str, int]:
    """Provider -> accepted of one batch; those whose contact was removed since, and the long tail, are ''."""
    members = BitMap.union(BitMap(), *(BitMap.deserialize(bytes(each)) for (each,) in own.execute(ACCEPTED, key)))
    if not members:
        return {}
    found = own.execute(BY_PROVIDER, [key[0], members.min(), members.max(), list(members)]).fetchall()
    counts = dict(found[:MOST])
    others = len(members) - sum(counts.values())
    return {**counts, OTHERS: others} if others else counts


def note_returned(
    cursor: Any, account_id: int, campaign_id: int, kind: str, counts: Mapping[str, int], *, by_relay: bool = False
) -> None:
    """Counts bounces, complaints or refusals (`kind` as in `feedback`) in the caller's transaction.

    `counts` are by provider as in `contact_domain`, by the recipients' domain where none is known.
    """
    for provider, count in sorted(counts.items()):
        cursor.execute(RETURNED, [account_id, campaign_id, provider, kind, by_relay, count])


def forget_counted(own: Any, before: datetime) -> None:
    """What is over for long changes no more: the campaign's counts remain."""
    own.execute(FORGET, [before])
