"""A sink as a server: listens, hands each connection to the dialogue, and tells its figures."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl

from fairpost.engine.transport.behaviour import GOOD, Behaviour, Rule
from fairpost.engine.transport.sink_connection import SinkConnection
from fairpost.engine.transport.store import Store
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _


class Sink:
    """`await start()` gives the port; `stop()` ends it. `implicit` means TLS instead of STARTTLS."""

    def __init__(
        self,
        store: Store,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        behaviour: Behaviour = GOOD,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
    ) -> None:
        self.store = store
        self.host = host
        self.port = port
        self.behaviour = behaviour
        self._tls = tls
        self._implicit = implicit
        self._acted: dict[Rule, int] = {}
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listens; the port is chosen by the system where it was 0. Raises Unavailable where it is taken."""
        loop = asyncio.get_running_loop()
        offered = None if self._implicit else self._tls
        try:
            self._server = await loop.create_server(
                lambda: SinkConnection(self.store, self.behaviour, offered, self._acted),
                self.host,
                self.port,
                ssl=self._tls if self._implicit else None,
                backlog=1024,
            )
        except OSError as error:
            sentence = _("The sink cannot listen on {host}:{port}: {error}.")
            raise Unavailable(
                sentence.format(host=self.host, port=self.port, error=error.strerror or error),
                hint=_("Choose another port with --port."),
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()


def ask_stats(host: str, port: int, seconds: float = 10.0) -> dict[str, object]:
    """The figures of a running sink, asked through its SMTP port (`XSTATS`). Raises Unavailable."""
    try:
        with (
            socket.create_connection((host, port), seconds) as connection,
            connection.makefile("rb") as replies,
        ):
            replies.readline()
            connection.sendall(b"XSTATS\r\n")
            answer: dict[str, object] = json.loads(replies.readline()[4:])
            return answer
    except (OSError, ValueError) as error:
        sentence = _("No sink answers on {host}:{port}: {error}.")
        raise Unavailable(sentence.format(host=host, port=port, error=error)) from error
