"""The sending loop: batches in, gate, render, sign, pace, send, journal.

`SendingLoop` is the `Feed` of every SMTP connection of one process. It runs in one thread of one event loop and never
waits: connections pull the next message when their relay is ready for it. What it learns goes into the journal and
nowhere else; the fold carries it on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyroaring import BitMap

from fairpost.engine.journal.record import RELAYS_FAULT, REPEATED, STATES, Kind, pack
from fairpost.engine.journal.writer import JournalWriter
from fairpost.engine.outcomes.replies import classify
from fairpost.engine.pacing.pace import Pace
from fairpost.engine.ports import CompiledMessage, Mail, Recipient, Reply
from fairpost.kernel.clock import boottime
from fairpost.kernel.errors import FairpostError

STATE_NUMBER = {name: number for number, name in enumerate(STATES)}
NO_STATUS = (0, 0, 0)
REFUSALS_TO_STOP = 10  # identical policy refusals without one acceptance between them


class Gate(Protocol):
    """What the loop asks before every message."""

    def allows(self, campaign: tuple[int, int], admission: Any) -> bool:
        """Whether a message of this (account, campaign), leased under this admission, may be handed over now."""
        ...


@dataclass(slots=True, eq=False)
class Campaign:
    """A campaign as this process sends it: its compiled message and the relays that may take it."""

    key: tuple[int, int]
    message: CompiledMessage
    relays: frozenset[int]
    pool_id: int = 0
    served: int = 0  # when it last gave a message out, counted in messages: whoever waited longest is next
    last_refusal: tuple[int, str] = (0, "")
    refusals: int = 0


@dataclass(slots=True, eq=False)
class Batch:
    """A leased batch on its way: a cursor over its recipients and what is in flight.

    With `destination` all its recipients are of one destination that was full before; it is sent at that one's pace.
    `admission` is what it was leased under: the gate lets nothing of it through once that has changed. `limits` are
    the (limit, messages a second over all senders) that it is subject to.
    """

    key: tuple[int, int, int, int]
    campaign: Campaign
    recipients: list[Recipient]
    repeated: BitMap
    deadline: float  # CLOCK_BOOTTIME after which nothing more of this lease is begun
    destinations: dict[str, str] = field(default_factory=dict)
    destination: str = ""
    admission: Any = None
    limits: tuple[tuple[int, float], ...] = ()
    position: int = 0
    in_flight: int = 0
    queued: bool = False
    again: list[Recipient] = field(default_factory=list)

    def take(self) -> Recipient | None:
        """The next recipient; those that came back from a lost connection first."""
        if self.again:
            return self.again.pop()
        if self.position < len(self.recipients):
            self.position += 1
            return self.recipients[self.position - 1]
        return None

    def left(self) -> int:
        """Recipients that are not begun."""
        return len(self.recipients) - self.position + len(self.again)


class Connection(Protocol):
    """What the loop needs of an SMTP client."""

    relay_id: int


class SendingLoop:
    """Hands messages to connections and writes the journal. See the module's docstring."""

    def __init__(
        self,
        *,
        gate: Callable[[], Gate],
        journal: JournalWriter,
        pace: Pace,
        later: Callable[[Callable[[], None]], Any],
        on_refusals: Callable[[Campaign, Reply], None],
        on_trouble: Callable[[Any, Reply, Campaign | None], None],
        on_closed: Callable[[Any], None],
        on_accepted: Callable[[int], None],
    ) -> None:
        """`gate` gives the permit of this instant; `later` runs a function at the end of the event loop's turn."""
        self.gate = gate
        self.journal = journal
        self.pace = pace
        self.later = later
        self.on_refusals = on_refusals
        self.on_trouble = on_trouble
        self.on_closed = on_closed
        self.on_accepted = on_accepted
        self.batches: deque[Batch] = deque()
        self.several = False  # whether the batches at hand are of more than one campaign
        self.given = 0
        self.flush_due = False
        self.sent = 0
        self.wait = 0.0  # seconds until pacing lets the next message go, as last seen by `next`

    # batches

    def add(self, batch: Batch, withheld: list[tuple[int, str]], at: float) -> None:
        """Takes a leased batch; those withheld at the lease are on record before the first is sent."""
        for ordinal, reason in withheld:
            # Whoever may have got it already was not simply withheld.
            state = "unknown" if ordinal in batch.repeated else "withheld"
            self.record(Kind.OUTCOME, batch, ordinal, at, state=state, text=reason)
        batch.queued = True
        self.batches.append(batch)
        self.see_campaigns()
        self.retire(batch)

    def drop(self, allowed: Callable[[Batch], bool]) -> None:
        """Gives back every lease that is not allowed any more, and those that are too old."""
        now = boottime()
        for batch in [each for each in self.batches if not allowed(each) or now > each.deadline]:
            self.take_off(batch)

    def retire(self, batch: Batch) -> None:
        """Takes a batch off the queue once nobody of it is left to begin with."""
        if not batch.again and batch.position >= len(batch.recipients):
            self.take_off(batch)

    def take_off(self, batch: Batch) -> None:
        """Begins nobody more of this batch; its lease ends when what is in flight has landed."""
        if batch.queued:
            batch.queued = False
            self.batches.remove(batch)
            self.see_campaigns()
            self.finish(batch)

    def see_campaigns(self) -> None:
        self.several = any(each.campaign is not self.batches[0].campaign for each in self.batches)

    def finish(self, batch: Batch) -> None:
        if batch.in_flight == 0:
            self.record(Kind.RETURNED, batch, 0, time.time())

    def queued(self) -> dict[tuple[int, int], int]:
        """Recipients of each campaign that are leased and not begun, without those who wait for their destination."""
        found: dict[tuple[int, int], int] = {}
        for each in self.batches:
            if not each.destination:
                found[each.campaign.key] = found.get(each.campaign.key, 0) + each.left()
        return found

    def waiting(self) -> dict[str, int]:
        """Destinations that have somebody waiting here for their pace, and how many."""
        found: dict[str, int] = {}
        for each in self.batches:
            if each.destination:
                found[each.destination] = found.get(each.destination, 0) + each.left()
        return found

    # Feed

    def next(self, connection: Connection) -> Mail | None:
        gate = self.gate()
        self.wait = 0.0
        relay = connection.relay_id
        batches = list(self.batches)
        if self.several:  # campaigns take turns, message by message
            batches.sort(key=lambda each: each.campaign.served)
        for batch in batches:
            if relay not in batch.campaign.relays or not gate.allows(batch.campaign.key, batch.admission):
                continue
            while True:
                if boottime() > batch.deadline:
                    break
                if batch.destination and not self.pace.ready(batch.destination):
                    break
                if batch.limits and not self.pace.within(batch.limits):
                    break
                self.wait = self.pace.wait_for_relay(relay)
                if self.wait > 0:
                    return None
                recipient = batch.take()
                if recipient is None:
                    break
                mail = self.prepare(batch, recipient, relay)
                if mail is not None:
                    self.pace.took(relay, batch.limits)
                    self.given += 1
                    batch.campaign.served = self.given
                    return mail
            self.retire(batch)
        return None

    def prepare(self, batch: Batch, recipient: Recipient, relay: int) -> Mail | None:
        """The mail for one recipient, or None where pacing or its own data stand against it (on record then)."""
        at = time.time()
        domain = recipient.canonical.rpartition("@")[2]
        destination = batch.destinations.get(domain, domain)
        if not self.pace.take_destination(destination):
            self.record(Kind.HELD, batch, recipient.ordinal, at, text=destination)
            return None
        try:
            mail = batch.campaign.message.fill(recipient, at)
        except FairpostError as error:
            self.record(
                Kind.OUTCOME, batch, recipient.ordinal, at, state="withheld", text=f"content: {error.message}"
            )
            return None
        mail.context = (batch, recipient, destination, relay)
        batch.in_flight += 1
        return mail

    def permit(self, mail: Mail) -> bool:
        batch, recipient, _, _ = mail.context
        if not self.gate().allows(batch.campaign.key, batch.admission) or boottime() > batch.deadline:
            return False
        flags = REPEATED if recipient.ordinal in batch.repeated else 0
        self.journal.write_now(pack(Kind.INTENT, batch.key, recipient.ordinal, time.time(), flags=flags))
        # Asked again: the disk may have kept us waiting.
        return self.gate().allows(batch.campaign.key, batch.admission)

    def outcome(self, mail: Mail, reply: Reply, handed_over: bool) -> None:
        batch, recipient, destination, relay = mail.context
        outcome = classify(reply)
        state: str = outcome.state
        reason, flags = outcome.reason, 0
        repeated = recipient.ordinal in batch.repeated
        if state == "accepted":
            self.sent += 1
            self.on_accepted(relay)
            batch.campaign.refusals = 0
            reason = "possibly doubled" if repeated else ""
        elif not handed_over and reply.code == 0:  # the dot never left: the intent is taken back
            state = "pending"
        elif state == "in_doubt":
            # Without a reason of its own, like what a crash leaves: the next lease finds both in one row.
            state, reason = "unknown" if repeated else state, ""
        elif state == "refused":
            self.count_refusal(batch.campaign, reply)
            state = "pending"
        elif state == "relay_trouble":
            state, flags = "pending", RELAYS_FAULT
            self.put_back(batch, recipient)
        self.pace.learned(destination, outcome)
        self.record(
            Kind.OUTCOME if state != "pending" else Kind.NOT_SENT,
            batch,
            recipient.ordinal,
            time.time(),
            state=state,
            flags=flags,
            code=reply.code,
            enhanced=reply.enhanced or NO_STATUS,
            relay=relay,
            text=f"{reason}\n{reply.text}",
        )
        self.landed(batch)

    def returned(self, mail: Mail) -> None:
        batch, recipient, _, _ = mail.context
        self.put_back(batch, recipient)
        # Its intent may be on record: left open, it would be in doubt when this process dies, whatever came after it.
        self.record(Kind.NOT_SENT, batch, recipient.ordinal, time.time())
        self.landed(batch)

    def put_back(self, batch: Batch, recipient: Recipient) -> None:
        """Lets another connection have this recipient, as long as the lease is in use."""
        if batch.queued:
            batch.again.append(recipient)

    def trouble(self, connection: Any, reply: Reply) -> None:
        mail = connection.current
        self.on_trouble(connection, reply, mail.context[0].campaign if mail is not None else None)

    def closed(self, connection: Any) -> None:
        self.on_closed(connection)

    # records

    def landed(self, batch: Batch) -> None:
        batch.in_flight -= 1
        if not batch.queued:
            self.finish(batch)

    def count_refusal(self, campaign: Campaign, reply: Reply) -> None:
        """Stops a campaign that is refused again and again for the same reason: that is no contact's fault."""
        refusal = (reply.code, str(reply.enhanced))
        campaign.refusals = campaign.refusals + 1 if refusal == campaign.last_refusal else 1
        campaign.last_refusal = refusal
        if campaign.refusals % REFUSALS_TO_STOP == 0:  # again and again, in case the first word got lost
            self.on_refusals(campaign, reply)

    def record(
        self,
        kind: Kind,
        batch: Batch,
        ordinal: int,
        at: float,
        *,
        state: str = "pending",
        flags: int = 0,
        code: int = 0,
        enhanced: tuple[int, int, int] = NO_STATUS,
        relay: int = 0,
        text: str = "",
    ) -> None:
        self.journal.add(
            pack(
                kind,
                batch.key,
                ordinal,
                at,
                state=STATE_NUMBER[state],
                flags=flags,
                code=code,
                enhanced=enhanced,
                relay=relay,
                text=text.encode(),
            )
        )
        if not self.flush_due:
            self.flush_due = True
            self.later(self.flush)

    def flush(self) -> None:
        self.flush_due = False
        self.journal.flush()
