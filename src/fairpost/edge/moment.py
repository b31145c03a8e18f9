"""The time of what comes in, asked of the clock at most once a millisecond."""

from __future__ import annotations

from fairpost.kernel.clock import Clock, boottime

GRAIN = 0.001  # seconds
DAY = 86_400_000_000  # microseconds


class Moment:
    """`micros` are microseconds since 1970-01-01 UTC, `day` the days; both as of the last `look`."""

    __slots__ = ("at", "clock", "day", "micros")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.at = 0.0
        self.look()

    def look(self) -> float:
        """Brings it up to date, and gives the time on CLOCK_BOOTTIME."""
        at = boottime()
        if at - self.at > GRAIN:
            self.at = at
            self.micros = int(self.clock.now().timestamp() * 1_000_000)
            self.day = self.micros // DAY
        return at
