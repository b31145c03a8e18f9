"""Takes in whom the relay itself refused: a failure in the dialogue counts and suppresses exactly as a bounce does.

The fold keeps such failures as sets by batch and reason. This reads a campaign's sets when there are more in them than
the last time, and does what is new, a thousand contacts at a time.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.contacts.suppression import add_suppressions
from fairpost.events.feedback.classes import note_class
from fairpost.events.feedback.effects import ACCOUNT, HARD, KINDS, SOFT, count, worn_out
from fairpost.events.feedback.verdict import kind_of_bounce
from fairpost.events.providers import note_returned
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

PORTION = 1_000
LOOK_BACK = timedelta(days=3)  # campaigns that ended so long ago are still looked at

# Reasons of reply_reasons.csv, and of the fold, under which a recipient fails: (class, hard).
REASONS: dict[str, tuple[str, bool]] = {
    "unknown_user": ("unknown_user", True),
    "mailbox_moved": ("unknown_user", True),
    "unknown_domain": ("unknown_host", True),
    "null_mx": ("unknown_host", True),
    "mailbox_full": ("mailbox_full", False),
    "mailbox_disabled": ("disabled", False),
    "mailbox_unavailable": ("other", False),
    "recipient_refused": ("other", False),
    "bad_address": ("other", False),
    "refused by policy": ("policy", False),
}

# Few campaigns are unfinished or young; of each one row per batch and reason is summed, by the primary key's prefix.
GROWN = """
    SELECT d.account_id, d.campaign_id, d.sending_domain, failed.total
    FROM dispatch AS d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(o.size), 0)::bigint AS total FROM batch_outcome AS o
        WHERE o.account_id = d.account_id AND o.campaign_id = d.campaign_id
            AND o.state = 'failed' AND o.reason = ANY(%s)
    ) AS failed
    LEFT JOIN failed_taken AS t ON t.account_id = d.account_id AND t.campaign_id = d.campaign_id
    WHERE NOT d.test AND (d.state IN ('running', 'paused') OR coalesce(d.finished_at, d.state_at) >= %s)
        AND failed.total > coalesce(t.failed, 0)
    ORDER BY 1, 2"""
# By the primary key's prefix.
FAILED = """
    SELECT reason, members FROM batch_outcome
    WHERE account_id = %s AND campaign_id = %s AND state = 'failed' AND reason = ANY(%s)"""
KNOWN = "SELECT ordinal FROM feedback WHERE account_id = %s AND campaign_id = %s AND source = 'relay'"
# By contact's primary key; the digests are distinct, so nothing waits for anybody but the same job elsewhere.
INSERT = """
    INSERT INTO feedback (account_id, digest, kind, cls, campaign_id, ordinal, address, confidence, diagnostic, source,
        effect, counted, sending_domain, provider, at)
    SELECT %(account)s, given.digest, %(kind)s, %(cls)s, %(campaign)s, c.ordinal, c.canonical, 1, %(reason)s, 'relay',
        'none', false, %(domain)s, coalesce(nullif(d.provider, ''), split_part(c.canonical, '@', 2)), %(at)s
    FROM unnest(%(ordinals)s::int[], %(digests)s::bytea[]) AS given (ordinal, digest)
    JOIN contact AS c ON c.account_id = %(account)s AND c.ordinal = given.ordinal
    LEFT JOIN contact_domain AS d ON d.domain = split_part(c.canonical, '@', 2)
    ON CONFLICT (account_id, digest) DO NOTHING RETURNING ordinal, address"""
SETTLE = """
    UPDATE feedback SET effect = CASE WHEN ordinal = ANY(%(gone)s) THEN 'suppressed' ELSE 'counted' END,
        counted = ordinal = ANY(%(counted)s)
    WHERE account_id = %(account)s AND digest = ANY(%(digests)s)"""
BY_PROVIDER = """
    SELECT provider, count(*) FROM feedback WHERE account_id = %s AND digest = ANY(%s) AND counted GROUP BY provider"""
REMEMBER = """
    INSERT INTO failed_taken (account_id, campaign_id, failed) VALUES (%s, %s, %s)
    ON CONFLICT (account_id, campaign_id) DO UPDATE SET failed = greatest(failed_taken.failed, EXCLUDED.failed)"""


def take_failed(clock: Clock = SYSTEM_CLOCK) -> int:
    """Applies new failures of every campaign on its way; a periodic job. Returns how many recipients that were."""
    now = clock.now()
    done = 0
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [list(REASONS), now - LOOK_BACK])
        for account_id, campaign_id, domain, total in cursor.fetchall():
            done += take_campaign(account_id, campaign_id, domain, now)
            cursor.execute(REMEMBER, [account_id, campaign_id, total])
    return done


def take_campaign(account_id: int, campaign_id: int, domain: str, now: datetime) -> int:
    done = 0
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [account_id, campaign_id])
        known = BitMap(ordinal for (ordinal,) in cursor.fetchall() if ordinal is not None)
        cursor.execute(FAILED, [account_id, campaign_id, list(REASONS)])
        failed: dict[str, BitMap] = {}
        for reason, members in cursor.fetchall():
            failed.setdefault(reason, BitMap()).update(BitMap.deserialize(bytes(members)))
    for reason, ordinals in sorted(failed.items()):
        for portion in portions(ordinals - known):
            done += take_portion(account_id, campaign_id, domain, reason, portion, now)
    return done


def portions(ordinals: BitMap) -> Iterator[list[int]]:
    each = iter(ordinals)
    while portion := list(islice(each, PORTION)):
        yield portion


@transaction.atomic
def take_portion(
    account_id: int, campaign_id: int, domain: str, reason: str, ordinals: list[int], now: datetime
) -> int:
    """Rows, sets, totals and suppressions of some contacts that failed for one reason, together."""
    cls, hard = REASONS[reason]
    kind = kind_of_bounce(cls, hard, 1.0)
    digests = [digest(account_id, campaign_id, each) for each in ordinals]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "account": account_id, "campaign": campaign_id, "kind": kind, "cls": cls, "reason": reason,
                "domain": domain, "at": now, "ordinals": ordinals, "digests": digests,
            },
        )  # fmt: skip
        new = dict(cursor.fetchall())
        if not new:
            return 0
        counted = first_of_kind(cursor, account_id, campaign_id, kind, list(new), now)
        origin = f"campaign:{campaign_id}"
        if kind == "hard_bounce":
            gone, why = list(new), HARD
        else:
            worn = kind == "soft_bounce" and counted
            limit = settings.FAIRPOST.soft_bounce_limit
            gone, why = (worn_out(cursor, account_id, counted, now, limit) if worn else []), SOFT
        if gone:
            add_suppressions(cursor, account_id, [new[each] for each in gone], ACCOUNT, why, origin, now)
        cursor.execute(SETTLE, {"account": account_id, "digests": digests, "gone": gone, "counted": counted})
        cursor.execute(BY_PROVIDER, [account_id, digests])
        note_returned(cursor, account_id, campaign_id, kind, dict(cursor.fetchall()), by_relay=True)
        note_class(cursor, account_id, campaign_id, kind, cls, len(counted), by_relay=True)
    return len(new)


def first_of_kind(
    cursor: Any, account_id: int, campaign_id: int, kind: str, ordinals: list[int], now: datetime
) -> list[int]:
    """Those whom no bounce mail counted already: mail can be quicker than this job."""
    cursor.execute(
        "SELECT ordinal FROM feedback WHERE account_id = %s AND campaign_id = %s AND ordinal = ANY(%s) AND counted"
        " AND kind = ANY(%s)",
        [account_id, campaign_id, ordinals, [each for each in KINDS if KINDS[each] == KINDS[kind]]],
    )
    known = {ordinal for (ordinal,) in cursor.fetchall()}
    new = [each for each in ordinals if each not in known]
    count(cursor, account_id, campaign_id, kind, new, now)
    return new


def digest(account_id: int, campaign_id: int, ordinal: int) -> bytes:
    return hashlib.sha256(b"relay" + struct.pack(">III", account_id, campaign_id, ordinal)).digest()
