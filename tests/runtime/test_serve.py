"""`fairpost serve` brings everything up from nothing, keeps it up, and ends without leaving anything."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from fairpost.kernel.configuration import Configuration
from fairpost.runtime import embedded


@pytest.fixture
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    port, mail, edge = free_port(), free_port(), free_port()
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {
        "FAIRPOST_DATA_DIR": str(folder),
        "FAIRPOST_WEB_BIND": f"127.0.0.1:{port}",
        "FAIRPOST_MAILIN_BIND": f"127.0.0.1:{mail}",
        "FAIRPOST_EDGE_BIND": f"127.0.0.1:{edge}",
        "FAIRPOST_DATABASE_OPTIONS": "fsync=off; shared_buffers=64MB",
        "FAIRPOST_SENDER_PROCESSES": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "fairpost.runtime", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield Configuration(data_dir=str(folder), edge_bind=f"127.0.0.1:{edge}"), port, mail, process
    if process.poll() is None:
        process.kill()
    process.stdout.close()
    embedded.stop(Configuration(data_dir=str(folder)))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def greeting_of(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            return line.recv(200)
    except OSError:
        return b""


def status_of(port):
    session = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        session.request("GET", "/")
        return session.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        session.close()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def children(pid):
    listed = open(f"/proc/{pid}/task/{pid}/children").read().split()  # noqa: SIM115
    return [int(each) for each in listed]


def test_all_of_it_comes_up_survives_a_dead_database_and_ends_cleanly(installation):
    configuration, port, mail, process = installation
    wait_for(lambda: status_of(port))
    assert status_of(port) < 500
    wait_for(lambda: status_of(int(configuration.links_url.rpartition(":")[2])) == 404)  # where links of mails lead
    wait_for(lambda: greeting_of(mail))
    assert greeting_of(mail).startswith(b"220 ")
    killed = embedded.status(configuration).pid
    os.kill(killed, signal.SIGKILL)

    def another_runs() -> bool:
        seen = embedded.status(configuration)  # it may be back before anybody saw it away
        return seen.running and seen.pid != killed

    wait_for(another_runs)
    below = children(process.pid)
    process.send_signal(signal.SIGTERM)
    said, _nothing = process.communicate(timeout=90)
    assert process.returncode == 0, said
    assert said.rstrip().endswith("Fairpost has ended.")
    assert not embedded.status(configuration).running
    assert [pid for pid in below if os.path.exists(f"/proc/{pid}")] == []
    assert status_of(port) is None
