"""One message to one recipient, written by the platform itself: complete headers, plain text first, then HTML.

Unlike a campaign's mail it is made whole at once, asks for no unsubscribing and counts nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fairpost.engine.mime.addresses import envelope_address, host
from fairpost.engine.mime.envelope import date_of
from fairpost.engine.mime.headers import unstructured
from fairpost.engine.mime.quoted_printable import encode
from fairpost.engine.ports import Mail
from fairpost.engine.signing.dkim import Signer
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent. `message_id` has its brackets; `return_path` is the bounce address; `at` has a zone."""

    sender: str
    recipient: str
    return_path: str
    message_id: str
    at: datetime
    subject: str
    text: str
    html: str
    language: str
    reply_to: str = ""


def compose(letter: Letter, signers: Sequence[Signer], signed_at: float) -> Mail:
    """The finished mail, the same octets for the same letter but for signatures. Needs no dot-stuffing.

    `Auto-Submitted: auto-generated` (RFC 3834, 5) keeps vacation notices from answering it. Raises Invalid for an
    address or Message-ID that is none.
    """
    sender, wide = envelope_address(letter.sender)
    to, wide_to = envelope_address(letter.recipient)
    if wide or not _MESSAGE_ID.fullmatch(letter.message_id):
        raise Invalid(_("The sender's address or the Message-ID of a letter of the platform cannot be used."))
    boundary = "=_" + hashlib.sha256(repr((letter.text, letter.html)).encode()).hexdigest()[:32]
    headers = [
        (b"From", sender),
        (b"To", to),
        (b"Subject", unstructured("Subject", letter.subject)),
        (b"Date", date_of(letter.at.astimezone(UTC))),
        (b"Message-ID", letter.message_id.encode()),
        *([(b"Reply-To", envelope_address(letter.reply_to)[0])] if letter.reply_to else []),
        (b"Auto-Submitted", b"auto-generated"),
        *([(b"Content-Language", letter.language.encode())] if _LANGUAGE.fullmatch(letter.language) else []),
        (b"MIME-Version", b"1.0"),
        (b"Content-Type", b'multipart/alternative;\r\n boundary="' + boundary.encode() + b'"'),
    ]
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    message = head + b"\r\n" + body(letter, boundary)
    signatures = b"".join(each.sign(message, signed_at) for each in signers)
    local, _at, domain = letter.return_path.rpartition("@")
    return Mail(0, local.encode("ascii") + b"@" + host(domain), to, signatures + message, wide_to)


def body(letter: Letter, boundary: str) -> bytes:
    parts = []
    for kind, text in (("plain", letter.text), ("html", letter.html)):
        encoded, column = encode(text)
        parts.append(
            f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}" + ("\r\n" if column else "")
        )
    return "".join([*parts, f"--{boundary}--\r\n"]).encode("ascii")
