"""What the engine needs from outside and what it hands out: plain types and protocols, no implementation.

The engine knows no database and no framework. `delivery` implements these ports on PostgreSQL and files; tests
implement them in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Recipient:
    """One contact as a mail needs it. `canonical` is the form used for uniqueness; `address` is what to write to.

    `tracked` False: this mail has no open pixel and no link by way of the platform, whatever the campaign says.
    """

    ordinal: int
    address: str
    canonical: str
    attributes: Mapping[str, Any]
    tracked: bool = True


@dataclass(slots=True)
class Mail:
    """One message ready for one recipient: envelope and content.

    `content` has CRLF line ends, is dot-stuffed already (or has no line that starts with a dot) and ends with CRLF; the
    transport appends the final `.` CRLF. `sender` and `recipient` are the bare envelope addresses without brackets.
    `context` belongs to the caller (the sending loop keeps its batch there).
    """

    ordinal: int
    sender: bytes
    recipient: bytes
    content: bytes
    smtputf8: bool = False
    context: Any = None


Stage = Literal["connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply (RFC 5321, 4.2) with the enhanced status code of RFC 3463 where there is one.

    `code` 0 means that there was no reply: the connection was lost or timed out, and `text` says how.
    """

    stage: Stage
    code: int
    enhanced: tuple[int, int, int] | None = None
    text: str = ""


class Feed(Protocol):
    """Where an SMTP connection gets its messages and leaves their outcomes. All calls are synchronous and short.

    The order for one message is `next` -> (envelope on the wire, 354 received) -> `permit` -> write with the final dot
    -> `outcome`; or `next` -> `outcome` where it was refused before the dot. Exactly one `outcome` or `returned`
    follows every message that `next` gave out.
    """

    def next(self, connection: Any) -> Mail | None:
        """The next message for this connection, rendered and signed, or None when there is nothing now."""
        ...

    def permit(self, mail: Mail) -> bool:
        """The gate: asked immediately before the write that carries the final dot.

        True means that the intent has been recorded and the dot may be written at once. False means that this message
        must not be handed over: the connection is closed without a dot.
        """
        ...

    def outcome(self, mail: Mail, reply: Reply, handed_over: bool) -> None:
        """What became of a message. `handed_over` is True where the final dot was written.

        A lost connection after the dot is a reply with code 0, stage `dot` and `handed_over` True: in doubt.
        """
        ...

    def returned(self, mail: Mail) -> None:
        """The message was not handed over and nothing is known against it (gate, or connection lost before the dot)."""
        ...

    def trouble(self, connection: Any, reply: Reply) -> None:
        """The relay itself failed: connect, banner, EHLO, STARTTLS, AUTH, MAIL, 421, a stall or a protocol error."""
        ...

    def closed(self, connection: Any) -> None:
        """The connection is gone (always the last call for a connection)."""
        ...


TlsMode = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """How to reach a relay. With `tls` other than none, certificates are verified unless `verify` is False."""

    host: str
    port: int
    tls: TlsMode = "none"
    verify: bool = True
    username: str = ""
    password: str = field(default="", repr=False)
    helo: str = "localhost"
    max_messages: int = 0  # per connection; 0 means no cap
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a content version, in order of appearance. `url` may hold Liquid; `donation` marks a donation ask."""

    url: str
    donation: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a content version after MJML, inlining and link collection: Liquid sources.

    In `html` and `text` every tracked href is the variable `{{ _link_N }}` (N the index into `links`). Reserved, with a
    value per recipient: `unsubscribe_url`, `preferences_url`, `view_url`, `donation_reference`, `_open_pixel`,
    `_link_N`. Everything else is a contact attribute, or `email`. The preheader is in `html` already.
    """

    subject: str
    html: str
    text: str
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What is the same for every mail of one campaign, beside its document.

    `feedback_id` is the value of the Feedback-ID header. `tracking` off leaves links direct and adds no open pixel.
    `edge_url` is where tracked links, opens and unsubscribing lead; empty means `platform_url`, where pages are.
    `link_url` is the customer's own address for tracked links and opens; the rest stays on the platform's, so that it
    outlives the customer's domain. `honeypot` adds a link that no person sees to tracked mail.
    """

    account_id: int
    campaign_id: int
    from_name: str
    from_address: str
    return_path_domain: str
    platform_host: str
    platform_url: str
    feedback_id: str
    reply_to: str = ""
    edge_url: str = ""
    link_url: str = ""
    tracking: bool = True
    honeypot: bool = False
    test: bool = False
    language: str = "en"
    headers: Mapping[str, str] = field(default_factory=dict)


class CompiledMessage(Protocol):
    """A campaign's message, compiled once; `fill` is the hot path."""

    def fill(self, recipient: Recipient, at: float) -> Mail:
        """The finished, signed mail for one recipient. `at` is seconds since the epoch, for the Date header."""
        ...
