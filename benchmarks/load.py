"""Asks a server over keep-alive connections as fast as it answers, one request at a time on each; a process of its own.

`python -m benchmarks.load PORT CONNECTIONS SECONDS` reads requests (paths, one a line) from standard input and prints
one JSON object: how many were answered with which status, and what was asked without an answer.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import uvloop

HEAD = (
    " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.7\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0\r\n\r\n"
)


class Visitor(asyncio.Protocol):
    """One connection. What is answered has no body, or one with a length."""

    def __init__(self, requests: Iterator[bytes], load: Load) -> None:
        self.requests = requests
        self.load = load
        self.buffer = b""
        self.path = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.path = next(self.requests, b"") if time.monotonic() < self.load.end else b""
        if self.path:
            self.transport.write(self.path)  # type: ignore[attr-defined]
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        head, mark, body = data.partition(b"\r\n\r\n")
        length = 0
        if mark:
            at = head.lower().find(b"content-length: ")
            length = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if not mark or len(body) < length:
            self.buffer = data
            return
        self.buffer = b""
        self.load.answered[int(head[9:12])] += 1
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        self.load.open -= 1
        if self.path and self.load.open >= 0 and (error or time.monotonic() < self.load.end):
            self.load.unanswered += bool(self.path)
        if not self.load.open:
            self.load.over.set_result(None)


class Load:
    """All connections of one run."""

    def __init__(self, port: int, connections: int, seconds: float, paths: list[str], method: str = "GET") -> None:
        self.port = port
        self.open = connections
        self.end = time.monotonic() + seconds
        self.requests = iter([f"{method} {path}{HEAD}".encode() for path in paths])
        self.answered: Counter[int] = Counter()
        self.unanswered = 0

    async def run(self) -> float:
        """Seconds from the first request to the last answer."""
        loop = asyncio.get_running_loop()
        self.over = loop.create_future()
        began = time.monotonic()
        for _each in range(self.open):
            await loop.create_connection(lambda: Visitor(self.requests, self), "127.0.0.1", self.port)
        await self.over
        return time.monotonic() - began


def run_load(port: int, paths: list[str], connections: int, seconds: float) -> dict:
    """Runs it in a process of its own and gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", str(port), str(connections), str(seconds)],
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    load = Load(port, connections, seconds, sys.stdin.read().splitlines())
    load.end = time.monotonic() + seconds  # reading the paths took a while
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        took = runner.run(load.run())
    print(json.dumps({"answered": dict(load.answered), "unanswered": load.unanswered, "seconds": took}))


if __name__ == "__main__":
    main()
