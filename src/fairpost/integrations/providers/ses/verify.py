"""A post is Amazon's if its signature fits the certificate that Amazon's own server gives, and it is of our topic.

"Verifying the signatures of Amazon SNS messages": the values of some members, each behind its name, lines between,
signed by RSA with SHA-1 (version 1) or SHA-256 (version 2).
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fairpost.integrations.outgoing.client import NotReached, Outgoing, in_words
from fairpost.integrations.providers import Hook
from fairpost.integrations.providers.json_body import read_object, text_of
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]{32}\.pem")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
HASHES: dict[str, Any] = {"1": hashes.SHA1, "2": hashes.SHA256}
KEPT = timedelta(days=1)
MOST_KEPT = 50


def verify(headers: Mapping[str, str], body: bytes, hook: Hook, now: datetime, client: type[Outgoing]) -> str:
    """The MessageId of a genuine post of the hook's topic. Raises Invalid with what is wrong with it."""
    post = read_object(body)
    if post.get("TopicArn") != hook.settings["topic"]:
        raise Invalid(_("The post is of another topic than the one this hook takes."))
    kind, version = text_of(post, "Type"), text_of(post, "SignatureVersion")
    if kind not in SIGNED or version not in HASHES:
        raise Invalid(_("The post is of a type or signature version that SNS does not have."))
    url = text_of(post, "SigningCertURL")
    if not is_of_sns(url) or not CERTIFICATE.fullmatch(url.partition(".com")[2].removeprefix(".cn")):
        raise Invalid(_("The post names a certificate that is not on a server of Amazon SNS."))
    try:
        given = base64.b64decode(text_of(post, "Signature", 2000), validate=True)
    except (binascii.Error, ValueError):
        given = b""
    try:
        CERTIFICATES.key(url, now, client).verify(given, signed_text(post, kind), padding.PKCS1v15(), HASHES[version]())
    except InvalidSignature:
        raise Invalid(_("The post's signature does not fit its content.")) from None
    return text_of(post, "MessageId", 200)


def signed_text(post: Mapping[str, Any], kind: str) -> bytes:
    names = [each for each in SIGNED[kind] if isinstance(post.get(each), str)]
    return "".join(f"{each}\n{post[each]}\n" for each in names).encode()


def is_of_sns(url: str) -> bool:
    """Whether this is an address on a server of Amazon SNS: the only place where a subscription is confirmed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and HOST.fullmatch(parts.netloc) is not None


class Certificates:
    """Public keys by the address of their certificate, each fetched once a day."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: dict[str, tuple[datetime, x509.Certificate]] = {}

    def key(self, url: str, now: datetime, client: type[Outgoing]) -> rsa.RSAPublicKey:
        """Raises Invalid for what is no certificate that is good now, NotReached where it does not come."""
        with self.lock:
            known = self.kept.get(url)
        if known is None or now - known[0] > KEPT:
            known = now, fetched(url, client)
            with self.lock:
                if len(self.kept) >= MOST_KEPT:
                    self.kept.clear()
                self.kept[url] = known
        certificate, moment = known[1], now.astimezone(UTC)
        key = certificate.public_key()
        in_time = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
        if not in_time or not isinstance(key, rsa.RSAPublicKey):
            raise Invalid(_("The certificate that the post names is over, or of another kind."))
        return key


def fetched(url: str, client: type[Outgoing]) -> x509.Certificate:
    """Raises NotReached where another attempt may help, Invalid where there is no such certificate."""
    answer = client().get(url)
    if answer.status >= 500:
        raise NotReached(in_words(answer))
    try:
        return x509.load_pem_x509_certificate(answer.body if answer.status == 200 else b"")
    except ValueError:
        raise Invalid(_("The certificate that the post names is not there.")) from None


CERTIFICATES = Certificates()
