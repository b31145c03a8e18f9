"""The headers of a campaign's mails: known once, but for recipient, subject, date and tokens.

Written twice at the same time, as sent and in DKIM's canonical form (RFC 6376, 3.4.2), so that no mail is parsed to be
signed. The order of the canonical form is the one of `dkim.header_names`.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from fairpost.engine.mime.addresses import envelope_address, host
from fairpost.engine.mime.headers import phrase, unstructured
from fairpost.engine.ports import Dispatch
from fairpost.engine.signing.dkim import Names, header_names
from fairpost.engine.signing.tokens import RETURN_PATH_PREFIX, UNSUBSCRIBE_PREFIX
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

# What the platform writes itself, what relays write, and what would add recipients.
OWN = frozenset(
    {
        *("from", "to", "cc", "bcc", "subject", "date", "message-id", "reply-to", "mime-version", "sender"),
        *("feedback-id", "list-unsubscribe", "list-unsubscribe-post", "return-path", "received"),
    }
)
OWN_PREFIXES = ("content-", "resent-", "arc-", "dkim-", "authentication-")

UNSUBSCRIBE = UNSUBSCRIBE_PREFIX.encode()

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_LINE = re.compile(r"[!-~](?:[ -~]{0,900}[!-~])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


class Headers:
    """The headers of one dispatch. Raises Invalid where a name, address or value cannot stand in a header."""

    def __init__(self, dispatch: Dispatch, boundary: bytes) -> None:
        sender, wide = envelope_address(dispatch.from_address)
        if wide:
            raise Invalid(
                _("The sender address {address} needs ASCII before the @.").format(address=dispatch.from_address),
                field="from_address",
            )
        return_path = host(dispatch.return_path_domain)
        address = dispatch.edge_url or dispatch.platform_url
        edge = address.rstrip("/").encode("ascii", "replace")
        if not _LINE.fullmatch(address) or b" " in edge or b">" in edge:
            raise Invalid(_("“{url}” is no web address.").format(url=address), field="platform_url")
        name = phrase(_one_line("from_name", dispatch.from_name), len("From: "))
        self.sender_start = RETURN_PATH_PREFIX.encode()
        self.sender_end = b"@" + return_path
        own = name + b" <" + sender + b">" if name else sender
        # Parts of the two forms, joined in `wire` and `canonical` around what differs.
        self._from = b"From: " + own + b"\r\nTo: "
        self._unsubscribe = b"List-Unsubscribe: <" + edge + b"/u/", b">,\r\n <mailto:" + UNSUBSCRIBE
        self._mail_to = b"@" + return_path + b"?subject=unsubscribe>\r\n"
        self._message_id_end = b"@" + host(dispatch.platform_host) + b">\r\n"
        fixed = self._fixed(dispatch, boundary)
        self._rest = b"".join(each + b": " + value + b"\r\n" for each, value in fixed) + b"\r\n"
        present = {each.lower(): value.replace(b"\r\n", b"") for each, value in fixed}
        self._canonical_from = b"from:" + own.replace(b"\r\n", b"") + b"\r\nto:"
        self._canonical_unsubscribe = (
            b"list-unsubscribe:<" + edge + b"/u/",
            self._unsubscribe[1].replace(b"\r\n", b""),
        )
        self._canonical_before_id = _lines(present, (b"list-unsubscribe-post", b"feedback-id", b"reply-to"))
        self._canonical_rest = _lines(present, (b"mime-version", b"content-type"))
        moving = (b"from", b"to", b"subject", b"date", b"list-unsubscribe", b"message-id")
        self.names = Names(header_names([*moving, *present]))

    def _fixed(self, dispatch: Dispatch, boundary: bytes) -> list[tuple[bytes, bytes]]:
        found = [(b"List-Unsubscribe-Post", b"List-Unsubscribe=One-Click")]
        if dispatch.feedback_id:
            found.append((b"Feedback-ID", _one_line("feedback_id", dispatch.feedback_id).encode("ascii", "replace")))
        if dispatch.reply_to:
            found.append((b"Reply-To", envelope_address(dispatch.reply_to)[0]))
        if _LANGUAGE.fullmatch(dispatch.language):
            found.append((b"Content-Language", dispatch.language.encode()))
        for name, value in dispatch.headers.items():
            lower = name.lower()
            if not _NAME.fullmatch(name) or lower in OWN or lower.startswith(OWN_PREFIXES):
                raise Invalid(_("A campaign cannot set the header “{name}”.").format(name=name[:60]), field="headers")
            found.append((name.encode(), unstructured(name, _one_line(name, value))))
        found.append((b"MIME-Version", b"1.0"))
        found.append((b"Content-Type", b'multipart/alternative;\r\n boundary="' + boundary + b'"'))
        return found

    def wire(self, to: bytes, subject: bytes, date: bytes, mail: bytes, unsubscribe: bytes) -> bytes:
        """The headers as sent, with the empty line behind them."""
        return b"".join((
            self._from, to, b"\r\nSubject: ", subject, b"\r\nDate: ", date, b"\r\nMessage-ID: <", mail,
            self._message_id_end, self._unsubscribe[0], unsubscribe, self._unsubscribe[1], unsubscribe,
            self._mail_to, self._rest,
        ))  # fmt: skip

    def canonical(self, to: bytes, subject: bytes, date: bytes, mail: bytes, unsubscribe: bytes) -> bytes:
        """The signed headers in canonical form, in the order of `names`."""
        return b"".join((
            self._canonical_from, to, b"\r\nsubject:", subject.replace(b"\r\n", b""), b"\r\ndate:", date, b"\r\n",
            self._canonical_unsubscribe[0], unsubscribe, self._canonical_unsubscribe[1], unsubscribe, self._mail_to,
            self._canonical_before_id, b"message-id:<", mail, self._message_id_end, self._canonical_rest,
        ))  # fmt: skip


def date_of(moment: datetime) -> bytes:
    """The value of a Date header (RFC 5322, 3.3) for a moment in UTC."""
    return format_datetime(moment).encode()


def _lines(present: dict[bytes, bytes], names: tuple[bytes, ...]) -> bytes:
    return b"".join(name + b":" + present[name] + b"\r\n" for name in names if name in present)


def _one_line(field: str, value: str) -> str:
    """The value, or Invalid where it has a control character: what a customer sets is refused, not changed."""
    if any(ord(each) < 32 or 127 <= ord(each) < 160 or each in "\u2028\u2029" for each in value):
        raise Invalid(_("{field} has a line end or another control character.").format(field=field), field=field)
    return value
