"""One TCP connection to a relay: bytes out at once, complete replies in, and a single timer.

A timer per command would cost more than the command. Here every wait sets `deadline`, and one recurring
look at the clock ends a connection that is past it.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Protocol, cast

from fairpost.engine.transport.reply_parser import MalformedReply, ReplyParser


class Listener(Protocol):
    """Who holds the dialogue at the moment: the greeting first, the exchange of messages afterwards."""

    def answered(self, replies: list[tuple[int, bytes]]) -> None: ...

    def drained(self) -> None: ...

    def gone(self, why: str) -> None:
        """The connection is lost or talks no SMTP. Called once; nothing more follows."""
        ...

    def late(self) -> None:
        """The deadline has passed."""
        ...


class Wire(asyncio.Protocol):
    """The asyncio protocol under the client. `blocked`: written bytes wait for the relay."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tick: float) -> None:
        self.loop = loop
        self.listener: Listener | None = None
        self.deadline = 0.0
        self.blocked = False
        self.parser = ReplyParser()
        self.secure = False
        self._transport: asyncio.Transport | None = None
        self._over = False
        self._tick = tick
        self._timer: asyncio.TimerHandle | None = None

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # `blocked` from the first octet that the kernel did not take, so that it is known what has left.
        self._transport.set_write_buffer_limits(high=0)
        self._watch()

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        try:
            replies = self.parser.feed(data)
        except MalformedReply as error:
            self.lose(f"the relay broke the protocol: {error}")
            return
        if replies and self.listener is not None:
            self.listener.answered(replies)

    def pause_writing(self) -> None:
        self.blocked = True

    def resume_writing(self) -> None:
        self.blocked = False
        if not self._over and self.listener is not None:
            self.listener.drained()

    def connection_lost(self, error: Exception | None) -> None:
        self.lose(f"the connection was lost: {error}" if error else "the relay closed the connection")

    # what the client calls

    def write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    def unwritten(self) -> int:
        """Octets that were passed to write() and are still in this process."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def wait(self, seconds: float) -> None:
        """The relay has this long from now on for what comes next."""
        self.deadline = self.loop.time() + seconds

    def peer(self) -> str:
        """The relay's IP address, empty where it is not known."""
        name = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(name[0]) if name else ""

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """The TLS handshake, certificate check included. Raises OSError, ssl.SSLError or TimeoutError."""
        assert self._transport is not None
        transport = await self.loop.start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=seconds
        )
        if transport is None or self._over:
            raise ConnectionError("the connection was lost during the TLS handshake")
        transport.set_write_buffer_limits(high=1, low=0)  # TLS transports pause at the mark, not above it
        self._transport = transport
        self.secure = True

    def lose(self, why: str) -> None:
        """Drops the connection with everything unwritten and tells the listener, once."""
        if self._over:
            return
        listener = self.listener
        self.abort()
        if listener is not None:
            listener.gone(why)

    def abort(self) -> None:
        """Drops the connection with everything unwritten, silently. No listener hears of it any more."""
        self._over = True
        self.listener = None
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _watch(self, *_: Any) -> None:
        if self._over:
            return
        if self.deadline and self.loop.time() > self.deadline:
            self.deadline = 0.0
            if self.listener is not None:
                self.listener.late()
        if self._over:
            return
        self._timer = self.loop.call_later(self._tick, self._watch)
