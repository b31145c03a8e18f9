"""An unsubscribe is acknowledged when it stands: folded into the database, or on disk while no sender leases."""

from __future__ import annotations

import asyncio

from fairpost.events.promise import Promise
from fairpost.kernel.clock import boottime

LOOK = 0.01  # seconds between looks at what the folding process says
PATIENCE = 8.0  # seconds; longer than any promise lasts after the folding process has lost the database


class Standing:
    """Those who wait for their wish to stand, looked after by one timer."""

    def __init__(self, promise: Promise) -> None:
        self.promise = promise
        self.loop = asyncio.get_running_loop()
        self.waiting: list[tuple[float, asyncio.Future[bool]]] = []

    async def stands(self, written: float) -> bool:
        """True as soon as what was on disk at `written` (CLOCK_BOOTTIME) stands; False where nobody can say."""
        if self.promise.holds(written):
            return True
        waiter: asyncio.Future[bool] = self.loop.create_future()
        if not self.waiting:
            self.loop.call_later(LOOK, self.look)
        self.waiting.append((written, waiter))
        return await waiter

    def look(self) -> None:
        now = boottime()
        waiting, self.waiting = self.waiting, []
        for written, waiter in waiting:
            if waiter.done():  # whoever asked has gone
                continue
            if self.promise.holds(written):
                waiter.set_result(True)
            elif now - written > PATIENCE:
                waiter.set_result(False)
            else:
                self.waiting.append((written, waiter))
        if self.waiting:
            self.loop.call_later(LOOK, self.look)
