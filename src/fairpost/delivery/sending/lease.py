"""Takes the next batches of a campaign, filtered again for this attempt.

A lease belongs to one sending process and ends in its journal, never by the clock: another sender gets the batch only
after the holder's journal was replayed. The holder itself stops using a lease after ten minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pyroaring import BitMap

from fairpost.contacts.queries.domains import providers
from fairpost.contacts.queries.recipients import fetch_recipients
from fairpost.contacts.queries.suppressions import Mailing
from fairpost.delivery.sending.test_recipients import fetch_test_recipients
from fairpost.engine.ports import Recipient

LEASE_SECONDS = 600

RECIPIENTS = 4096  # about so many are leased at once: one full batch, or many of a sparse audience

# Served by the index batch_ready. One account and campaign a statement; FOR UPDATE SKIP LOCKED lets senders pass one
# another. Of the parts that are locked, so many are taken that their sizes come to one full batch.
LEASE = """
WITH candidate AS (
    SELECT b.batch_no, b.part, b.size, b.not_before
    FROM batch AS b
    JOIN dispatch AS d ON d.account_id = b.account_id AND d.campaign_id = b.campaign_id
    WHERE b.account_id = %(account)s AND b.campaign_id = %(campaign)s
      AND b.state = 'ready' AND b.not_before <= %(now)s
      AND d.state = 'running' AND d.latest_at > %(now)s
      AND b.destination <> ALL(%(full)s)
    ORDER BY b.not_before, b.batch_no, b.part
    LIMIT 128
    FOR UPDATE OF b SKIP LOCKED
), counted AS (
    SELECT batch_no, part, sum(size) OVER (ORDER BY not_before, batch_no, part) - size AS ahead FROM candidate
)
UPDATE batch SET state = 'leased', sender_id = %(sender)s, leased_at = %(now)s
FROM counted
WHERE batch.account_id = %(account)s AND batch.campaign_id = %(campaign)s
  AND batch.batch_no = counted.batch_no AND batch.part = counted.part AND counted.ahead < %(recipients)s
  AND batch.state = 'ready'
RETURNING batch.batch_no, batch.part, batch.members,
    (SELECT o.members FROM batch_outcome AS o
     WHERE o.account_id = batch.account_id AND o.campaign_id = batch.campaign_id
       AND o.batch_no = batch.batch_no AND o.state = 'in_doubt' AND o.reason = '')
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What decides which suppressions apply to a campaign's recipients."""

    unit_id: int
    sending_domain: str
    joint_sender_id: int | None
    list_ids: tuple[int, ...]
    test: bool = False


@dataclass(slots=True)
class Lease:
    """One leased batch: who is to be written to, who is not and why."""

    key: tuple[int, int, int, int]
    recipients: list[Recipient]
    withheld: list[tuple[int, str]]
    repeated: BitMap
    destinations: dict[str, str]


def lease_batches(
    connection: Any, sender: UUID, campaign: tuple[int, int], reach: Reach, now: datetime, full: list[str]
) -> list[Lease]:
    """The next ready batches of (account, campaign), some 4,096 recipients. `full` destinations take nothing now.

    `connection` is an autocommit psycopg connection; the lease is committed when this returns.
    """
    account_id, campaign_id = campaign
    rows = connection.execute(
        LEASE,
        {
            "sender": sender,
            "account": account_id,
            "campaign": campaign_id,
            "now": now,
            "full": full,
            "recipients": RECIPIENTS,
        },
    ).fetchall()
    if not rows:
        return []
    parts = [
        ((account_id, campaign_id, number, part), BitMap.deserialize(bytes(members)), bitmap_of(in_doubt))
        for number, part, members, in_doubt in sorted(rows, key=lambda row: row[:2])
    ]
    everybody = BitMap.union(*(members for _key, members, _in_doubt in parts))
    recipients, withheld = fetch(connection, campaign, reach, everybody)
    destinations = providers(connection, {each.canonical.rpartition("@")[2] for each in recipients})
    return list(divided(parts, recipients, withheld, destinations))


def fetch(
    connection: Any, campaign: tuple[int, int], reach: Reach, ordinals: BitMap
) -> tuple[list[Recipient], list[tuple[int, str]]]:
    """Who of these may be written to at this moment, and why not for each of the rest."""
    account_id, campaign_id = campaign
    if reach.test:
        mailing = Mailing(account_id, reach.unit_id, reach.sending_domain, reach.joint_sender_id, reach.list_ids)
        return fetch_test_recipients(connection, mailing, campaign_id, ordinals)
    return fetch_recipients(
        connection,
        account_id,
        ordinals,
        unit_id=reach.unit_id,
        sending_domain=reach.sending_domain,
        joint_sender_id=reach.joint_sender_id,
        list_ids=reach.list_ids,
    )


def divided(
    parts: list[tuple[tuple[int, int, int, int], BitMap, BitMap]],
    recipients: list[Recipient],
    withheld: list[tuple[int, str]],
    destinations: dict[str, str],
) -> Iterator[Lease]:
    """Gives each part its own: parts of one batch share its range of ordinals, so membership decides."""
    if len(parts) == 1:
        key, _members, repeated = parts[0]
        yield Lease(key, recipients, withheld, repeated, destinations)
        return
    by_ordinal = {each.ordinal: each for each in recipients}
    reasons = dict(withheld)
    for key, members, repeated in parts:
        yield Lease(
            key,
            [by_ordinal[ordinal] for ordinal in members if ordinal in by_ordinal],
            [(ordinal, reasons[ordinal]) for ordinal in members if ordinal in reasons],
            repeated,
            destinations,
        )


def bitmap_of(members: Any) -> BitMap:
    return BitMap.deserialize(bytes(members)) if members else BitMap()
