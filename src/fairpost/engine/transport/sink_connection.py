"""The server's side of the SMTP dialogue for the sinks: strict, fast, and misbehaving only where it was
told to.

It is no relay: it takes messages for anybody and keeps them where its store wants. Only CR LF . CR LF ends
a message.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from typing import cast

from fairpost.engine.transport.behaviour import Behaviour, Rule
from fairpost.engine.transport.store import Store

END = b"\r\n.\r\n"
MAX_COMMAND = 4096


class SinkConnection(asyncio.Protocol):
    """One client's connection."""

    def __init__(
        self, store: Store, behaviour: Behaviour, tls: ssl.SSLContext | None, acted: dict[Rule, int]
    ) -> None:
        self._store = store
        self._behaviour = behaviour
        self._plain = behaviour.plain
        self._tls = tls
        self._secure = False
        self._acted = acted
        self._out: list[bytes] = []
        self._rest = b""
        self._held = False
        self._closing = False
        self._taken = 0
        self._login: list[bytes] | None = None
        self._in_content = False
        self._forget()
        self._verbs = {
            b"EHLO": self._ehlo, b"HELO": self._helo, b"MAIL": self._mail, b"RCPT": self._rcpt,
            b"DATA": self._data, b"RSET": self._rset, b"NOOP": self._noop, b"QUIT": self._quit,
            b"AUTH": self._auth, b"STAR": self._starttls, b"XSTA": self._stats,
        }  # fmt: skip

    def _forget(self) -> None:
        self._sender: bytes | None = None
        self._recipients: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        fresh = not self._secure
        self._transport = cast(asyncio.Transport, transport)
        if fresh:
            self._answer("banner", b"", b"220 fairpost sink ESMTP")
            self._flush()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        if self._held or self._closing:
            self._rest = b"" if self._closing else data
            return
        at, size = 0, len(data)
        if self._in_content:
            at = self._content(data, 0)
        while at < size and not self._held and not self._closing:
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            line = data[at:end]
            at = end + 2
            if self._login is not None:
                self._credentials(line)
            else:
                self._verbs.get(line[:4].upper(), self._unknown)(line)
            if self._in_content and not self._held:
                at = self._content(data, at)
        if at < size and not self._closing:
            self._rest = data[at:]
            if len(self._rest) > MAX_COMMAND and not self._held:
                self._out.append(b"500 5.5.2 line too long\r\n")
                self._closing = True
        self._flush()

    # commands

    def _ehlo(self, line: bytes) -> None:
        offers = list(self._behaviour.extensions)
        if self._tls is not None and not self._secure:
            offers.append("STARTTLS")
        if self._behaviour.auth[0]:
            offers.append("AUTH PLAIN LOGIN")
        lines = ["fairpost sink", *offers]
        text = [f"250{'-' if i + 1 < len(lines) else ' '}{each}" for i, each in enumerate(lines)]
        self._forget()
        self._answer("ehlo", line[5:], "\r\n".join(text).encode())

    def _helo(self, line: bytes) -> None:
        self._forget()
        self._answer("helo", line[5:], b"250 fairpost sink")

    def _mail(self, line: bytes) -> None:
        if self._sender is not None:
            self._out.append(b"503 5.5.1 nested MAIL\r\n")
        elif line[:11].upper() != b"MAIL FROM:<" or b">" not in line:
            self._out.append(b"501 5.5.4 MAIL FROM:<address>\r\n")
        elif 0 < self._behaviour.close_after <= self._taken:
            self._out.append(b"421 4.7.0 too many messages on this connection\r\n")
            self._closing = True
        elif self._answer("mail", line[10:], b"250 2.1.0 ok"):
            self._sender = line[11 : line.index(b">")]

    def _rcpt(self, line: bytes) -> None:
        if self._sender is None:
            self._out.append(b"503 5.5.1 MAIL first\r\n")
        elif line[:9].upper() != b"RCPT TO:<" or b">" not in line:
            self._out.append(b"501 5.5.4 RCPT TO:<address>\r\n")
        elif self._plain or self._answer("rcpt", line[8:], b"250 2.1.5 ok"):
            if self._plain:
                self._out.append(b"250 2.1.5 ok\r\n")
            self._recipients.append(line[9 : line.index(b">")])

    def _data(self, line: bytes) -> None:
        if not self._recipients:
            if self._answer("data", b"", b"554 5.5.1 no valid recipients"):
                self._begin_content()
        elif self._plain:
            self._out.append(b"354 go ahead\r\n")
            self._begin_content()
        elif self._answer("data", b" ".join(self._recipients), b"354 go ahead"):
            self._begin_content()

    def _rset(self, line: bytes) -> None:
        self._forget()
        self._answer("rset", b"", b"250 2.0.0 ok")

    def _noop(self, line: bytes) -> None:
        self._out.append(b"250 2.0.0 ok\r\n")

    def _quit(self, line: bytes) -> None:
        self._answer("quit", b"", b"221 2.0.0 bye")
        self._closing = True

    def _stats(self, line: bytes) -> None:
        self._out.append(b"250 " + json.dumps(self._store.stats()).encode() + b"\r\n")

    def _unknown(self, line: bytes) -> None:
        self._out.append(b"500 5.5.2 unknown command\r\n")

    # content

    def _begin_content(self) -> None:
        self._in_content = True
        self._chunks: list[bytes] = []
        self._octets = 0
        self._tail = b"\r\n"
        if not self._plain:
            self._answer("content", b" ".join(self._recipients), b"")

    def _content(self, data: bytes, at: int) -> int:
        """Takes content from `data` on; gives the position after the final dot, or the end of the data."""
        tail = self._tail
        found = (tail + data[at : at + 4]).find(END)
        if found >= 0:
            end = at + found + 5 - len(tail)
        else:
            found = data.find(END, at)
            end = found + 5
        chunk = data[at:] if found < 0 else data[at:end]
        if self._store.keeps or len(self._chunks) < 4:
            self._chunks.append(chunk)
        self._octets += len(chunk)
        if found < 0:
            self._tail = (tail + chunk)[-4:] if len(chunk) < 4 else chunk[-4:]
            return len(data)
        self._in_content = False
        self._take()
        return end

    def _take(self) -> None:
        sender, recipients = self._sender or b"", self._recipients
        self._forget()
        if self._plain or self._answer("dot", b" ".join(recipients), b"250 2.0.0 ok"):
            if self._plain:
                self._out.append(b"250 2.0.0 ok\r\n")
            content = b"".join(self._chunks) if len(self._chunks) != 1 else self._chunks[0]
            self._taken += 1
            at = time.clock_gettime(time.CLOCK_BOOTTIME)
            if recipients:
                self._store.deliver(sender, recipients, content, self._octets - 3, at)
        self._chunks = []

    # STARTTLS and AUTH

    def _starttls(self, line: bytes) -> None:
        if self._tls is None or self._secure or line.upper() != b"STARTTLS":
            self._out.append(b"502 5.5.1 not offered\r\n")
        elif self._answer("starttls", b"", b"220 2.0.0 go ahead"):
            self._flush()
            self._held = True
            self._task = asyncio.get_running_loop().create_task(self._upgrade(self._tls))

    async def _upgrade(self, context: ssl.SSLContext) -> None:
        self._secure = True
        try:
            loop = asyncio.get_running_loop()
            transport = await loop.start_tls(self._transport, self, context, server_side=True)
        except (OSError, ssl.SSLError):
            self._transport.abort()
            return
        if transport is not None:
            self._transport = transport
        self._rest = b""  # what came in clear before the handshake does not count (RFC 3207, 4.2)
        self._forget()
        self._held = False

    def _auth(self, line: bytes) -> None:
        words = line.split()
        mechanism = words[1].upper() if len(words) > 1 else b""
        if not self._behaviour.auth[0] or mechanism not in (b"PLAIN", b"LOGIN"):
            self._out.append(b"504 5.5.4 not offered\r\n")
        elif mechanism == b"PLAIN" and len(words) == 3:
            self._judge(base64.b64decode(words[2]).split(b"\0")[1:])
        else:
            self._login = []
            self._out.append(
                b"334 " + base64.b64encode(b"User Name" if mechanism == b"LOGIN" else b"") + b"\r\n"
            )

    def _credentials(self, line: bytes) -> None:
        assert self._login is not None
        self._login.append(base64.b64decode(line))
        if len(self._login) == 1 and b"\0" not in self._login[0]:
            self._out.append(b"334 " + base64.b64encode(b"Password") + b"\r\n")
            return
        given, self._login = self._login, None
        self._judge(given if len(given) == 2 else given[0].split(b"\0")[1:])

    def _judge(self, given: list[bytes]) -> None:
        right = given == [each.encode() for each in self._behaviour.auth]
        usual = b"235 2.7.0 welcome" if right else b"535 5.7.8 wrong user name or password"
        self._answer("auth", given[0] if given else b"", usual)

    # answers

    def _answer(self, stage: str, argument: bytes, usual: bytes) -> bool:
        """Answers as the behaviour says, else as usual. True where the answer lets the dialogue go on."""
        if not self._plain:
            for rule in self._behaviour.rules:
                if rule.stage == stage and rule.fits(argument) and self._may_act(rule):
                    return self._act(rule)
            if stage == "dot" and self._behaviour.delay:
                self._hold(self._behaviour.delay, usual + b"\r\n", False)
                return True
        if usual:
            self._out.append(usual + b"\r\n")
        return usual[:1] in (b"2", b"3")

    def _may_act(self, rule: Rule) -> bool:
        self._acted[rule] = acted = self._acted.get(rule, 0) + 1
        return not rule.times or acted <= rule.times

    def _act(self, rule: Rule) -> bool:
        reply = rule.reply.encode() + b"\r\n" if rule.reply else b""
        if not (reply or rule.delay or rule.close):
            self._held = True
        elif rule.delay:
            self._hold(rule.delay, reply, rule.close)
        else:
            self._out.append(reply)
            self._closing = rule.close
        return rule.reply[:1] in ("2", "3")

    def _hold(self, seconds: float, reply: bytes, close: bool) -> None:
        self._held = True
        asyncio.get_running_loop().call_later(seconds, self._release, reply, close)

    def _release(self, reply: bytes, close: bool) -> None:
        self._held = False
        self._out.append(reply)
        self._closing = close
        self.data_received(b"")

    def _flush(self) -> None:
        if self._out:
            data = b"".join(self._out)
            self._out.clear()
            if data:
                self._transport.write(data)
        if self._closing:
            self._transport.close()
