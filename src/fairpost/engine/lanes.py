"""Connections to several relays: shares by weight, back-off of those in trouble, fail-over to the others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from fairpost.engine.ports import RelayAddress, Reply

FIRST_BACKOFF = 0.5  # seconds after the first failure of a relay; doubles up to LONGEST_BACKOFF
LONGEST_BACKOFF = 60.0
PERMANENT_STAGES = frozenset({"banner", "ehlo", "starttls", "auth"})


@dataclass(slots=True)
class Lane:
    """One relay as this process uses it, with its open connections."""

    relay_id: int
    pool_id: int
    address: RelayAddress
    weight: int
    limit: int | None
    clients: list[Any] = field(default_factory=list)
    failures: int = 0
    not_before: float = 0.0
    stopped: bool = False

    def failed(self, now: float) -> bool:
        """Counts one failure. Of a burst from connections that fail together only the first counts; True for it."""
        if now < self.not_before:
            return False
        self.failures += 1
        delay = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(self.failures - 1, 10))
        self.not_before = now + delay * random.uniform(0.7, 1.3)
        return True

    def usable(self, now: float) -> bool:
        return not self.stopped and now >= self.not_before


def is_permanent(reply: Reply) -> bool:
    """Whether a relay's refusal can only be mended by a person.

    A 5xx to banner, EHLO, STARTTLS or AUTH, or what we refuse ourselves with class 5: a certificate that is not valid.
    """
    ours = reply.code == 0 and reply.enhanced is not None and reply.enhanced[0] == 5
    return reply.stage in PERMANENT_STAGES and (ours or 500 <= reply.code < 600)


def wanted(lanes: Iterable[Lane], total: int, now: float) -> dict[int, int]:
    """Connections that each relay should have now: `total` by weight over the usable ones of each pool.

    A relay that failed and may be tried again gets a single connection until it has answered well.
    """
    counts: dict[int, int] = {}
    pools: dict[int, list[Lane]] = {}
    for lane in lanes:
        pools.setdefault(lane.pool_id, []).append(lane)
    for members in pools.values():
        usable = [each for each in members if each.usable(now)]
        weights = sum(each.weight for each in usable if each.failures == 0) or 1
        for each in usable:
            count = 1 if each.failures else max(1, round(total * each.weight / weights))
            counts[each.relay_id] = min(count, each.limit or count)
    return counts


class Lanes:
    """Keeps as many connections open as each relay should have. `dial` makes one and begins to connect it."""

    def __init__(self, dial: Callable[[Lane], Any], total: int) -> None:
        self.dial = dial
        self.total = total
        self.by_relay: dict[int, Lane] = {}
        self.parting: list[Any] = []  # finish what they have, on relays that are gone: still under the gate

    def update(self, lanes: Iterable[Lane]) -> None:
        """Takes in the relays as they are now; connections to those gone or changed are closed in good order."""
        fresh = {lane.relay_id: lane for lane in lanes}
        for relay_id, lane in list(self.by_relay.items()):
            new = fresh.get(relay_id)
            if new is None or new.address != lane.address or lane.stopped:
                del self.by_relay[relay_id]
                self.parting += lane.clients
                for client in list(lane.clients):
                    client.close()
            else:
                lane.weight, lane.limit, lane.pool_id = new.weight, new.limit, new.pool_id
        for relay_id, lane in fresh.items():
            self.by_relay.setdefault(relay_id, lane)

    def balance(self, busy: set[int], now: float) -> None:
        """Opens what is missing on relays that have something to do (`busy`) and wakes what is idle."""
        counts = wanted(self.by_relay.values(), self.total, now)
        for relay_id, lane in self.by_relay.items():
            target = counts.get(relay_id, 0) if relay_id in busy else 0
            for _ in range(target - len(lane.clients)):
                lane.clients.append(self.dial(lane))

    def clients(self) -> list[Any]:
        """Every connection that may hold a message, those that are parting included."""
        return [*self.parting, *(client for lane in self.by_relay.values() for client in lane.clients)]

    def forget(self, client: Any) -> None:
        """A connection is gone."""
        for clients in (self.parting, *(lane.clients for lane in self.by_relay.values())):
            if client in clients:
                clients.remove(client)
                return

    def answered(self, relay_id: int) -> None:
        """The relay took a message: it is well again."""
        lane = self.by_relay.get(relay_id)
        if lane is not None:
            lane.failures = 0
