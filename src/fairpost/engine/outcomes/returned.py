"""Says what a returned message is and for whom it speaks: a bounce, a complaint, an automatic reply, or something else.

Pure and bounded: any octets give an answer, within limits of size, depth, parts and lines that `bounded_mail.py` sets.
Standards: RFC 3464 (delivery status), RFC 5965 (feedback reports), RFC 3834 (automatic replies), and the free texts
that many mail servers still write instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["bounce", "complaint", "auto_reply", "not_spam", "auth_failure", "other"]
Class = Literal[
    "unknown_user",
    "unknown_host",
    "mailbox_full",
    "disabled",
    "filtered",
    "temporary",
    "policy",
    "content",
    "too_big",
    "not_a_failure",
    "complaint",
    "other",
]
HARD: frozenset[str] = frozenset({"unknown_user", "unknown_host"})


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """What was said of one recipient.

    status: enhanced status code such as "5.1.1" (RFC 3463), or "". code: reply code such as "550", or "".
    cls: one of `Class`. hard: the address will never work, so it is suppressed. confidence: 0 to 1, how sure the
    class is. diagnostic: the text the class was read from. action: as in RFC 3464, section 2.3.3, or "".
    """

    recipient: str
    status: str
    code: str
    cls: Class
    hard: bool
    confidence: float
    diagnostic: str
    action: str


@dataclass(frozen=True, slots=True)
class OriginalHeaders:
    """What is known of the message that came back; each is "" where the returned message does not say."""

    message_id: str = ""
    return_path: str = ""
    from_: str = ""
    to: str = ""
    list_unsubscribe: str = ""
    feedback_id: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned message, read. reporter: who wrote it. feedback_type: as in RFC 5965, or ""."""

    kind: Kind
    recipients: tuple[FailedRecipient, ...] = ()
    original: OriginalHeaders = field(default_factory=OriginalHeaders)
    reporter: str = ""
    feedback_type: str = ""


def read_returned(raw: bytes) -> Returned:
    """What these octets of a message, headers and body, say. Never raises."""
    return Returned("other")
