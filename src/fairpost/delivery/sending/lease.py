"""Takes the next batches of a campaign, filtered again for this attempt.

A lease belongs to one sending process and ends in its journal, never by the clock: another sender gets the batch only
after the holder's journal was replayed. The holder itself stops using a lease after ten minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pyroaring import BitMap

from fairpost.contacts.queries.domains import providers
from fairpost.contacts.queries.recipients import fetch_recipients
from fairpost.contacts.queries.suppressions import Mailing
from fairpost.delivery.gate.edges import SILENT_EDGE
from fairpost.delivery.sending.restrict import restrict
from fairpost.delivery.sending.test_recipients import fetch_test_recipients
from fairpost.delivery.sending.untracked import mark_untracked
from fairpost.enforcement.force.force import Force
from fairpost.engine.ports import Recipient

LEASE_SECONDS = 600

RECIPIENTS = 4096  # about so many are leased at once: one full batch, or many of a sparse audience

# Served by the index batch_ready. One account and campaign a statement; FOR UPDATE SKIP LOCKED lets senders pass one
# another. Of the parts that are locked, so many are taken that their sizes come to one full batch. Nothing is taken
# while an edge may hold unsubscribes that are not in the database.
LEASE = f"""
WITH candidate AS (
    SELECT b.batch_no, b.part, b.size, b.not_before
    FROM batch AS b
    JOIN dispatch AS d ON d.account_id = b.account_id AND d.campaign_id = b.campaign_id
    WHERE b.account_id = %(account)s AND b.campaign_id = %(campaign)s
      AND b.state = 'ready' AND b.not_before <= %(now)s
      AND d.state = 'running' AND d.latest_at > %(now)s
      AND b.destination <> ALL(%(full)s) AND NOT {SILENT_EDGE}
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
RETURNING batch.batch_no, batch.part, batch.members, batch.destination,
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


class Part(NamedTuple):
    """A part as it was leased; `in_doubt` are those of its whole batch."""

    key: tuple[int, int, int, int]
    destination: str
    members: BitMap
    in_doubt: BitMap


@dataclass(slots=True)
class Lease:
    """One leased batch: who is to be written to, who is not and why. `destination`: all are of this one."""

    key: tuple[int, int, int, int]
    destination: str
    recipients: list[Recipient]
    withheld: list[tuple[int, str]]
    repeated: BitMap
    destinations: dict[str, str]


def lease_batches(
    connection: Any,
    sender: UUID,
    campaign: tuple[int, int],
    reach: Reach,
    now: datetime,
    full: list[str],
    filters: tuple[Force, ...] = (),
) -> list[Lease]:
    """The next ready batches of (account, campaign), some 4,096 recipients. `full` destinations take nothing now.

    `filters` are measures in force that select recipients: whom they select is withheld, with all of them as reason.
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
        Part((account_id, campaign_id, number, part), to, BitMap.deserialize(bytes(members)), bitmap_of(in_doubt))
        for number, part, members, to, in_doubt in sorted(rows, key=lambda row: row[:2])
    ]
    everybody = BitMap.union(*(each.members for each in parts))
    recipients, withheld = fetch(connection, campaign, reach, everybody)
    if filters:
        recipients, restricted = restrict(connection, account_id, recipients, filters, now.date())
        withheld = sorted([*withheld, *restricted])
    recipients = mark_untracked(connection, account_id, recipients, reach.list_ids, test=reach.test)
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
    parts: list[Part],
    recipients: list[Recipient],
    withheld: list[tuple[int, str]],
    destinations: dict[str, str],
) -> Iterator[Lease]:
    """Gives each part its own: parts of one batch share its range of ordinals, so membership decides."""
    if len(parts) == 1:
        yield Lease(parts[0].key, parts[0].destination, recipients, withheld, parts[0].in_doubt, destinations)
        return
    by_ordinal = {each.ordinal: each for each in recipients}
    reasons = dict(withheld)
    for part in parts:
        yield Lease(
            part.key,
            part.destination,
            [by_ordinal[ordinal] for ordinal in part.members if ordinal in by_ordinal],
            [(ordinal, reasons[ordinal]) for ordinal in part.members if ordinal in reasons],
            part.in_doubt,
            destinations,
        )


def bitmap_of(members: Any) -> BitMap:
    return BitMap.deserialize(bytes(members)) if members else BitMap()
