"""The hot path: one round trip per message and connection, no coroutine, replies paired strictly with
commands.

When 354 arrives for a message, its content, the final dot and the next message's envelope leave in one write:

    client: content n CRLF . CRLF MAIL RCPT DATA (n+1)
    relay:  250 (dot n) 250 (MAIL) 250 (RCPT) 354 (DATA)

The gate is asked between the preparation of message n+1 and that write, so nothing slow stands between the
two. Without PIPELINING the same steps go one at a time.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from fairpost.engine.outcomes.enhanced import enhanced_status
from fairpost.engine.ports import Mail, Reply, Stage
from fairpost.engine.transport.custody import Custody
from fairpost.engine.transport.envelope import envelope, mail_command, rcpt_command
from fairpost.engine.transport.greeting import Capabilities
from fairpost.engine.transport.reply_parser import shown
from fairpost.engine.transport.wire import Wire

if TYPE_CHECKING:
    from fairpost.engine.transport.client import SmtpClient

BLOCK = 65536

RSET, MAIL, RCPT, DATA, DOT, SWALLOW, QUIT = range(7)
STAGES: tuple[Stage, ...] = ("mail", "mail", "rcpt", "data", "dot", "dot", "dot")
ENVELOPE = (MAIL, RCPT, DATA)

# A reply that is there before its command was written would later be taken for the answer to another message.

UNASKED = b"the relay answered what it had not been asked"


class Exchange(Custody):
    """The listener of a greeted connection."""

    def __init__(self, client: SmtpClient, wire: Wire, capabilities: Capabilities) -> None:
        super().__init__(client, wire, capabilities)
        self.parted = False  # ended by QUIT, so another connection may follow
        self._steps: deque[int] = deque()
        self._handlers = (
            self._on_rset, self._on_mail, self._on_rcpt, self._on_data, self._on_dot, self._on_swallow,
            self._on_quit,
        )  # fmt: skip
        t = client.timeouts
        self._waits = (t.mail, t.mail, t.rcpt, t.data, t.dot, t.dot, t.quit)
        self._refused = False
        self._reset_due = False
        self._body: memoryview | None = None
        self._busy = False
        wire.listener = self

    # what the client calls

    def proceed(self) -> None:
        """Takes the next message where the connection stands idle; else it will be taken in its turn."""
        if self._busy or self.over or self._steps or self._body is not None:
            return
        self._busy = True
        try:
            mail = self._pull()
        finally:
            self._busy = False
        if mail is not None:
            self._begin(mail)
        elif not self.over:
            self._rest()

    def leave(self) -> None:
        """Finishes the message that is under way, then says QUIT."""
        self.leaving = True
        self.proceed()

    # what the wire calls

    def answered(self, replies: list[tuple[int, bytes]]) -> None:
        self._busy = True
        steps = self._steps
        left = len(replies)
        for code, text in replies:
            left -= 1
            if not steps:
                self._unexpected(code, text)
            else:
                step = steps.popleft()
                if code == 421:
                    self._fall_out(step, text)
                elif not steps and step in ENVELOPE and (left or self.wire.parser.pending):
                    self._give_up(STAGES[step], 0, UNASKED)
                else:
                    self._handlers[step](code, text)
            if self.over:
                return
        self._busy = False
        if steps:
            self.wire.wait(self._waits[steps[0]])
        else:
            self.proceed()

    def drained(self) -> None:
        if self._body is not None:
            self._write_body()

    def gone(self, why: str) -> None:
        if self.over:
            return
        self.over = True
        if self._steps and self._steps[0] == QUIT:
            self._depart()
            return
        self._feed.trouble(self.client, Reply(self._stage(), 0, None, why))
        self._settle(why, False)

    def late(self) -> None:
        if self._steps or self._body is not None:
            self.wire.lose("the relay did not answer in time")
        else:
            self._send(b"QUIT\r\n", QUIT)
            self.wire.wait(self._waits[QUIT])

    # beginning messages

    def _begin(self, mail: Mail) -> None:
        self.current = mail
        if not self._capabilities.pipelining:
            self._send(b"RSET\r\n", RSET) if self._reset_due else self._send(mail_command(mail), MAIL)
        elif self._reset_due:
            self._steps.append(RSET)
            self._steps.extend(ENVELOPE)
            self.wire.write(b"RSET\r\n" + envelope(mail))
        else:
            self._steps.extend(ENVELOPE)
            self.wire.write(envelope(mail))
        self._reset_due = False
        self.wire.wait(self._waits[MAIL])

    def _send(self, command: bytes, step: int) -> None:
        self._steps.append(step)
        self.wire.write(command)

    def _rest(self) -> None:
        if self.leaving or not self._left:
            self._send(b"QUIT\r\n", QUIT)
            self.wire.wait(self._waits[QUIT])
        else:
            self.wire.wait(self.client.timeouts.idle)
        self.client.exchange_rests()

    # one handler per step; a reply reaches exactly the command it answers

    def _on_rset(self, code: int, text: bytes) -> None:
        if code // 100 != 2:
            self._give_up("mail", code, text)
        elif not self._capabilities.pipelining and self.current is not None:
            self._send(mail_command(self.current), MAIL)

    def _on_mail(self, code: int, text: bytes) -> None:
        if code // 100 != 2 or self.current is None:
            self._give_up("mail", code, text)
        elif not self._capabilities.pipelining:
            self._send(rcpt_command(self.current), RCPT)

    def _on_rcpt(self, code: int, text: bytes) -> None:
        mail = self.current
        if mail is None or code < 250 or code // 100 == 3:
            self._give_up("rcpt", code, text)
        elif code // 100 == 2:
            if not self._capabilities.pipelining:
                self._send(b"DATA\r\n", DATA)
        else:
            self.current = None
            self._refused = True
            self._reset_due = not self._capabilities.pipelining
            self._feed.outcome(mail, reply_of("rcpt", code, text), False)

    def _on_data(self, code: int, text: bytes) -> None:
        refused, self._refused = self._refused, False
        mail = self.current
        if code == 354 and mail is not None:
            self._send_content(mail)
        elif code == 354 and refused:
            self._send_lone_dot()
        elif code < 400:
            self._give_up("data", code, text)
        else:
            self._reset_due = True
            self.current = None
            if mail is not None:
                self._feed.outcome(mail, reply_of("data", code, text), False)

    def _on_dot(self, code: int, text: bytes) -> None:
        mail, self.in_flight = self.in_flight, None
        assert mail is not None
        if code // 100 == 3:
            self.in_flight = mail
            self._give_up("dot", code, text)
        else:
            self._feed.outcome(mail, reply_of("dot", code, text), True)

    def _on_swallow(self, code: int, text: bytes) -> None:
        """The reply to a lone dot: there was no message, so nothing to tell (RFC 2920, 3.1)."""

    def _on_quit(self, code: int, text: bytes) -> None:
        self.over = True
        self.wire.abort()
        self._depart()

    # content and dot

    def _send_content(self, mail: Mail) -> None:
        if len(mail.content) > BLOCK:
            # A large message would lie in this process's buffer after the gate was asked. So it leaves
            # first, in blocks, and the gate is asked for the dot.
            self._body = memoryview(mail.content)
            self._write_body()
        else:
            self._hand_over(mail, mail.content)

    def _write_body(self) -> None:
        while self._body is not None and not self.over:
            block, self._body = self._body[:BLOCK], self._body[BLOCK:]
            if not block:
                self._body = None
                assert self.current is not None
                self._hand_over(self.current, b"")
                return
            self.wire.write(bytes(block))
            self.wire.wait(self.client.timeouts.block)
            if self.wire.blocked:
                return

    def _hand_over(self, mail: Mail, content: bytes) -> None:
        following = self._ahead = self._pull() if self._capabilities.pipelining else None
        if self.over:
            return
        group = envelope(following) if following is not None else b""
        data = b"".join((content, b".\r\n", group))
        permitted = self._feed.permit(mail)
        if self.over:
            return
        if not permitted:
            self.over = True
            self.wire.abort()
            self._settle("the gate closed", False)
            return
        self.in_flight, self.current, self._ahead = mail, following, None
        self._after_dot = len(group)
        self._steps.append(DOT)
        if following is not None:
            self._steps.extend(ENVELOPE)
        self.wire.write(data)
        self.wire.wait(self._waits[DOT])

    def _send_lone_dot(self) -> None:
        following = self.current = self._pull() if self._capabilities.pipelining else None
        self._steps.append(SWALLOW)
        if following is not None:
            self._steps.extend(ENVELOPE)
        if not self.over:
            self.wire.write(b".\r\n" + (envelope(following) if following is not None else b""))

    # ends

    def _unexpected(self, code: int, text: bytes) -> None:
        if code == 421:
            self._give_up(self._stage(), code, text)
        else:
            self._give_up(self._stage(), 0, UNASKED)

    def _fall_out(self, step: int, text: bytes) -> None:
        """421: the relay closes. As the reply to a dot it also says that the message was not taken."""
        if step == QUIT:
            self._on_quit(421, text)
            return
        if step == DOT and self.in_flight is not None:
            mail, self.in_flight = self.in_flight, None
            self._feed.outcome(mail, reply_of("dot", 421, text), True)
        if not self.over:
            self._give_up(STAGES[step], 421, text)

    def _give_up(self, stage: Stage, code: int, text: bytes) -> None:
        self.over = True
        self._feed.trouble(self.client, reply_of(stage, code, text))
        self.wire.abort()
        self._settle(f"the relay failed: {code} {shown(text)}", False)

    def _depart(self) -> None:
        self.parted = True
        self.client.exchange_ended()

    def _stage(self) -> Stage:
        if self._steps:
            return STAGES[self._steps[0]]
        return "data" if self._body is not None else "mail"


def reply_of(stage: Stage, code: int, text: bytes) -> Reply:
    words = shown(text)
    return Reply(stage, code, enhanced_status(code, words), words)
