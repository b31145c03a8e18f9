"""A feed in memory that holds the client to its contract, and relays that follow a script."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvloop

from fairpost.engine.ports import Mail, RelayAddress, Reply
from fairpost.engine.transport.client import SmtpClient
from fairpost.engine.transport.timeouts import Timeouts

QUICK = Timeouts(connect=2, banner=1, command=1, mail=1, rcpt=1, data=1, block=1, dot=1, quit=0.3, idle=60)
HELLO = b"220 relay\r\n"
EHLO = b"250-relay\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"


def a_mail(number: int, *, recipient: str | bytes = "", content: bytes = b"", sender: bytes = b"") -> Mail:
    to = recipient.encode() if isinstance(recipient, str) else recipient
    return Mail(
        ordinal=number,
        sender=sender or b"bounce@news.example",
        recipient=to or b"person%d@example.org" % number,
        content=content
        or b"Subject: Letter %d\r\nMessage-ID: <%d@news.example>\r\n\r\nGood day.\r\n" % (number, number),
    )


@dataclass
class MemoryFeed:
    """Gives out `mails` in order and keeps every call in `calls`; a mail that ends twice fails the test."""

    mails: Sequence[Mail] = ()
    gate: Callable[[Mail], bool] = lambda mail: True
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    outcomes: dict[int, tuple[Reply, bool]] = field(default_factory=dict)
    came_back: list[int] = field(default_factory=list)
    troubles: list[Reply] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    is_closed: bool = False

    def __post_init__(self) -> None:
        self.waiting = list(self.mails)
        self.settled = asyncio.Event()

    def add(self, *mails: Mail) -> None:
        self.waiting.extend(mails)
        self.settled.clear()

    def next(self, connection: Any) -> Mail | None:
        assert not self.is_closed, "next() after closed()"
        if not self.waiting:
            return None
        mail = self.waiting.pop(0)
        self.given.append(mail.ordinal)
        self.calls.append(("next", mail.ordinal))
        return mail

    def permit(self, mail: Mail) -> bool:
        self.calls.append(("permit", mail.ordinal))
        return self.gate(mail)

    def outcome(self, mail: Mail, reply: Reply, handed_over: bool) -> None:
        self._end(mail)
        self.calls.append(("outcome", mail.ordinal))
        if handed_over:
            assert ("permit", mail.ordinal) in self.calls, "handed over without a permit"
        self.outcomes[mail.ordinal] = (reply, handed_over)
        self._look()

    def returned(self, mail: Mail) -> None:
        self._end(mail)
        self.calls.append(("returned", mail.ordinal))
        self.came_back.append(mail.ordinal)
        self._look()

    def trouble(self, connection: Any, reply: Reply) -> None:
        assert not self.is_closed, "trouble() after closed()"
        assert not self.troubles, "trouble() twice for one connection"
        self.calls.append(("trouble",))
        self.troubles.append(reply)

    def closed(self, connection: Any) -> None:
        assert not self.is_closed, "closed() twice"
        self.calls.append(("closed",))
        self.is_closed = True
        self.settled.set()

    def codes(self) -> dict[int, int]:
        return {ordinal: reply.code for ordinal, (reply, _) in self.outcomes.items()}

    def ended(self) -> list[int]:
        return sorted([*self.outcomes, *self.came_back])

    def _end(self, mail: Mail) -> None:
        assert mail.ordinal in self.given, "an end for a mail that was not given out"
        assert mail.ordinal not in self.ended(), f"mail {mail.ordinal} ended twice"
        assert not self.is_closed, "an end after closed()"

    def _look(self) -> None:
        if not self.waiting and len(self.ended()) == len(self.given):
            self.settled.set()


async def send(feed: MemoryFeed, relay: RelayAddress, timeouts: Timeouts = QUICK, limit: float = 15) -> SmtpClient:
    """Sends what the feed has, closes, and waits for `closed`. Every mail given out must have ended by then."""
    client = SmtpClient(relay, feed, timeouts=timeouts)
    async with asyncio.timeout(limit):
        await client.open()
        await feed.settled.wait()
        client.close()
        while not feed.is_closed:
            await asyncio.sleep(0.005)
    assert feed.ended() == sorted(feed.given), "a mail that was given out has no end"
    assert feed.calls[-1] == ("closed",)
    return client


def run(body: Awaitable[Any]) -> Any:
    """Runs a test's coroutine on uvloop, as the sender does."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(body)  # type: ignore[arg-type]


class ScriptedRelay:
    """A relay that does what `script(reader, writer)` says, once for each connection; `heard` keeps what came."""

    def __init__(self, script: Callable[[ScriptedRelay], Awaitable[None]]) -> None:
        self._script = script
        self.heard = b""
        self.connections = 0
        self.failure: BaseException | None = None

    async def __aenter__(self) -> RelayAddress:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return RelayAddress("127.0.0.1", self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        if isinstance(self.failure, AssertionError):
            raise self.failure

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.reader, self.writer = reader, writer
        try:
            await self._script(self)
        except (OSError, asyncio.IncompleteReadError):
            pass
        except AssertionError as error:
            self.failure = error
        finally:
            writer.close()

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self, until: bytes) -> bytes:
        """Reads up to and including `until`."""
        data = await self.reader.readuntil(until)
        self.heard += data
        return data

    async def silence(self, seconds: float = 0.15) -> bool:
        """True where nothing comes for so long."""
        try:
            data = await asyncio.wait_for(self.reader.read(65536), seconds)
        except TimeoutError:
            return True
        self.heard += data
        return data == b""

    async def greet(self, ehlo: bytes = EHLO) -> None:
        await self.say(HELLO)
        await self.hear(b"\r\n")
        await self.say(ehlo)

    async def until_closed(self) -> None:
        while data := await self.reader.read(65536):
            self.heard += data
