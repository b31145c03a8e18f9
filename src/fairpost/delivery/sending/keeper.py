"""Keeps the permit of one sending process alive, in a thread of its own.

It renews five times a second, at once when the database calls, and at once when the loop has passed an epoch, so that
the confirmation is on its way. While the database is away the permit simply runs out.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from fairpost.delivery.connect import connect
from fairpost.delivery.gate.judge import Judge
from fairpost.delivery.gate.permit import CHANNEL, NOTHING, RENEWAL, Expelled, Permit, ask_permit
from fairpost.kernel.clock import Clock

RETRY = 0.2  # seconds between attempts while the database is away


class PermitKeeper(threading.Thread):
    """`permit` is what holds now; `on_change` is called from this thread when the epoch rose or campaigns opened."""

    def __init__(
        self, sender: UUID, clock: Clock, on_change: Callable[[Permit], None], on_expelled: Callable[[], None]
    ) -> None:
        super().__init__(name="permit", daemon=True)
        self.sender = sender
        self.clock = clock
        self.judge = Judge()
        self.on_change = on_change
        self.on_expelled = on_expelled
        self.permit: Permit = NOTHING
        self.confirmed = 0
        self.busy = False  # whether this process has leases: idle ones take no share of a rate
        self.stopped = False
        self.wake_read, self.wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def confirm(self, epoch: int) -> None:
        """The loop's word that all its connections are past `epoch`."""
        self.confirmed = max(self.confirmed, epoch)
        self.wake()

    def wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # the pipe is full of wake-ups already
            os.write(self.wake_write, b"x")

    def stop(self) -> None:
        self.stopped = True
        self.wake()

    def run(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while not self.stopped:
            try:
                if connection is None:
                    connection = connect()
                    connection.execute(f"LISTEN {CHANNEL}")
                self.renew(connection)
                self.rest(connection)
            except Expelled:
                self.permit = NOTHING
                self.on_expelled()
                return
            except psycopg.Error:
                connection = None
                if await_any([self.wake_read], RETRY):
                    os.read(self.wake_read, 4096)
        if connection is not None:
            connection.close()

    def renew(self, connection: psycopg.Connection[Any]) -> None:
        before = self.permit
        now = self.clock.now()
        self.permit = ask_permit(connection, self.sender, self.confirmed, self.judge, now, busy=self.busy)
        if self.permit.epoch != before.epoch or self.permit.open != before.open:
            self.on_change(self.permit)

    def rest(self, connection: psycopg.Connection[Any]) -> None:
        """Waits for the next renewal, a call of the database, or a wake-up."""
        ready = await_any([connection.fileno(), self.wake_read], RENEWAL)
        if self.wake_read in ready:
            os.read(self.wake_read, 4096)
        if connection.fileno() in ready:
            for _notify in connection.notifies(timeout=0):
                pass


def await_any(files: list[int], seconds: float) -> set[int]:
    """Those of `files` that can be read within so many seconds. By poll: select knows no file number over 1023."""
    poll = select.poll()
    for each in files:
        poll.register(each, select.POLLIN)
    return {file for file, _event in poll.poll(seconds * 1000)}
