"""One durable write serves all requests that wait for them, so durability costs each of them little.

While one group is on its way to the disk the next one gathers. A thread of its own writes, so that a slow disk holds up
those who wait for it and nobody else.
"""

from __future__ import annotations

import asyncio
import errno
import os
import queue
import threading
from pathlib import Path

from fairpost.events.spool import SpoolWriter
from fairpost.kernel.clock import boottime

ROTATED_AT = 64 * 1024 * 1024  # octets after which a spool is ended, so that what is folded leaves the disk
LAST_WAIT = 20.0  # seconds that the end of the process waits for the disk


Group = asyncio.Future[float]  # many await one; nothing here cancels who awaits, as that would reach the others


class GroupSpool:
    """A spool for the coroutines of one event loop; made inside it. `reserve` octets of the disk are left to others."""

    def __init__(self, folder: Path, sort: str, reserve: int = 0) -> None:
        self.folder = folder
        self.sort = sort
        self.reserve = reserve
        self.loop = asyncio.get_running_loop()
        self.gathered: list[bytes] = []
        self.group: Group | None = None
        self.busy = False
        self.writer: SpoolWriter | None = SpoolWriter(folder, sort)
        self.work: queue.SimpleQueue[tuple[bytes, Group] | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self.write_groups, name=f"spool {sort}", daemon=True)
        self.thread.start()

    def add(self, record: bytes) -> Group:
        """Becomes the time (CLOCK_BOOTTIME) at which `record` was on disk, or OSError. Many may await it."""
        group = self.group
        if group is None:
            group = self.group = self.loop.create_future()
            if not self.busy:
                self.busy = True
                self.loop.call_soon(self.send_off)  # after whatever else came in this turn of the loop
        self.gathered.append(record)
        return group

    def send_off(self) -> None:
        assert self.group is not None
        self.work.put((b"".join(self.gathered), self.group))
        self.gathered = []
        self.group = None

    def written(self, group: Group, at: float, error: OSError | None) -> None:
        """Called in the loop when a group is on disk, or cannot be brought there."""
        if error is None:
            group.set_result(at)
        else:
            group.set_exception(error)
            group.exception()  # seen: nobody may be waiting any more
        if self.group is None:
            self.busy = False
        else:
            self.send_off()

    # in the thread

    def write_groups(self) -> None:
        while (work := self.work.get()) is not None:
            data, group = work
            error = None
            try:
                self.write(data)
            except OSError as failed:
                error = failed
                self.abandon()
            self.loop.call_soon_threadsafe(self.written, group, boottime(), error)

    def write(self, data: bytes) -> None:
        if self.reserve and free_space(self.folder) < self.reserve:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.writer is None or self.writer.size > ROTATED_AT:
            self.abandon()
            self.writer = SpoolWriter(self.folder, self.sort)
        self.writer.append(data)

    def abandon(self) -> None:
        """Ends the spool; the fold takes what is whole in it and removes it."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    # at the end

    async def close(self) -> None:
        """Writes what waits and ends the spool."""
        while self.busy:
            await asyncio.sleep(0.005)
        self.work.put(None)
        await asyncio.to_thread(self.thread.join, LAST_WAIT)
        self.abandon()


def free_space(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize
