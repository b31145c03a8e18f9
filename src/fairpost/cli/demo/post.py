"""The demo's post: a recording sink that takes every mail, and senders, as processes of their own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.request import urlopen

from fairpost.delivery.queries.senders import senders as senders_now
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _


def run(*arguments: str, output: IO[bytes] | int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "fairpost.runtime", *arguments]
    return subprocess.Popen(command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL)


@contextmanager
def sink_and_senders(mails: Path, logs: Path) -> Iterator[int]:
    """Runs both until the block ends; gives the sink's port. What they print goes to files in `logs`."""
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / "sink.log").open("ab") as sink_log, (logs / "sender.log").open("ab") as sender_log:
        sink = run(
            "sink", "--record", str(mails), "--port", "0", "--json", output=subprocess.PIPE, errors=sink_log
        )
        senders = run("sender", output=sender_log, errors=sender_log)
        try:
            port = port_of(sink, logs)
            await_senders(senders, logs)
            yield port
        finally:
            for child in (senders, sink):  # senders first: they let their last replies come in
                child.terminate()
                end(child)


@contextmanager
def edge_and_intake(logs: Path) -> Iterator[tuple[int, int]]:
    """Runs the edge and the mail intake until the block ends; gives their ports."""
    ports = free_port(), free_port()
    with (logs / "edge.log").open("ab") as edge_log, (logs / "mailin.log").open("ab") as intake_log:
        children = (
            run("edge", "--bind", f"127.0.0.1:{ports[0]}", output=edge_log, errors=edge_log),
            run("mailin", "serve", "--bind", f"127.0.0.1:{ports[1]}", output=intake_log, errors=intake_log),
        )
        try:
            for child, port, name in zip(children, ports, ("edge.log", "mailin.log"), strict=True):
                await_listening(child, port, logs / name)
            await_folding(children[0], ports[0], logs / "edge.log")
            yield ports
        finally:
            for child in children:
                child.terminate()
                end(child)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise Unavailable(_("A part of the demo did not start; see {log}.").format(log=log))


def await_folding(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns when the edge knows the database, and so the links of what was sent."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            health = json.load(answer)
        if health["folding"] and health["links_age"] is not None:
            return
        time.sleep(0.2)
    raise Unavailable(_("A part of the demo did not start; see {log}.").format(log=log))


def await_senders(process: subprocess.Popen[bytes], logs: Path) -> None:
    """Returns when a sending process has its permit, so that the rate counts sending and not starting."""
    deadline = time.monotonic() + 60
    while not any(each.alive for each in senders_now()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Unavailable(_("The senders did not start; see {log}.").format(log=logs / "sender.log"))
        time.sleep(0.1)


def port_of(sink: subprocess.Popen[bytes], logs: Path) -> int:
    assert sink.stdout is not None
    line = sink.stdout.readline()
    try:
        return int(json.loads(line)["port"])
    except (ValueError, KeyError):
        raise Unavailable(_("The recording sink did not start; see {log}.").format(log=logs / "sink.log")) from None


def end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(60)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
