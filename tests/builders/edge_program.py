"""An edge as processes of its own, and what asks it over sockets while it is killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.builders.edge import PHONE
from tests.builders.sending import until

from fairpost.tenants.keyring import keyring_path

HEADERS = {"User-Agent": PHONE, "Connection": "close"}


class EdgeProgram:
    """`fairpost edge` with data in `folder`."""

    def __init__(self, folder: Path, database_url: str, processes: int = 1, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [
            sys.executable, "-m", "fairpost.runtime", "edge",
            "--bind", f"127.0.0.1:{self.port}", "--processes", str(processes),
        ]  # fmt: skip
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "FAIRPOST_DATA_DIR": str(folder),
            "FAIRPOST_KEYRING": str(keyring_path()),
            "FAIRPOST_LOG_LEVEL": "warning",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=sys.stderr)
        until(lambda: self.ask("GET", "/healthz")[0], "the edge answers", 40)

    def folding(self) -> None:
        """Returns when its folding process runs, has reached the database a moment ago and knows all links."""

        def folds() -> bool:
            told = json.loads(self.ask("GET", "/healthz")[1] or b"{}")
            recent = told.get("folded_age") is not None and told["folded_age"] < 1
            return bool(self.part("fold")) and recent and told["links_age"] is not None

        until(folds, "the edge folds", 40)

    def ask(self, method: str, path: str, timeout: float = 20) -> tuple[int, bytes]:
        """Status and body; (0, b"") where there was no whole answer."""
        session = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            session.request(method, path, headers=HEADERS)
            response = session.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            session.close()

    def part(self, name: str) -> list[int]:
        """The processes of one part (fold, serve), those that do the work first."""
        assert self.process is not None
        tops = [pid for pid in children(self.process.pid) if name in arguments(pid)]
        below = [each for pid in tops for each in children(pid) if "resource_tracker" not in str(arguments(each))]
        return [*below, *tops]

    def kill(self, name: str = "") -> None:
        """kill -9 of one part, or of everything."""
        assert self.process is not None
        pids = self.part(name) if name else [*self.part("fold"), *self.part("serve"), self.process.pid]
        for pid in pids if not name else pids[:1]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if not name:
            self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@contextmanager
def edge_program(folder: Path, database_url: str, processes: int = 1, **environment: str) -> Iterator[EdgeProgram]:
    made = EdgeProgram(folder, database_url, processes, **environment)
    made.start()
    try:
        yield made
    finally:
        made.stop()


class Visitors:
    """Threads that ask for one path after the other; `acknowledged` are those that were answered with `good`."""

    def __init__(self, edge: EdgeProgram, method: str, paths: list[str], good: int, threads: int = 3) -> None:
        self.acknowledged: list[str] = []
        self.failed = 0
        self.ended = threading.Event()
        self.paths = iter(paths)
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.visit, args=(edge, method, good)) for _each in range(threads)]
        for each in self.threads:
            each.start()

    def visit(self, edge: EdgeProgram, method: str, good: int) -> None:
        while not self.ended.is_set():
            with self.lock:
                path = next(self.paths, "")
            if not path:
                return
            status, _body = edge.ask(method, path)
            if status == good:
                self.acknowledged.append(path)
            else:
                self.failed += 1

    def end(self) -> None:
        self.ended.set()
        for each in self.threads:
            each.join(30)


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except FileNotFoundError:
        return []
