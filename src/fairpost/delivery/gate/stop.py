"""Makes a stop true: raises the epoch, then waits until no sender can act under an older one.

`raise_epoch` belongs in the transaction that changes the state; `await_fence` runs after its commit. When it returns,
every sender has either confirmed that its connections are past the epoch, or holds a permit that has run out; of the
latter at most one message per connection is uncertain, and those that its journal shows are named.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fairpost.delivery.gate.permit import CHANNEL, LIFE
from fairpost.engine.journal.record import parse

PATIENCE = 0.9  # seconds until a sender that has the news but did not confirm is given up (it has 0.5 to be past it)
FOLD_LAG = 0.3  # seconds that the fold needs to show what the journal of a silent sender holds
POLL = 0.01

SENDERS = """
SELECT sender_id, host, pid, connections, epoch, confirmed,
       granted_at + make_interval(secs => %(life)s) < clock_timestamp() AS over
FROM sender WHERE confirmed < %(epoch)s
"""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A sender that did not confirm. At most `connections` messages; `ordinals` are those its journal names."""

    sender_id: str
    host: str
    pid: int
    connections: int
    ordinals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StopReport:
    """What a stop did: the epoch, how long it took in seconds, and what is uncertain."""

    epoch: int
    seconds: float
    senders: int
    uncertain: tuple[Uncertain, ...] = field(default_factory=tuple)


def raise_epoch(cursor: Any) -> int:
    """Raises the epoch in the caller's transaction and wakes the senders at its commit. Returns the new epoch."""
    cursor.execute("UPDATE gate_epoch SET epoch = epoch + 1 RETURNING epoch")
    epoch = cursor.fetchone()[0]
    wake_senders(cursor)
    return epoch


def wake_senders(cursor: Any) -> None:
    """Tells every sender to renew its permit at once (delivered at commit)."""
    cursor.execute(f"NOTIFY {CHANNEL}")


def await_fence(cursor: Any, epoch: int, account_id: int, campaign_id: int) -> StopReport:
    """Waits until nothing can be handed over under an epoch older than `epoch`. Call it outside any transaction."""
    began = time.monotonic()
    silent: dict[UUID, Uncertain] = {}
    while True:
        cursor.execute(SENDERS, {"life": LIFE, "epoch": epoch})
        waiting = []
        for sender_id, host, pid, connections, at_epoch, _confirmed, over in cursor.fetchall():
            late = time.monotonic() - began > PATIENCE
            # Under an older epoch only the end of its permit counts; who has the news sends nothing more of it anyway.
            if over if at_epoch < epoch else late:
                silent.setdefault(sender_id, Uncertain(str(sender_id), host, pid, connections))
            else:
                waiting.append(sender_id)
        if not waiting:
            break
        time.sleep(POLL)
    if silent:
        time.sleep(FOLD_LAG)
    uncertain = tuple(name_intents(cursor, each, account_id, campaign_id) for each in silent.values())
    cursor.execute("SELECT count(*) FROM sender")
    return StopReport(epoch, time.monotonic() - began, cursor.fetchone()[0], uncertain)


def name_intents(cursor: Any, uncertain: Uncertain, account_id: int, campaign_id: int) -> Uncertain:
    """Adds the recipients whose final dot may have been written, from the folded journal of the silent sender."""
    cursor.execute("SELECT open_intents FROM sender WHERE sender_id = %s", [uncertain.sender_id])
    row = cursor.fetchone()
    if row is None:
        return uncertain
    intents = parse(bytes(row[0]))
    mine = intents[(intents["account"] == account_id) & (intents["campaign"] == campaign_id)]
    return Uncertain(
        uncertain.sender_id,
        uncertain.host,
        uncertain.pid,
        uncertain.connections,
        tuple(mine["ordinal"].tolist()),
    )
