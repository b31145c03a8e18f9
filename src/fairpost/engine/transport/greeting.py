"""Opens the dialogue: banner, EHLO, STARTTLS, AUTH; finds out what the relay can do."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import ssl
from dataclasses import dataclass

from fairpost.engine.outcomes.enhanced import enhanced_status
from fairpost.engine.ports import RelayAddress, Reply, Stage
from fairpost.engine.transport.reply_parser import shown
from fairpost.engine.transport.timeouts import Timeouts
from fairpost.engine.transport.tls import context_for
from fairpost.engine.transport.wire import Wire

UNASKED = "the relay answered more than it was asked"
INJECTED = "there was clear text before the TLS handshake (STARTTLS injection)"


class RelayFailed(Exception):
    """The relay cannot be used; `reply` says at which stage and why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.stage}: {reply.code} {reply.text}")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What EHLO offered. `size` is the largest message in octets, 0 where the relay names none (RFC 1870)."""

    pipelining: bool = False
    eightbit: bool = False
    smtputf8: bool = False
    starttls: bool = False
    enhanced: bool = False
    size: int = 0
    auth: frozenset[str] = frozenset()


def read_capabilities(text: bytes) -> Capabilities:
    """Capabilities from the text of an EHLO reply, whose first line is the greeting."""
    offered: dict[str, list[str]] = {}
    for line in text.decode("ascii", "replace").upper().split("\n")[1:]:
        keyword, *parameters = line.replace("=", " ").split() or [""]
        offered.setdefault(keyword, []).extend(parameters)
    size = offered.get("SIZE", [])
    return Capabilities(
        pipelining="PIPELINING" in offered,
        eightbit="8BITMIME" in offered,
        smtputf8="SMTPUTF8" in offered,
        starttls="STARTTLS" in offered,
        enhanced="ENHANCEDSTATUSCODES" in offered,
        size=int(size[0]) if size and size[0].isascii() and size[0].isdigit() else 0,
        auth=frozenset(offered.get("AUTH", [])),
    )


class Greeting:
    """The listener of a new connection until messages can flow."""

    def __init__(self, wire: Wire, relay: RelayAddress, timeouts: Timeouts) -> None:
        self.wire = wire
        self.relay = relay
        self.timeouts = timeouts
        self._stage: Stage = "banner"
        self._replies: list[tuple[int, bytes]] = []
        self._waiter: asyncio.Future[None] | None = None
        self._gone = ""
        wire.listener = self

    async def run(self) -> Capabilities:
        """Greets the relay. Raises RelayFailed."""
        if self.relay.tls == "tls":
            await self._secure()
        code, text = await self._reply("banner", self.timeouts.banner)
        if code != 220:
            raise self._failed(code, text)
        capabilities = await self._introduce()
        if self.relay.tls == "starttls":
            capabilities = await self._upgrade(capabilities)
        if self.relay.username:
            await self._authenticate(capabilities)
        if self._replies or self.wire.parser.pending:
            raise self._local(0, None, UNASKED)
        return capabilities

    async def _introduce(self) -> Capabilities:
        name = self.relay.helo.encode("ascii")
        code, text = await self._command(b"EHLO " + name, "ehlo")
        if code == 250:
            return read_capabilities(text)
        if code in (500, 501, 502, 504, 550):
            code, text = await self._command(b"HELO " + name, "ehlo")
            if code == 250:
                return Capabilities()
        raise self._failed(code, text)

    async def _upgrade(self, capabilities: Capabilities) -> Capabilities:
        self._stage = "starttls"
        if not capabilities.starttls:
            raise self._local(502, (5, 7, 10), "the relay does not offer STARTTLS and it is required")
        code, text = await self._command(b"STARTTLS", "starttls")
        if code != 220:
            raise self._failed(code, text)
        await self._secure()
        return await self._introduce()

    async def _secure(self) -> None:
        self._stage = "starttls"
        # Whatever came before the handshake came in clear: somebody in between may have put it there, to be
        # taken for the relay's own words afterwards.
        if self._replies or self.wire.parser.pending:
            raise self._local(0, None, INJECTED)
        self.wire.wait(self.timeouts.command)
        try:
            await self.wire.start_tls(context_for(self.relay), self.relay.host, self.timeouts.connect)
        except ssl.SSLCertVerificationError as error:
            raise self._local(
                0, (5, 7, 5), f"the certificate is not valid: {error.verify_message}"
            ) from error
        except (OSError, ssl.SSLError, TimeoutError) as error:
            raise self._local(0, None, f"the TLS handshake failed: {error}") from error

    async def _authenticate(self, capabilities: Capabilities) -> None:
        self._stage = "auth"
        if not (self.wire.secure or is_loopback(self.wire.peer())):
            raise self._local(
                538, (5, 7, 11), "the password would travel in clear: set TLS or STARTTLS for the relay"
            )
        user, password = self.relay.username.encode(), self.relay.password.encode()
        if b"\0" in user + password:
            raise self._local(535, (5, 7, 8), "user name or password has a NUL character in it")
        if "PLAIN" in capabilities.auth:
            code, text = await self._command(
                b"AUTH PLAIN " + encoded(b"\0" + user + b"\0" + password), "auth"
            )
        elif "LOGIN" in capabilities.auth:
            code, text = await self._command(b"AUTH LOGIN", "auth")
            for answer in (user, password):
                if code == 334:
                    code, text = await self._command(encoded(answer), "auth")
        else:
            raise self._local(504, (5, 5, 4), "the relay offers neither AUTH PLAIN nor AUTH LOGIN")
        if code != 235:
            raise self._failed(code, text)

    async def _command(self, line: bytes, stage: Stage) -> tuple[int, bytes]:
        if self._gone:
            raise self._local(0, None, self._gone)
        self.wire.write(line + b"\r\n")
        return await self._reply(stage, self.timeouts.command)

    async def _reply(self, stage: Stage, seconds: float) -> tuple[int, bytes]:
        self._stage = stage
        self.wire.wait(seconds)
        if not self._replies and not self._gone:
            self._waiter = self.wire.loop.create_future()
            await self._waiter
        if self._gone:
            raise self._local(0, None, self._gone)
        code, text = self._replies.pop(0)
        if self._replies:
            # Nothing is pipelined here, so a second reply answers a question that was not asked yet.
            raise self._local(0, None, INJECTED if stage == "starttls" else UNASKED)
        return code, text

    def _failed(self, code: int, text: bytes) -> RelayFailed:
        words = shown(text)
        return RelayFailed(Reply(self._stage, code, enhanced_status(code, words), words))

    def _local(self, code: int, enhanced: tuple[int, int, int] | None, why: str) -> RelayFailed:
        return RelayFailed(Reply(self._stage, code, enhanced, why))

    # what the wire calls

    def answered(self, replies: list[tuple[int, bytes]]) -> None:
        self._replies.extend(replies)
        self._wake()

    def drained(self) -> None:
        pass

    def gone(self, why: str) -> None:
        self._gone = why
        self._wake()

    def late(self) -> None:
        self.wire.lose("the relay did not answer in time")

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def encoded(secret: bytes) -> bytes:
    return base64.b64encode(secret)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.split("%")[0]).is_loopback
    except ValueError:
        return False
