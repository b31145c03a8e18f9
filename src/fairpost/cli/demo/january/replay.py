"""The post of the replay, in this one process: its clock can be moved, and sender and fold follow it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from fairpost.delivery.connect import connect
from fairpost.delivery.fold.folder import fold_directory
from fairpost.delivery.platform_mail import post_notices
from fairpost.delivery.sending.process import SendingProcess
from fairpost.engine.transport.recording_sink import Recording
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _

PATIENCE = 60.0  # seconds that one step may take


def move_clock(at: datetime) -> None:
    """From here on this process lives at `at`; its seconds are as long as ever."""
    SYSTEM_CLOCK.offset = at - datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """The sink's port, and what it has received."""

    port: int
    mails: Path

    def received(self) -> dict[str, int]:
        """How many mails each address got."""
        return Recording(self.mails).recipients

    def after(self, since: float, subject: str) -> int:
        """Mails with this subject that arrived after `since` (CLOCK_BOOTTIME)."""
        recording, line = Recording(self.mails), f"\nSubject: {subject}\r".encode()
        return sum(each.arrived > since and line in recording.content(each) for each in recording)

    def count(self, part: str) -> int:
        """Mails to addresses that have this in them."""
        return sum(count for address, count in self.received().items() if part in address)


@contextmanager
def post(folder: Path) -> Iterator[Post]:
    """Runs sink, sender and fold until the block ends; the clock is then the machine's again."""
    mails, journals = folder / "mails", folder / "journals"
    journals.mkdir(parents=True)
    with (folder / "sink.log").open("ab") as log:
        sink = subprocess.Popen(
            [sys.executable, "-m", "fairpost.runtime", "sink", "--record", str(mails), "--port", "0", "--json"],
            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert sink.stdout is not None
        port = json.loads(sink.stdout.readline())["port"]
        stopped = threading.Event()
        fold = threading.Thread(
            target=fold_directory, args=(journals, SYSTEM_CLOCK, connect, stopped.is_set, lambda why: None), daemon=True
        )
        sender = Sender(journals)
        fold.start()
        sender.start()
        try:
            yield Post(port, mails)
        finally:
            sender.end()
            stopped.set()
            fold.join(30)
            sink.terminate()
            sink.wait(30)
            SYSTEM_CLOCK.offset = timedelta(0)


class Sender(threading.Thread):
    """One sending process, as a thread."""

    def __init__(self, journals: Path) -> None:
        super().__init__(name="sender", daemon=True)
        self.process = SendingProcess(journals, 8, "replay.localhost", SYSTEM_CLOCK)

    def run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            self.loop = runner.get_loop()
            runner.run(self.process.run())

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.process.stop)
        self.join(30)


def await_(look: Callable[[], bool], what: str) -> None:
    """Returns once `look` says so. Raises Unavailable with `what` where it does not in time."""
    end = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > end:
            raise Unavailable(_("The replay waited in vain for this: {what}.").format(what=what))
        time.sleep(0.05)


def post_all_notices() -> int:
    """Hands over every notice that is queued; in an installation the worker does that each second."""
    return post_notices(SYSTEM_CLOCK)
