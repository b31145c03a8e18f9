"""SMTP servers for tests: Fairpost's own sink in a thread, whose behaviour can be changed and which can go down."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import uvloop

from fairpost.engine.transport.behaviour import GOOD, Behaviour, Rule
from fairpost.engine.transport.recording_sink import unstuffed
from fairpost.engine.transport.sink_connection import SinkConnection


@dataclass(frozen=True)
class Arrival:
    """One message that a server took. `at` is CLOCK_BOOTTIME when its final dot was there."""

    at: float
    sender: str
    to: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class Memory:
    """Where a server keeps what it takes."""

    keeps = True

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    def deliver(self, sender: bytes, recipients: list[bytes], content: bytes, octets: int, at: float) -> None:
        for each in recipients:
            self.arrivals.append(Arrival(at, sender.decode(), each.decode(), unstuffed(content[:-3])))

    def stats(self) -> dict[str, object]:
        return {"messages": len(self.arrivals)}


class Mood:
    """A behaviour that can be exchanged while connections are open."""

    plain = False

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behaviour, name)


class Connection(SinkConnection):
    """A sink's connection that its server can cut."""

    def __init__(self, server: Mailserver) -> None:
        self.server = server
        tls = None if server.implicit else server.tls
        super().__init__(server.memory, server.mood, tls, server.acted)  # type: ignore[arg-type]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.server.connections += 1
        self.server.open.add(transport)
        super().connection_made(transport)


class EventLoop(threading.Thread):
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        super().__init__(name="mailservers", daemon=True)
        self.loop = uvloop.new_event_loop()

    def run(self) -> None:
        self.loop.run_forever()

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(10)
        self.loop.close()


class Mailserver:
    """An SMTP server on 127.0.0.1. `up` and `down` may be called again and again; the port stays."""

    def __init__(
        self, thread: EventLoop, behaviour: Behaviour = GOOD, tls: ssl.SSLContext | None = None, implicit: bool = False
    ) -> None:
        self.thread = thread
        self.mood = Mood(behaviour)
        self.tls, self.implicit = tls, implicit
        self.memory = Memory()
        self.acted: dict[Rule, int] = {}
        self.open: set[asyncio.BaseTransport] = set()
        self.connections = 0
        self.port = 0
        self.listening: asyncio.Server | None = None
        self.up()

    def behave(self, *rules: Rule, **behaviour: Any) -> None:
        """From now on, on open connections too."""
        self.mood.behaviour = Behaviour(rules=rules, **behaviour)

    def up(self) -> None:
        self.thread.do(self._up())

    def down(self) -> None:
        """Stops to listen and cuts every connection."""
        self.thread.do(self._down())

    async def _up(self) -> None:
        self.listening = await self.thread.loop.create_server(
            lambda: Connection(self), "127.0.0.1", self.port, ssl=self.tls if self.implicit else None
        )
        self.port = self.listening.sockets[0].getsockname()[1]

    async def _down(self) -> None:
        if self.listening is not None:
            self.listening.close()
            self.listening = None
        for transport in self.open:
            transport.abort()  # type: ignore[attr-defined]
        self.open.clear()

    @property
    def arrivals(self) -> list[Arrival]:
        return list(self.memory.arrivals)

    @property
    def counts(self) -> Counter[str]:
        """How many messages came for each address."""
        return Counter(each.to for each in self.arrivals)

    def to(self, address: str) -> list[Arrival]:
        return [each for each in self.arrivals if each.to == address]

    def after(self, moment: float) -> list[Arrival]:
        return [each for each in self.arrivals if each.at > moment]
