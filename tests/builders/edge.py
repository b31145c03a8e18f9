"""An edge for one test: its application in an event loop of a thread, its folding process in another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.builders.mailserver import EventLoop
from tests.builders.sending import until

from fairpost.delivery.connect import connect
from fairpost.delivery.gate.edges import SILENT
from fairpost.edge.application import EdgeApplication
from fairpost.edge.desk import Place
from fairpost.events.fold import hits
from fairpost.events.fold.process import EdgeFold
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock, boottime
from fairpost.tenants.keyring import installation_keyring, keyring_path

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Safari/604.1"


@dataclass(frozen=True)
class Response:
    """What a request got. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Edge:
    """Serves from `folder`; with `fold` what it takes reaches the database."""

    def __init__(self, folder: Path, clock: Clock = SYSTEM_CLOCK, home: str = "http://localhost:8025") -> None:
        installation_keyring()
        self.folder = folder
        self.clock = clock
        self.loop = EventLoop()
        self.loop.start()
        self.application = EdgeApplication(Place(folder, keyring_path(), home, SILENT, clock=clock))
        self.events: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.said: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.folding: EdgeFold | None = None
        self.thread: threading.Thread | None = None
        living = self.application({"type": "lifespan"}, self.events.get, self.said.put)
        self.living = asyncio.run_coroutine_threadsafe(living, self.loop.loop)
        self.tell("startup")

    def tell(self, event: str) -> None:
        async def exchange() -> None:
            await self.events.put({"type": f"lifespan.{event}"})
            await self.said.get()

        self.loop.do(exchange())

    # requests

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        """One request; `headers` with underscores for hyphens."""
        return self.loop.do(self.asked(method, path, body, headers))

    async def asked(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Response:
        named = {name.lower().replace("_", "-"): value for name, value in headers.items()}
        given = {"host": "localhost", "user-agent": PHONE, **named}
        if body:
            given.setdefault("content-length", str(len(body)))
        plain, _mark, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": plain, "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        await self.application(scope, receive, send)
        headers_got = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Response(sent[0]["status"], headers_got, b"".join(each["body"] for each in sent[1:]))

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, **headers)

    def head(self, path: str, **headers: str) -> Response:
        return self.ask("HEAD", path, **headers)

    def post(self, path: str, body: bytes = b"List-Unsubscribe=One-Click", **headers: str) -> Response:
        return self.ask("POST", path, body, **headers)

    # the fold

    def fold(self, connect: Callable[[], Any] = connect) -> None:
        """Starts the folding process, in a thread; returns when the edge was seen."""
        self.folding = EdgeFold(self.folder, self.clock, connect, "test")
        self.thread = threading.Thread(target=self.folding.run, name="edge fold", daemon=True)
        self.thread.start()
        promise, began = self.folding.promise, boottime()

        def folded() -> bool:
            age = promise.database_age()
            return age is not None and age < boottime() - began and promise.links_age() is not None

        until(folded, "a first fold")

    def folded(self) -> None:
        """Returns when all hits that were taken are folded."""
        until(lambda: spooled(self.folder, "hits") == 0, "hits are folded", 15)

    def end_serving(self) -> None:
        if not self.living.done():
            self.tell("shutdown")
            self.living.result(10)

    def end(self) -> None:
        """In good order: what was taken is folded, where there is a fold."""
        self.end_serving()
        if self.folding is not None and self.thread is not None:
            self.folding.stop()
            self.thread.join(40)
            assert not self.thread.is_alive(), "the fold of the edge did not end"
            if self.folding.failure is not None:
                raise self.folding.failure
            self.folding = None
        self.loop.end()


def spooled(folder: Path, sort: str) -> int:
    """Octets that lie in spools of one sort and that the database does not have."""
    with connect() as connection:
        known = dict(connection.execute("SELECT spool::text, folded FROM spool_offset").fetchall())
    return sum(each.stat().st_size - known.get(each.stem, 0) for each in folder.glob(f"*.{sort}"))


@contextmanager
def edge_in(folder: Path, **options: Any) -> Iterator[Edge]:
    """An edge that is ended in good order; it folds once it is told to."""
    made = Edge(folder, **options)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def edge(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """An edge that folds. Import it into a conftest or a test module to use it."""
    monkeypatch.setattr(hits, "SETTLED", timedelta(seconds=0.2))  # so that no test waits three seconds
    with edge_in(tmp_path / "edge") as made:
        made.fold()
        yield made
