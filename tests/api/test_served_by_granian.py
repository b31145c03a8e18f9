"""The API as a customer meets it: a real server process, sockets, files that do not fit into memory's view."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from tests.builders.api import Program, program
from tests.builders.tenants import make_account


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(database_url: str, **environment: str) -> Iterator[http.client.HTTPConnection]:
    """`fairpost web` with this database, and a connection to it."""
    port = free_port()
    known = {key: value for key, value in os.environ.items() if not key.startswith("FAIRPOST_")}
    given = {
        "DATABASE_URL": database_url,
        "FAIRPOST_DATA_DIR": settings.FAIRPOST.data_dir,
        "FAIRPOST_WEB_THREADS": "4",
        **environment,
    }
    command = [sys.executable, "-m", "fairpost.runtime", "web", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, env=known | given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(400):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, "the server has ended"
                time.sleep(0.05)
        yield http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": "localhost", **named})
    response = connection.getresponse()
    content = response.read()
    return response, json.loads(content) if content else None


def memory(port: int) -> int:
    """Resident memory, in kilobytes, of the process that listens on this port's parent's children together."""
    done = subprocess.run(["ps", "-eww", "-o", "rss,args"], capture_output=True, text=True, check=True)
    return max(int(line.split()[0]) for line in done.stdout.splitlines() if f"127.0.0.1:{port}" in line)


@pytest.mark.usefixtures("committed")
def test_a_real_server_answers_and_takes_files(database_url):
    ada: Program = program(make_account())
    bearer = {"Authorization": f"Bearer {ada.key}"}
    with served(database_url) as server:
        response, document = ask(server, "GET", "/api/v1/openapi.json")
        assert (response.status, document["openapi"][:3]) == (200, "3.1")
        response, health = ask(server, "GET", "/healthz")
        assert (response.status, health) == (200, {"status": "ok"})

        made = json.dumps({"name": "News"}).encode()
        headers = {**bearer, "Content_Type": "application/json", "Idempotency_Key": "one"}
        first, again = (ask(server, "POST", ada.path("lists"), made, **headers) for _n in range(2))
        assert first[0].status == again[0].status == 201
        assert first[1] == again[1]
        assert again[0].getheader("Idempotent-Replayed") == "true"

        before = memory(server.port)
        rows = b"email,note\n" + b"".join(b"p%d@lake.example,%s\n" % (n, b"x" * 900) for n in range(60_000))
        parts = b'--b\r\nContent-Disposition: form-data; name="options"\r\n\r\n{"consent": "form"}\r\n'
        parts += b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.csv\"\r\n\r\n"
        parts += rows + b"\r\n--b--\r\n"
        kind = "multipart/form-data; boundary=b"
        response, imported = ask(server, "POST", ada.path("imports"), parts, **bearer, Content_Type=kind)
        assert response.status == 202, imported
        assert imported["state"] == "waiting"
        grown = memory(server.port) - before
        assert grown < 40_000, f"{len(parts) >> 10} kB of upload grew the process by {grown} kB"


def test_a_server_without_its_database_says_so():
    dead = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with served(dead) as server:
        response, problem = ask(server, "GET", "/api/v1/self", Authorization="Bearer fp_1_" + "A" * 43)
        assert (response.status, problem["type"]) == (503, "urn:fairpost:problem:unavailable")
        assert response.getheader("Retry-After")
        response, health = ask(server, "GET", "/healthz")
        assert response.status == 503
        server.request("GET", "/register", headers={"Host": "localhost"})
        assert server.getresponse().status == 503
