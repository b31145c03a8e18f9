"""Speaks SMTP (RFC 5321) and LMTP (RFC 2033): says "taken" only after the taking is committed.

The dialogue is aiosmtpd's; how the message itself is read is ours, because memory must not grow beyond the message,
whatever its lines look like.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

log = structlog.get_logger(__name__)

MOST_RECIPIENTS = 100
MOST_CONNECTIONS = 50
PATIENCE = 300.0  # seconds without a command
BREATH = 500  # pieces read before other connections have a turn
CHUNK = 65_536

OURS = "250 2.1.5 OK"
FOREIGN = "550 5.1.1 There is no such address here, and nothing is relayed"
TOO_MANY = "452 4.5.3 Too many recipients"
TOO_BIG = "552 5.3.4 Message too big"
LATER = "451 4.3.0 Cannot be taken at this moment, try again later"
BUSY = b"421 4.3.2 Too many connections, try again later\r\n"

Known = Callable[[str], Awaitable[bool]]
Take = Callable[[bytes, str, Sequence[str]], Awaitable[list[str]]]


class Desk:
    """Answers for every connection. `known` says whether an address is ours, `take` gives a status per recipient."""

    def __init__(self, known: Known, take: Take) -> None:
        self.known, self.take = known, take
        self.open: set[asyncio.BaseTransport] = set()

    async def handle_RCPT(  # noqa: N802, the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            known = await self.known(address)
        except Exception as error:
            log.warning("mailin.not_ready", error=str(error).partition("\n")[0])
            return LATER
        if not known:
            return FOREIGN
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return OURS

    async def handle_exception(self, error: Exception) -> str:
        """What goes wrong here is never the sender's fault: it may come again."""
        log.exception("mailin.failed", error=str(error))
        return LATER


class Reading(SMTP):
    """Takes one message at a time, within the size that was announced."""

    protocol = "SMTP"
    line_length_limit = CHUNK  # of what is read at once; a message's lines may be of any length
    __ident__ = "Fairpost"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        desk: Desk = self.event_handler
        if len(desk.open) >= MOST_CONNECTIONS:
            with contextlib.suppress(Exception):
                transport.write(BUSY)  # type: ignore[attr-defined]
            transport.close()
            return
        desk.open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        desk: Desk = self.event_handler
        if self.transport is None:
            return  # it was refused
        desk.open.discard(self.transport)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return None if self.transport is None else super().eof_received()

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            content = await self.read_message()
            self._reset_timeout()
            await self.push("\r\n".join(await self.statuses(content)))
            self._set_post_data_state()

    async def read_message(self) -> bytes | None:
        """The message with its transparency taken away (RFC 5321, 4.5.2); None where it was too big."""
        content, over, pieces = bytearray(), False, 0
        while True:
            try:
                content += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as error:
                content += await self._reader.read(error.consumed)
            else:
                if content.endswith(b"\r\n.\r\n") or content == b".\r\n":
                    return None if over else unstuffed(content)
            if len(content) > self.data_size_limit:
                over = True
                del content[:-4]  # the end may have begun in it
            pieces += 1
            if pieces % BREATH == 0:
                await asyncio.sleep(0)

    async def statuses(self, content: bytes | None) -> list[str]:
        """One line for the message, or in LMTP for each recipient: the first that is not good, or good."""
        lines = await self.taken(content)
        return [next((each for each in lines if not each.startswith("250")), lines[0])]

    async def taken(self, content: bytes | None) -> list[str]:
        desk: Desk = self.event_handler
        recipients = self.envelope.rcpt_tos
        if content is None:
            return [TOO_BIG] * len(recipients)
        return await desk.take(content, self.envelope.mail_from or "", recipients)


class ReadingLocally(Reading, LMTP):
    """LMTP: after the message a status for each recipient, in their order (RFC 2033, 4.2)."""

    protocol = "LMTP"

    async def statuses(self, content: bytes | None) -> list[str]:
        return await self.taken(content)


def unstuffed(content: bytearray) -> bytes:
    body = bytes(content[:-3])
    if body.startswith(b"."):
        body = body[1:]
    return body.replace(b"\r\n.", b"\r\n")


def conversation(kind: type[Reading], desk: Desk, loop: asyncio.AbstractEventLoop, megabytes: int, host: str) -> Any:
    """A factory of protocols for `loop.create_server`."""
    most = megabytes * 1_000_000

    def made() -> Reading:
        return kind(
            desk, data_size_limit=most, enable_SMTPUTF8=True, hostname=host, ident="Fairpost", timeout=PATIENCE,
            loop=loop,
        )  # fmt: skip

    return made
