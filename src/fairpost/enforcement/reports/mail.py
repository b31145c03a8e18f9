"""Reads what was forwarded to the abuse mailbox, whoever wrote it: within limits, nothing unpacked, nothing fetched.

The mail complained of may be attached (message/rfc822), named by its headers alone (text/rfc822-headers, RFC 5965), or
quoted in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr
from html.parser import HTMLParser

from fairpost.enforcement.reports.target import printable
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LARGEST = 5_000_000  # octets
MOST_PARTS = 60
MOST_NESTED = 40  # lines that announce parts; checked before anything is parsed
LONGEST_LINES = 100_000
LONGEST_HEADER = 2_000  # characters; the rest is left away before anything reads it
LONGEST_TEXT = 9_000  # characters that are kept
LONGEST_TARGET = 40_000  # characters that are looked through for the campaign
CONTAINER = re.compile(rb"content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE)
NAMING = ("message-id", "list-unsubscribe", "return-path", "feedback-id", "references", "in-reply-to")


class Short(Compat32):
    """Keeps the beginning of every header only: readers of structured headers take quadratic time, and recurse."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name[:200], value[:LONGEST_HEADER]


@dataclass(frozen=True, slots=True)
class MailReport:
    """`address` is empty where nobody can be answered; `automatic` mails are never answered."""

    address: str
    text: str
    target: str
    automatic: bool
    feedback: bool


def read_report_mail(raw: bytes) -> MailReport:
    """What the mail says. Raises Invalid for one that is too large, too deeply nested, or empty."""
    check_size(raw)
    try:
        message = message_from_bytes(raw, policy=Short())
        parts = list(walk(message))
        text = printable("\n\n".join([header(message, "subject"), *texts(parts)]))[:LONGEST_TEXT]
        target = "\n".join(naming(parts))[:LONGEST_TARGET]
        feedback = any(each.get_content_type() == "message/feedback-report" for each in parts)
        address = sender(message)
        automatic = not address or is_automatic(message)
    except (RecursionError, LookupError, ValueError, AttributeError, TypeError, IndexError):
        raise unreadable() from None
    if not text.strip() and not target.strip():
        raise Invalid(_("The mail holds nothing that can be read."))
    return MailReport(address, text.strip() or _("(no text)"), target, automatic, feedback)


def check_size(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise Invalid(_("The mail is larger than {most} megabytes.").format(most=LARGEST // 1_000_000))
    if raw.count(b"\n") > LONGEST_LINES or len(CONTAINER.findall(raw)) > MOST_NESTED:
        raise unreadable()


def unreadable() -> Invalid:
    return Invalid(_("The mail is not built as mails are, and was not taken."), hint=_("Report it by the form."))


def walk(message: Message) -> Iterator[Message]:
    """All parts, the outer ones first, attached mails included; at most so many."""
    waiting: list[Message] = [message]
    for _number in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        content = part.get_payload()
        if isinstance(content, list):
            waiting += [each for each in content if isinstance(each, Message)]


def texts(parts: list[Message]) -> Iterator[str]:
    """The plain text of the outer mail; of HTML alone its text. What an attached mail says is not the reporter's."""
    inner = {id(each) for part in parts if part.get_content_maintype() == "message" for each in below(part)}
    own = [each for each in parts if id(each) not in inner and each.get_content_disposition() != "attachment"]
    plain = [each for each in own if each.get_content_type() == "text/plain"]
    for each in plain or [each for each in own if each.get_content_type() == "text/html"]:
        yield stripped(decoded(each)) if each.get_content_type() == "text/html" else decoded(each)


def decoded(part: Message) -> str:
    """The text of a part that has no parts; what its charset does not know becomes a replacement character."""
    content = part.get_payload(decode=True)
    octets = content[: LONGEST_TARGET * 4] if isinstance(content, bytes) else b""
    try:
        return octets.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")


def below(part: Message) -> Iterator[Message]:
    waiting = list(part.get_payload()) if isinstance(part.get_payload(), list) else []
    while waiting:
        each = waiting.pop()
        yield each
        content = each.get_payload()
        waiting += content if isinstance(content, list) else []


def naming(parts: list[Message]) -> Iterator[str]:
    """What can hold the campaign's token: headers of attached mails first, then every text."""
    for part in parts[1:] + parts[:1]:
        yield from (f"{name}: {header(part, name)}" for name in NAMING if part.get(name))
    for part in parts:
        if part.get_content_type() in ("text/rfc822-headers", "text/plain", "text/html"):
            yield decoded(part)


def header(message: Message, name: str) -> str:
    """A header's text, with encoded words (RFC 2047) read."""
    given = str(message.get(name) or "")
    try:
        words = decode_header(given)
    except (MessageError, ValueError):
        return given
    found = []
    for text, charset in words:
        octets = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        try:
            found.append(octets.decode(charset or "utf-8", "replace"))
        except (LookupError, ValueError):
            found.append(octets.decode("utf-8", "replace"))
    return "".join(found)


def sender(message: Message) -> str:
    _name, address = parseaddr(header(message, "reply-to") or header(message, "from"))
    return address if 3 <= len(address) <= 320 else ""


def is_automatic(message: Message) -> bool:
    """RFC 3834: whatever says that a program sent it, or that nobody wants an answer."""
    if header(message, "auto-submitted").lower() not in ("", "no"):
        return True
    if header(message, "precedence").lower() in ("bulk", "junk", "list") or message.get("list-id"):
        return True
    return header(message, "return-path").strip() == "<>" or message.get_content_type() == "multipart/report"


class Stripped(HTMLParser):
    """The text between tags; scripts and styles are none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def stripped(html: str) -> str:
    reader = Stripped()
    reader.feed(html[:LONGEST_TARGET])
    return "".join(reader.found)
