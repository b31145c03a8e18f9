"""One sending process: permit, leases, connections and the engine's loop, held together by one event loop.

Three threads: the event loop renders, signs and sends; the permit keeper talks to the gate; the desk leases batches
ahead and carries relay and campaign stops to the database. The loop never waits for either.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import structlog

from fairpost.delivery.gate.permit import Permit
from fairpost.delivery.sending.desk import Desk, Work
from fairpost.delivery.sending.keeper import PermitKeeper
from fairpost.engine.journal.writer import JournalWriter
from fairpost.engine.lanes import Lane, Lanes, is_permanent
from fairpost.engine.pacing.pace import Pace
from fairpost.engine.ports import Reply
from fairpost.engine.run import Batch, Campaign, SendingLoop
from fairpost.engine.transport.client import SmtpClient
from fairpost.kernel.clock import Clock, SystemClock, boottime

log = structlog.get_logger()

AHEAD = 4096  # recipients of a campaign that are leased before those at hand run out
AT_HAND = 8 * AHEAD  # of all campaigns together
WAITING = 4 * AHEAD  # recipients that wait here for the pace of their destinations
SLOW_LEASE = 60.0  # seconds until recipients of a slow destination are given back, so that all destinations get turns
TICK = 0.05  # seconds between looks at leases and connections
PASS_PATIENCE = 0.5  # seconds that a final dot may wait for its reply before a stop is confirmed all the same
RELAYS_EVERY = 2.0  # seconds between looks at the relays' settings


class SendingProcess:
    """Runs until `stop()`; then finishes what is in flight, gives its leases back and closes its journal."""

    def __init__(self, journals: Path, connections: int, helo: str, clock: Clock | None = None) -> None:
        self.sender = uuid4()
        self.journals = journals
        self.connections = connections
        self.clock = clock or SystemClock()
        self.desk = Desk(self.sender, self.clock, helo)
        self.stopping = False
        self.expelled = False
        self.leasing = False
        self.halted: set[tuple[int, int]] = set()  # refused by a relay: stopped here at once, for all by the database

    async def run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="desk")
        # The journal is there (and locked) before the row: whoever sees the row can ask the lock whether we live.
        self.journal = JournalWriter(self.journals / f"{self.sender}.journal")
        await self.register()
        self.pace = Pace(boottime)
        self.keeper = PermitKeeper(self.sender, self.clock, self.permit_changed, self.was_expelled)
        self.lanes = Lanes(self.dial, self.connections)
        self.feed = SendingLoop(
            gate=lambda: self.keeper.permit,
            journal=self.journal,
            pace=self.pace,
            later=self.loop.call_soon,
            on_refusals=self.campaign_refused,
            on_trouble=self.relay_trouble,
            on_closed=self.connection_closed,
            on_accepted=self.lanes.answered,
        )
        self.keeper.start()
        try:
            await self.work()
        finally:
            await self.wind_up()

    async def register(self) -> None:
        """Adds the sender's row; waits for the database as long as it takes."""
        host, pid = socket.gethostname(), os.getpid()
        while not self.stopping:
            if await self.at_desk(self.desk.register, host, pid, self.connections):
                return
            await asyncio.sleep(0.5)

    async def work(self) -> None:
        refresh = 0.0
        while not self.stopping and not self.expelled:
            now = boottime()
            if now >= refresh:
                refresh = now + RELAYS_EVERY
                self.loop.create_task(self.refresh_relays())
            self.pace.share = self.keeper.permit.share
            self.keeper.busy = bool(self.feed.batches)
            permit = self.keeper.permit
            open_here = permit.open.keys() - self.halted
            self.feed.drop(self.goes_on)
            self.cut_stale_dots()
            queued = self.feed.queued()
            supplied = {campaign for campaign, count in queued.items() if count >= AHEAD}
            if not self.leasing and sum(queued.values()) < AT_HAND and open_here - supplied:
                self.leasing = True
                self.loop.create_task(self.lease(supplied | self.halted))
            self.lanes.balance(self.busy_relays(), now)
            for client in self.lanes.clients():
                client.wake()
            await asyncio.sleep(TICK)

    def goes_on(self, batch: Batch) -> bool:
        return batch.campaign.key not in self.halted and still_open(batch, self.keeper.permit)

    async def wind_up(self) -> None:
        """Lets replies that are due come in, gives every lease back, and lets go of the journal's lock."""
        self.feed.drop(lambda batch: False)
        for client in self.lanes.clients():
            client.close()
        deadline = boottime() + 10
        while self.lanes.clients() and boottime() < deadline:
            self.cut_stale_dots()
            await asyncio.sleep(0.02)
        for client in self.lanes.clients():
            client.abort()
        await asyncio.sleep(0)
        self.keeper.stop()
        self.journal.close()
        await self.loop.run_in_executor(self.worker, self.desk.close)
        self.worker.shutdown(wait=True)

    # leases

    async def lease(self, supplied: set[tuple[int, int]]) -> None:
        """Leases some batches more, in turn over the open campaigns that are not `supplied` yet."""
        try:
            work = await self.at_desk(self.desk.next_work, self.keeper.permit, supplied, self.full())
            if isinstance(work, Work):
                self.begin(work)
            else:
                await asyncio.sleep(TICK)
        finally:
            self.leasing = False

    def begin(self, work: Work) -> None:
        at = self.clock.now().timestamp()
        for lease in work.leases:
            batch = Batch(
                key=lease.key,
                campaign=work.campaign,
                recipients=lease.recipients,
                repeated=lease.repeated,
                deadline=min(work.deadline, boottime() + SLOW_LEASE) if lease.destination else work.deadline,
                destinations=lease.destinations,
                destination=lease.destination,
                admission=work.admission,
                limits=work.admission.limits,
            )
            self.feed.add(batch, lease.withheld, at)
        for client in self.lanes.clients():
            client.wake()

    def full(self) -> list[str]:
        """Destinations of which nothing more is leased now: they take nothing, or somebody waits for them here."""
        waiting = self.feed.waiting()
        full = {*self.pace.full(), *waiting}
        if sum(waiting.values()) > WAITING:
            full |= self.pace.destinations.keys()
        return sorted(full)

    def busy_relays(self) -> set[int]:
        return {relay for batch in self.feed.batches for relay in batch.campaign.relays}

    # connections

    def dial(self, lane: Lane) -> SmtpClient:
        client = SmtpClient(lane.address, self.feed)
        client.relay_id = lane.relay_id
        self.loop.create_task(client.open())
        return client

    def connection_closed(self, client: SmtpClient) -> None:
        self.lanes.forget(client)

    def relay_trouble(self, client: SmtpClient, reply: Reply, campaign: Campaign | None) -> None:
        lane = self.lanes.by_relay.get(client.relay_id)
        if lane is None:
            return
        if reply.stage == "mail" and 500 <= reply.code < 600 and campaign is not None:
            self.campaign_refused(campaign, reply)
        elif is_permanent(reply):
            lane.stopped = True
            self.loop.create_task(self.at_desk(self.desk.stop_relay, client.relay_id, reply))
        elif lane.failed(boottime()):
            log.warning("relay trouble", relay=client.relay_id, stage=reply.stage, code=reply.code, reply=reply.text)

    def campaign_refused(self, campaign: Campaign, reply: Reply) -> None:
        if campaign.key not in self.halted:
            self.halted.add(campaign.key)
            self.feed.drop(lambda batch: batch.campaign.key != campaign.key)
            self.loop.create_task(self.halt(campaign, reply))

    async def halt(self, campaign: Campaign, reply: Reply) -> None:
        """Carries the stop to the database; where that failed the campaign goes on, to be refused again."""
        done = await self.at_desk(self.desk.stop_campaign, campaign.key, reply)
        if not done or campaign.key not in self.keeper.permit.open:
            self.halted.discard(campaign.key)

    async def refresh_relays(self) -> None:
        relays = await self.at_desk(self.desk.relays)
        if relays is None:
            return
        self.lanes.update(
            Lane(each.id, each.pool_id, each.address, each.weight, each.max_connections) for each in relays
        )
        pools: dict[int, set[int]] = {}
        for each in relays:
            pools.setdefault(each.pool_id, set()).add(each.id)
        for campaign in {id(batch.campaign): batch.campaign for batch in self.feed.batches}.values():
            campaign.relays = frozenset(pools.get(campaign.pool_id, ()))
        self.pace.set_relay_rates({each.id: each.rate_per_second for each in relays if each.rate_per_second})
        rates = await self.at_desk(self.desk.destination_rates)
        if rates is not None:
            self.pace.set_destination_rates(rates)

    # the gate

    def permit_changed(self, permit: Permit) -> None:
        """Called from the keeper's thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile: nothing is on its way any more
            self.loop.call_soon_threadsafe(lambda: self.loop.create_task(self.pass_epoch(permit)))

    async def pass_epoch(self, permit: Permit) -> None:
        """Confirms an epoch once nothing of what it closed is on its way any more."""
        self.halted &= permit.open.keys()
        self.feed.drop(lambda batch: still_open(batch, permit))
        deadline = boottime() + PASS_PATIENCE
        while late := self.closed_in_flight(permit):
            if boottime() > deadline:
                for client in late:
                    if client.unwritten():
                        client.abort()
                break
            await asyncio.sleep(0.005)
        self.journal.flush()
        self.keeper.confirm(permit.epoch)

    def closed_in_flight(self, permit: Permit) -> list[SmtpClient]:
        """Connections whose final dot is written, without a reply yet, for a batch that `permit` does not let go on."""
        return [
            client
            for client in self.lanes.clients()
            if client.in_flight is not None and not still_open(client.in_flight.context[0], permit)
        ]

    def cut_stale_dots(self) -> None:
        """After a permit ran out, no byte of a message may leave any more that the kernel does not have yet."""
        if boottime() > self.keeper.permit.until:
            for client in self.lanes.clients():
                if client.in_flight is not None and client.unwritten():
                    client.abort()

    def was_expelled(self) -> None:
        """Called from the keeper's thread: an operator abandoned this sender; its leases are not its own any more."""
        self.expelled = True

    def stop(self) -> None:
        self.stopping = True

    async def at_desk(self, function, *arguments):
        """Runs a database call in the desk's thread; None where the database is away (logged there)."""
        return await self.loop.run_in_executor(self.worker, self.desk.attempt, function, *arguments)


def still_open(batch: Batch, permit: Permit) -> bool:
    """Whether what a batch was leased under still holds, apart from the permit's own life."""
    return permit.open.get(batch.campaign.key) == batch.admission
