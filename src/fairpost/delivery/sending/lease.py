"""Takes the next batch of a campaign, filtered again for this attempt.

A lease belongs to one sending process and ends in its journal, never by the clock: another sender gets the batch only
after the holder's journal was replayed. The holder itself stops using a lease after ten minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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

# Served by the index batch_ready. One account and campaign a statement; FOR UPDATE SKIP LOCKED lets senders pass one
# another.
LEASE = """
UPDATE batch SET state = 'leased', sender_id = %(sender)s, leased_at = %(now)s
WHERE (account_id, campaign_id, batch_no, part) = (
    SELECT b.account_id, b.campaign_id, b.batch_no, b.part
    FROM batch AS b
    JOIN dispatch AS d ON d.account_id = b.account_id AND d.campaign_id = b.campaign_id
    WHERE b.account_id = %(account)s AND b.campaign_id = %(campaign)s
      AND b.state = 'ready' AND b.not_before <= %(now)s
      AND d.state = 'running' AND d.latest_at > %(now)s
      AND b.destination <> ALL(%(full)s)
    ORDER BY b.not_before, b.batch_no, b.part
    LIMIT 1
    FOR UPDATE OF b SKIP LOCKED)
  AND state = 'ready'
RETURNING batch_no, part, members, attempts,
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
    attempts: int
    destinations: dict[str, str] = field(default_factory=dict)


def lease_batch(
    connection: Any, sender: UUID, campaign: tuple[int, int], reach: Reach, now: datetime, full: list[str]
) -> Lease | None:
    """The next ready batch of (account, campaign), or None. `full` are destinations that take nothing now.

    `connection` is an autocommit psycopg connection; the lease is committed when this returns.
    """
    account_id, campaign_id = campaign
    row = connection.execute(
        LEASE, {"sender": sender, "account": account_id, "campaign": campaign_id, "now": now, "full": full}
    ).fetchone()
    if row is None:
        return None
    number, part, members, attempts, in_doubt = row
    ordinals = BitMap.deserialize(bytes(members))
    mailing = Mailing(account_id, reach.unit_id, reach.sending_domain, reach.joint_sender_id, reach.list_ids)
    if reach.test:
        recipients, withheld = fetch_test_recipients(connection, mailing, campaign_id, ordinals)
    else:
        recipients, withheld = fetch_recipients(
            connection,
            account_id,
            ordinals,
            unit_id=reach.unit_id,
            sending_domain=reach.sending_domain,
            joint_sender_id=reach.joint_sender_id,
            list_ids=reach.list_ids,
        )
    domains = {each.canonical.rpartition("@")[2] for each in recipients}
    return Lease(
        key=(account_id, campaign_id, number, part),
        recipients=recipients,
        withheld=withheld,
        repeated=BitMap.deserialize(bytes(in_doubt)) if in_doubt else BitMap(),
        attempts=attempts,
        destinations=providers(connection, domains),
    )
