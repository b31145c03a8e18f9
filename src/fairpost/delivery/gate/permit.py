"""A sender's permit: what it may send, under which epoch, and for how long.

A permit lives one second, counted on CLOCK_BOOTTIME from *before* it was asked for, so it is over for its holder before
it is over for anybody who reads the database. Its grant locks the epoch row: no grant under an old epoch can commit
after a stop has raised it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fairpost.delivery.gate.judge import Admission, Judge
from fairpost.kernel.clock import boottime

if TYPE_CHECKING:
    import psycopg

LIFE = 1.0  # seconds
RENEWAL = 0.2  # seconds between renewals
CHANNEL = "fairpost_gate"  # NOTIFY on every rise of the epoch and every start of a campaign

GRANT = """
WITH gate AS (SELECT epoch FROM gate_epoch FOR SHARE)
UPDATE sender SET epoch = gate.epoch, granted_at = clock_timestamp(), confirmed = %(confirmed)s, busy = %(busy)s
FROM gate WHERE sender_id = %(sender)s
RETURNING gate.epoch,
    (SELECT count(*) FROM sender AS other
     WHERE other.busy AND other.granted_at > clock_timestamp() - interval '1 second'
       AND other.sender_id <> %(sender)s)
"""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a sender may do until `until` (seconds of CLOCK_BOOTTIME). `share` is its part of every rate limit.

    `open` has every (account, campaign) that may be sent, with what it is subject to.
    """

    epoch: int
    until: float
    open: Mapping[tuple[int, int], Admission]
    share: float

    def allows(self, campaign: tuple[int, int], admission: Admission) -> bool:
        """Whether a message of this campaign, leased under this admission, may be handed over now."""
        now = self.open.get(campaign)
        return (now is admission or (now is not None and now == admission)) and boottime() < self.until


NOTHING = Permit(epoch=0, until=0.0, open={}, share=1.0)


class Expelled(Exception):
    """This sender is no longer registered: it was declared dead, and its batches may be with another one."""


def ask_permit(
    connection: psycopg.Connection[Any],
    sender: UUID,
    confirmed: int,
    judge: Judge,
    now: datetime,
    *,
    busy: bool = True,
) -> Permit:
    """Asks for a permit on an autocommit connection; usable as soon as this returns, because it is committed then.

    `confirmed` is the epoch that all connections of this sender are past, `now` the product's time. The share is that
    of the senders that are `busy`, this one included.
    """
    judge.open(connection, now)  # whatever takes long is read before the epoch is locked
    asked = boottime()
    with connection.transaction():
        row = connection.execute(GRANT, {"sender": sender, "confirmed": confirmed, "busy": busy}).fetchone()
        if row is None:
            raise Expelled(sender)
        # Statements of their own: their snapshots are younger than the lock on the epoch and see every stop before it.
        campaigns, change = judge.open(connection, now)
    life = LIFE if change is None else min(LIFE, (change - now).total_seconds())
    return Permit(epoch=row[0], until=asked + life, open=campaigns, share=1.0 / (1 + row[1]))
