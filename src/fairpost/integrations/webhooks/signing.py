"""A post is signed so that whoever takes it knows who sent it, that it is whole, and that it is not an old one.

As in Standard Webhooks 1.0: `webhook-signature` holds `v1,` and the base64 of HMAC-SHA256 over
`{webhook-id}.{webhook-timestamp}.{body}`, once for each secret, with a blank between. A secret is `whsec_` and
the base64 of its octets.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

PREFIX = "whsec_"
OCTETS = 32
WINDOW = timedelta(minutes=5)
MOST_SIGNATURES = 10


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(OCTETS)).decode()


def key_of(secret: str) -> bytes:
    """The octets of a secret. Raises `Invalid` for what is none, or one too short to keep anything (under 24)."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise Invalid(
            _("A secret is whsec_ and the base64 of 24 to 64 octets."),
            field="secret",
            hint=_("Leave it out for a new one."),
        )
    return key


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def signed_headers(keys: Iterable[str], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a post, signed with each of the secrets."""
    timestamp = int(now.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message_id, timestamp, body) for each in keys),
    }


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a genuine post that was made within five minutes of `now`; `headers` have names in lower case.

    Raises `Invalid` with the reason. The signature is compared in constant time.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()[:MOST_SIGNATURES]
    if not (message_id and timestamp and given):
        raise Invalid(_("The post has no webhook-id, webhook-timestamp or webhook-signature."))
    if len(message_id) > 200 or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        raise Invalid(_("The post's webhook-id or webhook-timestamp cannot be read."))
    wanted = signature(secret, message_id, int(timestamp), body).encode()
    # All are looked at, so that the time says nothing about which one fits.
    fits = [hmac.compare_digest(wanted, each.encode("utf-8", "replace")) for each in given]
    if not any(fits):
        raise Invalid(_("The post's signature does not fit its content."))
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise Invalid(_("The post was signed more than five minutes before or after it came."))
    return message_id
