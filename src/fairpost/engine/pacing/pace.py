"""The pace of one sending process: its share of every limit, by relay and by destination."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fairpost.engine.outcomes.replies import Outcome
from fairpost.engine.pacing.backoff import TOO_FAST, AdaptiveRate
from fairpost.engine.pacing.token_bucket import TokenBucket

BURST = 0.2  # seconds' worth of messages that may leave at once after a rest
UNLIMITED = 1000.0  # messages/s from which a destination without a limit of its own is slowed down when it asks for it


Limits = Sequence[tuple[int, float]]


class Pace:
    """Answers whether the next message may leave. Without limits and complaints every answer costs one look-up.

    `share` is this process's part of all limits: N senders together keep the pace that one would.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.relays: dict[int, TokenBucket] = {}
        self.limits: dict[str, float] = {}
        self.caps: dict[int, TokenBucket] = {}  # of what a decision slowed down
        self.destinations: dict[str, tuple[TokenBucket, AdaptiveRate]] = {}
        self._share = 1.0

    @property
    def share(self) -> float:
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        if share != self._share:
            self._share = share
            now = self.clock()
            destinations = (bucket for bucket, _rate in self.destinations.values())
            for bucket in [*self.relays.values(), *self.caps.values(), *destinations]:
                bucket.change(now, share=share)

    def set_relay_rates(self, rates: Mapping[int, float]) -> None:
        """Messages a second over all senders, by relay; relays that are not named have no limit."""
        now = self.clock()
        for relay in set(self.relays) - set(rates):
            del self.relays[relay]
        for relay, rate in rates.items():
            if relay in self.relays:
                self.relays[relay].change(now, rate=rate)
            else:
                self.relays[relay] = TokenBucket(rate, max(1.0, rate * BURST), now, self._share)

    def set_destination_rates(self, rates: Mapping[str, float]) -> None:
        """The same by destination. One that complained keeps its lower rate until it has recovered."""
        for name in set(self.limits) - set(rates):
            self.destinations.pop(name, None)
        for name, rate in rates.items():
            if self.limits.get(name) != rate:
                self.destinations[name] = self.made(rate)
        self.limits = dict(rates)

    def wait_for_relay(self, relay: int) -> float:
        """Seconds until the next message may leave through this relay; 0 means now."""
        bucket = self.relays.get(relay) if self.relays else None
        return bucket.wait(self.clock()) if bucket is not None else 0.0

    def within(self, limits: Limits) -> bool:
        """Whether a message that is subject to all of these (limit, messages a second over all senders) may leave."""
        now = self.clock()
        return all(self.cap(limit, rate).wait(now) <= 0 for limit, rate in limits)

    def took(self, relay: int, limits: Limits = ()) -> None:
        """A message leaves through this relay: it counts against its rate, and against these limits."""
        bucket = self.relays.get(relay) if self.relays else None
        now = self.clock() if bucket is not None or limits else 0.0
        if bucket is not None:
            bucket.take(now)
        for limit, rate in limits:
            self.cap(limit, rate).take(now)

    def cap(self, limit: int, rate: float) -> TokenBucket:
        found = self.caps.get(limit)
        if found is None or found.rate != rate:
            found = self.caps[limit] = TokenBucket(rate, max(1.0, rate * BURST), self.clock(), self._share)
        return found

    def take_destination(self, destination: str) -> bool:
        """Whether a message may go to this destination now; True counts it."""
        if not self.destinations:
            return True
        found = self.destinations.get(destination)
        return found is None or found[0].take(self.clock())

    def ready(self, destination: str) -> bool:
        """Whether a message may go to this destination now, without counting one."""
        found = self.destinations.get(destination)
        return found is None or found[0].wait(self.clock()) <= 0

    def learned(self, destination: str, outcome: Outcome) -> None:
        """Takes note of what a destination said: slower when it is too much, faster again when it is not."""
        found = self.destinations.get(destination)
        now = self.clock()
        if outcome.state == "deferred" and outcome.reason in TOO_FAST:
            if found is None:
                found = self.destinations[destination] = self.made(UNLIMITED)
            if found[1].deferred(outcome.reason, now):
                found[0].change(now, rate=found[1].rate)
        elif found is not None and outcome.state == "accepted" and found[1].accepted(now):
            found[0].change(now, rate=found[1].rate)
            if destination not in self.limits and found[1].rate >= UNLIMITED:
                del self.destinations[destination]

    def full(self) -> list[str]:
        """Destinations that take nothing at this moment: their parts are not leased."""
        now = self.clock()
        return [name for name, (bucket, _rate) in self.destinations.items() if bucket.wait(now) > 0]

    def made(self, rate: float) -> tuple[TokenBucket, AdaptiveRate]:
        bucket = TokenBucket(rate, max(1.0, rate * BURST), self.clock(), self._share)
        return bucket, AdaptiveRate(rate, floor=min(0.1, rate))
