"""One clock for every process, so that a test or a replay can move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the product's time. Real durations (permits, time-outs) use CLOCK_BOOTTIME instead, never this."""

    def now(self) -> datetime:
        """The time now, always with time zone UTC."""
        ...


class SystemClock:
    """The machine's clock, shifted by a fixed offset (zero unless a replay or test sets one)."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


SYSTEM_CLOCK = SystemClock()  # the default of every action that takes a clock


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def boottime() -> float:
    """Seconds since boot, suspend included: the clock by which permits expire (Linux CLOCK_BOOTTIME)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
