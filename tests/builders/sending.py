"""The sending side of an installation for one test: mail servers, relays, senders and the fold, all of them real."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop
from django.db import connection
from tests.builders.mailserver import EventLoop, Mailserver

from fairpost.delivery.actions.create_relay import create_relay
from fairpost.delivery.connect import connect
from fairpost.delivery.fold.folder import fold_directory
from fairpost.delivery.queries.progress import Progress, progress
from fairpost.delivery.sending import process
from fairpost.delivery.sending.process import SendingProcess
from fairpost.engine.transport.behaviour import GOOD, Behaviour
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.actors import local_operator
from fairpost.tenants.keyring import keyring_path

Seen = TypeVar("Seen")


def until(look: Callable[[], Seen], what: str, seconds: float = 15.0) -> Seen:
    """What `look` gives as soon as it is true; fails with `what` and the last look after so many seconds."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for this: {what} (last seen: {seen!r})"
        time.sleep(0.01)
    return seen


def rows(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def reached(account_id: int, campaign_id: int, state: str = "finished", seconds: float = 20.0) -> Progress:
    """The progress of a campaign once it is in this state."""
    seen = progress(account_id, campaign_id)

    def look() -> bool:
        nonlocal seen
        seen = progress(account_id, campaign_id)
        return seen.state == state

    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, f"after {seconds:g} s not {state}: {seen}"
        time.sleep(0.02)
    return seen


class Sender(threading.Thread):
    """A sending process in a thread of the test."""

    def __init__(self, folder: Path, connections: int, clock: Clock) -> None:
        super().__init__(name="sender", daemon=True)
        self.process = SendingProcess(folder, connections, "sender.test", clock)
        self.error: BaseException | None = None
        self.running = threading.Event()
        self.ended = False

    @property
    def id(self) -> str:
        return str(self.process.sender)

    def run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                self.loop = runner.get_loop()
                self.running.set()
                runner.run(self.process.run())
        except BaseException as error:
            self.error = error

    def stop(self) -> None:
        """Ends it in good order; its journal is whole then. May be called again."""
        if self.ended:
            return
        self.ended = True
        self.running.wait(5)
        if self.is_alive():
            self.loop.call_soon_threadsafe(self.process.stop)
            self.join(20)
        assert not self.is_alive(), "the sending process did not end within 20 s"
        if self.error is not None:
            raise self.error
        keeper = self.process.keeper
        keeper.join(10)
        assert not keeper.is_alive(), "the permit's thread did not end"
        os.close(keeper.wake_read)
        os.close(keeper.wake_write)


class Works:
    """Everything that one test starts; `close` ends it, senders before what they talk to."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.journals = folder / "journal"
        self.journals.mkdir()
        self.database_url = database_url
        self.thread = EventLoop()
        self.thread.start()
        self.senders: list[Sender] = []
        self.programs: list[subprocess.Popen[bytes]] = []
        self.folds: list[tuple[threading.Event, threading.Thread]] = []
        self.servers: list[Mailserver] = []
        self.complaints: list[str] = []

    # mail servers and relays

    def server(
        self, behaviour: Behaviour = GOOD, *, tls: ssl.SSLContext | None = None, implicit: bool = False
    ) -> Mailserver:
        made = Mailserver(self.thread, behaviour, tls, implicit)
        self.servers.append(made)
        return made

    def relay(self, server: Mailserver | int, *, pool: str = "default", **options: Any) -> int:
        """A relay for this server (or port). It signs, unless said otherwise, so that no test waits for RSA."""
        port = server if isinstance(server, int) else server.port
        given = {"name": f"relay {port}", "host": "127.0.0.1", "tls": "none", "signs": True, **options}
        return create_relay(actor=local_operator(), port=port, pool=pool, **given).id

    # senders

    def sender(self, connections: int = 4, clock: Clock = SYSTEM_CLOCK) -> Sender:
        """A sending process in a thread, with its first permit."""
        made = Sender(self.journals, connections, clock)
        self.senders.append(made)
        made.start()
        self.permitted(made.id)
        return made

    def program(self, part: str = "process", **environment: str) -> subprocess.Popen[bytes]:
        """`fairpost sender process` (or fold) as a process of its own; a sender has its first permit."""
        before = {row[0] for row in rows("SELECT pid FROM sender")}
        program = subprocess.Popen(
            [sys.executable, "-m", "fairpost.runtime", "sender", part],
            env={
                **os.environ,
                "DATABASE_URL": self.database_url,
                "FAIRPOST_DATA_DIR": str(self.folder),
                "FAIRPOST_KEYRING": str(keyring_path()),
                "FAIRPOST_SENDER_CONNECTIONS": "4",
                "FAIRPOST_LOG_LEVEL": "error",
                **environment,
            },
        )
        self.programs.append(program)
        if part == "process":
            assert program.pid not in before
            until(
                lambda: (
                    program.poll() is not None or rows("SELECT 1 FROM sender WHERE pid = %s AND epoch > 0", program.pid)
                ),
                "the sending process has its first permit",
                30,
            )
            assert program.poll() is None, "the sending process ended at once"
        return program

    def permitted(self, sender_id: str) -> None:
        until(lambda: rows("SELECT 1 FROM sender WHERE sender_id = %s AND epoch > 0", sender_id), "a first permit")

    def id_of(self, program: subprocess.Popen[bytes]) -> str:
        return str(rows("SELECT sender_id FROM sender WHERE pid = %s", program.pid)[0][0])

    # the fold

    def fold(self) -> None:
        """The fold of this test's journals, in a thread."""
        stopped = threading.Event()
        thread = threading.Thread(
            target=fold_directory,
            args=(self.journals, SYSTEM_CLOCK, connect, stopped.is_set, self.complaints.append),
            name="fold",
            daemon=True,
        )
        thread.start()
        self.folds.append((stopped, thread))

    def end_fold(self) -> None:
        for stopped, thread in self.folds:
            stopped.set()
            thread.join(25)
            assert not thread.is_alive(), "the fold did not end"
        self.folds.clear()

    def close(self) -> None:
        faults = []
        for program in self.programs:
            if program.poll() is None:
                program.send_signal(signal.SIGCONT)
                program.terminate()
        for each in [
            *(sender.stop for sender in self.senders),
            *(self.reaped(p) for p in self.programs),
            self.end_fold,
        ]:
            try:
                each()
            except BaseException as error:
                faults.append(error)
        for server in self.servers:
            server.down()
        self.thread.end()
        if faults:
            raise faults[0]

    @staticmethod
    def reaped(program: subprocess.Popen[bytes]) -> Callable[[], None]:
        def wait() -> None:
            try:
                program.wait(20)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                raise AssertionError("a process of the test did not end within 20 s") from None

        return wait


@pytest.fixture
def works(
    transactional_db: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Works]:
    """Import it into a conftest or a test module to use it."""
    monkeypatch.setattr(process, "RELAYS_EVERY", 0.2)  # so that no test waits two seconds for a relay's new state
    made = Works(tmp_path, database_url)
    try:
        yield made
    finally:
        made.close()
