"""Keeps the messages that a connection has taken from the feed, and gives each of them exactly one end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairpost.engine.ports import Mail, Reply
from fairpost.engine.transport.envelope import refusal
from fairpost.engine.transport.greeting import Capabilities
from fairpost.engine.transport.wire import Wire

if TYPE_CHECKING:
    from fairpost.engine.transport.client import SmtpClient

ABORTED = "the connection was aborted"


class Custody:
    """What an exchange holds: `current` has its envelope out, `in_flight` its final dot."""

    def __init__(self, client: SmtpClient, wire: Wire, capabilities: Capabilities) -> None:
        self.client = client
        self.wire = wire
        self.current: Mail | None = None
        self.in_flight: Mail | None = None
        self.over = False
        self.leaving = False
        self._capabilities = capabilities
        self._feed = client.feed
        self._left = client.relay.max_messages or -1
        self._ahead: Mail | None = None  # taken while the message before it still waits for the gate
        self._after_dot = 0  # octets written behind the last final dot
        self._unsent = False
        self._taking = False

    @property
    def spent(self) -> bool:
        """True where this connection has carried as many messages as it may."""
        return self._left == 0

    def abort(self) -> None:
        """Drops the connection at once. A dot that has not wholly left this process was not handed over."""
        if self.over:
            return
        self.over = True
        # Under TLS nobody can tell what of the record with the dot is out, so that stays in doubt.
        self._unsent = not self.wire.secure and self.wire.unwritten() > self._after_dot
        self.wire.abort()
        if not self._taking:
            self._settle(ABORTED, self._unsent)

    def _pull(self) -> Mail | None:
        """The next message that this relay can take. What cannot be given to it gets its outcome here."""
        while not self.over and not self.leaving and self._left:
            mail = self._take()
            if mail is None or self.over:
                return None
            fault = refusal(mail, self._capabilities)
            if fault is None:
                self._left -= 1
                return mail
            self._feed.outcome(mail, fault, False)
        return None

    def _take(self) -> Mail | None:
        mail = None
        self._taking = True
        try:
            mail = self._feed.next(self.client)
        finally:
            self._taking = False
            if self.over:
                # The feed aborted within its own call; what it gives out all the same goes straight back.
                if mail is not None:
                    self._feed.returned(mail)
                self._settle(ABORTED, self._unsent)
        return mail

    def _settle(self, why: str, unsent: bool) -> None:
        """Each message that was given out and has no outcome yet gets one, then the client is told."""
        flying, self.in_flight = self.in_flight, None
        waiting = (self.current, self._ahead)
        self.current = self._ahead = None
        if flying is not None and unsent:
            self._feed.returned(flying)
        elif flying is not None:
            self._feed.outcome(flying, Reply("dot", 0, None, why), True)
        for mail in waiting:
            if mail is not None:
                self._feed.returned(mail)
        self.client.exchange_ended()
