"""An SMTP client that keeps a relay busy with one round trip per message, and never loses count of a message.

It pulls from a `Feed` (fairpost.engine.ports) and follows its contract: exactly one `outcome` or `returned`
for every message that `next` gave out, at most one `trouble`, and `closed` last.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from fairpost.engine.ports import Feed, Mail, RelayAddress, Reply
from fairpost.engine.transport.arguments import check_helo
from fairpost.engine.transport.exchange import Exchange
from fairpost.engine.transport.greeting import Greeting, RelayFailed
from fairpost.engine.transport.timeouts import RFC_5321, Timeouts
from fairpost.engine.transport.wire import Wire

State = Literal["new", "opening", "idle", "sending", "parked", "closed"]


class SmtpClient:
    """One connection to a relay, as the sending loop sees it.

    The TCP connection below it is renewed where `max_messages` is reached, and given up while there is
    nothing to send (`parked`, after `timeouts.idle`); neither is told to the feed. After `closed` a new
    client is needed.

    During `feed.trouble`, `current` and `in_flight` still hold the messages concerned; their `outcome` or
    `returned` follows. All methods must be called in the loop's thread. Raises ValueError for a `helo` that
    is no host name.
    """

    def __init__(
        self,
        relay: RelayAddress,
        feed: Feed,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        timeouts: Timeouts = RFC_5321,
    ) -> None:
        check_helo(relay.helo)
        self.relay = relay
        self.feed = feed
        self.timeouts = timeouts
        self.state: State = "new"
        self._loop = loop or asyncio.get_running_loop()
        self._exchange: Exchange | None = None
        self._opening: asyncio.Task[None] | None = None
        self._leaving = False

    @property
    def in_flight(self) -> Mail | None:
        """The message whose final dot was passed to the transport and whose reply is still awaited."""
        return self._exchange.in_flight if self._exchange is not None else None

    @property
    def current(self) -> Mail | None:
        """The message whose envelope is on the wire and whose final dot is not written."""
        return self._exchange.current if self._exchange is not None else None

    def unwritten(self) -> int:
        """Bytes that were handed to this connection and that the kernel does not have yet."""
        return self._exchange.wire.unwritten() if self._exchange is not None else 0

    async def open(self) -> bool:
        """Connects, greets and starts to send. False where it failed, after `trouble` and `closed`."""
        if self.state not in ("new", "parked"):
            return self.state != "closed"
        self._connect()
        assert self._opening is not None
        try:
            await asyncio.wait([self._opening])
        except asyncio.CancelledError:
            self.abort()
            raise
        return self.state != "closed"

    def wake(self) -> None:
        """Says that the feed may have messages again. Cheap; may be called at any time."""
        if self.state == "idle" and self._exchange is not None:
            self.state = "sending"
            self._exchange.proceed()
        elif self.state == "parked":
            self._connect()

    def close(self) -> None:
        """Finishes the message under way (and its reply), says QUIT; `feed.closed` follows."""
        self._leaving = True
        if self._exchange is not None:
            self._exchange.leave()
        elif self.state in ("new", "parked"):
            self._closed()

    def abort(self) -> None:
        """Drops the connection now, without a dot; all feed calls are made before it returns."""
        self._leaving = True
        if self._exchange is not None:
            self._exchange.abort()
        elif self.state == "opening" and self._opening is not None:
            self._opening.cancel()
            self._closed()
        elif self.state != "closed":
            self._closed()

    # what the exchange calls

    def exchange_rests(self) -> None:
        """Nothing is under way on the connection."""
        if self.state == "sending":
            self.state = "idle"

    def exchange_ended(self) -> None:
        """The TCP connection is gone and every message is settled."""
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            return
        if self._leaving or not exchange.parted:
            self._closed()
        elif exchange.spent or self.state == "sending":
            self._connect()
        else:
            self.state = "parked"

    # opening

    def _connect(self) -> None:
        self.state = "opening"
        self._opening = self._loop.create_task(self._greet())

    async def _greet(self) -> None:
        wire = Wire(self._loop, self.timeouts.tick)
        greeting = Greeting(wire, self.relay, self.timeouts)  # listens before the banner can come
        try:
            async with asyncio.timeout(self.timeouts.connect):
                await self._loop.create_connection(lambda: wire, self.relay.host, self.relay.port)
            capabilities = await greeting.run()
        except (RelayFailed, OSError, ValueError) as error:
            wire.abort()
            self._failed(error)
            return
        except asyncio.CancelledError:
            wire.abort()
            raise
        self.state = "sending"
        self._exchange = Exchange(self, wire, capabilities)
        try:
            self._exchange.leave() if self._leaving else self._exchange.proceed()
        except BaseException:
            self.abort()
            raise

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RelayFailed):
            reply = error.reply
        else:
            why = "no connection in time" if isinstance(error, TimeoutError) else str(error)
            reply = Reply("connect", 0, None, f"{self.relay.host}:{self.relay.port}: {why}")
        self.feed.trouble(self, reply)
        self._closed()

    def _closed(self) -> None:
        if self.state != "closed":
            self.state = "closed"
            self.feed.closed(self)
