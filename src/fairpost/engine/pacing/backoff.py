"""Finds the pace that a destination accepts, and when to try again what it put off.

Additive increase, multiplicative decrease, as in TCP (RFC 5681): half the rate when a destination says that
we are too fast, a fixed step more after each quiet interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

TOO_FAST = frozenset({"rate_limited", "policy", "relay_not_accepting", "relay_closing"})


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Delays in seconds between attempts: `first`, doubling up to `longest`, with +-20 % so that retries
    spread out.

    RFC 5321, 4.5.4.1 asks for 30 minutes between attempts; the first ones may come sooner, and greylisting
    needs it.
    """

    first: float = 300.0
    longest: float = 4 * 3600.0
    jitter: float = 0.2

    def delay(self, attempt: int, random: Random) -> float:
        """Seconds to wait after attempt number `attempt` (from 1) was put off."""
        if attempt < 1:
            raise ValueError("attempts count from 1")
        base = min(self.longest, self.first * 2.0 ** min(attempt - 1, 60))
        return base * random.uniform(1 - self.jitter, 1 + self.jitter)


class AdaptiveRate:
    """The rate for one destination, in messages per second, between `floor` and `ceiling`.

    One burst of deferrals is one signal: within `interval` seconds of a cut further ones are not counted,
    as they answer messages that had left before it.
    """

    def __init__(
        self, ceiling: float, *, floor: float = 0.1, step: float | None = None, interval: float = 30.0
    ) -> None:
        if not 0 < floor <= ceiling:
            raise ValueError("floor must be above 0 and not above ceiling")
        self.ceiling = ceiling
        self.floor = floor
        self.interval = interval
        self.rate = ceiling
        self._step = ceiling / 20 if step is None else step
        self._changed = float("-inf")

    def deferred(self, reason: str, now: float) -> bool:
        """Takes note of a deferral; True where the rate was cut. Only reasons in TOO_FAST count."""
        if reason not in TOO_FAST or now - self._changed < self.interval:
            return False
        self.rate = max(self.floor, self.rate / 2)
        self._changed = now
        return True

    def accepted(self, now: float) -> bool:
        """Takes note of an accepted message; True where the rate was raised."""
        if self.rate >= self.ceiling or now - self._changed < self.interval:
            return False
        self.rate = min(self.ceiling, self.rate + self._step)
        self._changed = now
        return True
