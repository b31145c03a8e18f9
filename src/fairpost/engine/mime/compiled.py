"""A campaign's message is compiled once and filled for each recipient: encoded, signed and ready for the wire.

Compiling cuts the encoded mail at the places that differ. Filling makes the recipient's tokens, encodes what differs,
joins, hashes the body once from the end of its static beginning, and signs. The same recipient gets the same octets
again, but for Date, the signature's time and the last day of tracking links.
"""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fairpost.engine.mime.addresses import envelope_address
from fairpost.engine.mime.body import Skeleton
from fairpost.engine.mime.envelope import Headers, date_of
from fairpost.engine.mime.headers import unstructured
from fairpost.engine.mime.parts import Parts, is_reserved
from fairpost.engine.ports import CompiledMessage, Dispatch, Document, Mail, Recipient
from fairpost.engine.render.links import REFERENCE
from fairpost.engine.render.template import compile_template
from fairpost.engine.signing.dkim import Signer
from fairpost.engine.signing.tokens import TokenIssuer, last_day_of_tracking
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST_OCTETS = 10_000_000
TEST_MARK = "[Test] "
PART = b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


def compile_message(
    document: Document, dispatch: Dispatch, issuer: TokenIssuer, signers: Sequence[Signer]
) -> CompiledMessage:
    """The message of one campaign, for one thread at a time; signed by each signer, in their order from the top.

    Raises Invalid for what can never be sent: Liquid that cannot be read, an address or header that is none.
    """
    return Message(document, dispatch, issuer, signers)


class Message:
    """What `compile_message` makes."""

    def __init__(self, document: Document, dispatch: Dispatch, issuer: TokenIssuer, signers: Sequence[Signer]) -> None:
        self._made_of = (document, dispatch, issuer, signers)
        self._without_tracking: Message | None = None
        self._signers = tuple(signers)
        self._tokens = issuer.for_campaign(dispatch.account_id, dispatch.campaign_id, dispatch.test)
        self._parts = parts = Parts(document, dispatch)
        self._mark = TEST_MARK if dispatch.test else ""
        self._subject_of = compile_template(document.subject, escape="header")
        # No encoded text contains "=_", so the boundary cannot occur in a part (RFC 2045, 6.7).
        digest = hashlib.sha256(repr((document.subject, document.html, document.text)).encode("utf-8", "replace"))
        boundary = b"=_" + digest.hexdigest()[:32].encode()
        self._headers = Headers(dispatch, boundary)
        self._lay_out(boundary)
        in_subject = frozenset(filter(is_reserved, self._subject_of.names))
        self._wanted_plain = parts.wanted(parts.text) | in_subject
        self._wanted_rich = parts.wanted(parts.html)
        used = (parts.html, parts.text, self._subject_of, *parts.destinations)
        self._wants_values = bool(in_subject) or any(parts.wanted(each) for each in used)
        self._wants_email = any("email" in each.names for each in used)
        self._second = -1
        self._turn(0)

    def _lay_out(self, boundary: bytes) -> None:
        """Lays out the body, and hashes its static beginning."""
        skeleton = Skeleton()
        cuts = []
        for kind, spans in ((b"plain", self._parts.text), (b"html", self._parts.html)):
            if spans is self._parts.text and not spans.source.strip():
                cuts.append(0)
                continue
            skeleton.add(b"--" + boundary + b"\r\n" + PART % kind)
            if spans.flat:
                skeleton.add_part(self._parts.items(spans))
            else:
                skeleton.add_tree(spans)
            cuts.append(len(skeleton.pieces))
        skeleton.add(b"--" + boundary + b"--\r\n")
        self._octets = skeleton.octets
        self._text_pieces = skeleton.pieces[: cuts[0]]
        self._html_pieces = skeleton.pieces[cuts[0] :]
        self._slots = {kind: tuple(places) for kind, places in skeleton.tokens.items()}
        start = skeleton.octets[0] or b""
        self._start_length = len(start)
        self._start_hash = hashlib.sha256(start)

    def _turn(self, second: int) -> None:
        """Makes what is the same for all mails of one second."""
        self._second = second
        self._moment = datetime.fromtimestamp(second, UTC)
        self._date = date_of(self._moment)
        self._last_day = last_day_of_tracking(second)

    def fill(self, recipient: Recipient, at: float) -> Mail:
        """The finished mail. Raises Invalid, for this recipient only, where an attribute or address cannot be used."""
        if not recipient.tracked and self._parts.tracking:
            return self._untracked().fill(recipient, at)
        second = int(at)
        if second != self._second:
            self._turn(second)
        to, wide = envelope_address(recipient.address)
        ordinal = recipient.ordinal
        tokens, moment = self._tokens, self._moment
        mail, unsubscribe = tokens.mail_and_unsubscribe(ordinal)
        track = tokens.track(ordinal, self._last_day)
        values: Any = recipient.attributes
        html_values = values
        if self._wants_values:
            values, html_values = self._all_values(recipient, unsubscribe, track)
        elif self._wants_email:
            values = html_values = {**values, "email": recipient.address}
        parts = self._octets.copy()
        for kind, places in self._slots.items():
            token = track if kind == "track" else unsubscribe if kind == "unsubscribe" else tokens.donation(ordinal)
            for place in places:
                parts[place] = token
        for place, piece in self._text_pieces:
            parts[place] = piece(values, moment)
        for place, piece in self._html_pieces:
            parts[place] = piece(html_values, moment)
        body = b"".join(parts)  # type: ignore[arg-type]
        if len(body) > MOST_OCTETS:
            raise Invalid(_("The mail is larger than 10 MB."))
        subject = unstructured("Subject", self._mark + self._subject_of.render(values, moment))
        head = self._headers.wire(to, subject, self._date, mail, unsubscribe)
        if self._signers:
            block = self._headers.canonical(to, subject, self._date, mail, unsubscribe)
            head = self._signatures(block, body) + head
        sender = self._headers.sender_start + mail + self._headers.sender_end
        return Mail(ordinal, sender, to, head + body, wide)

    def _untracked(self) -> Message:
        """The same campaign for those who are not to be followed; compiled when the first of them comes."""
        if self._without_tracking is None:
            document, dispatch, issuer, signers = self._made_of
            self._without_tracking = Message(document, replace(dispatch, tracking=False), issuer, signers)
        return self._without_tracking

    def _signatures(self, block: bytes, body: bytes) -> bytes:
        digest = self._start_hash.copy()
        digest.update(memoryview(body)[self._start_length :])
        body_hash = b2a_base64(digest.digest(), newline=False)
        names, second = self._headers.names, self._second
        return b"".join([each.header(block, names, body_hash, second) for each in self._signers])

    def _all_values(self, recipient: Recipient, unsubscribe: bytes, track: bytes) -> tuple[Any, Any]:
        """The values for subject and text, and for HTML: attributes, and what the platform sets in their place."""
        platform, seen = self._parts.platform, track.decode()
        known = {
            **recipient.attributes,
            "email": recipient.address,
            "unsubscribe_url": f"{self._parts.edge}/u/{unsubscribe.decode()}",
            "preferences_url": f"{platform}/p/{unsubscribe.decode()}",
            "view_url": f"{platform}/v/{seen}",
            REFERENCE: self._tokens.donation(recipient.ordinal).decode(),
        }
        return (
            self._parts.values(known, self._wanted_plain, seen, self._moment, html=False),
            self._parts.values(known, self._wanted_rich, seen, self._moment, html=True),
        )
