"""Posts of providers as the edge keeps them, and an SNS with a key of its own."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.db import connection

from fairpost.integrations.actions.add_hook import AddedHook
from fairpost.integrations.outgoing.client import Answer
from fairpost.integrations.providers.ses.verify import SIGNED
from fairpost.integrations.webhooks.signing import signed_headers
from fairpost.kernel.errors import Invalid

TOPIC = "arn:aws:sns:eu-central-1:123456789012:bounces"
HOST = "https://sns.eu-central-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-{'0a' * 16}.pem"


def arrive(hook_id: str, provider: str, body: bytes, headers: dict[str, str], now: datetime) -> int:
    """A post as the edge folds it into the table; its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake (account_id, hook_id, provider, received_at, headers, body)"
            " VALUES (0, %s, %s, %s, %s, %s) RETURNING id",
            [hook_id, provider, now, json.dumps(headers), body],
        )
        return cursor.fetchone()[0]


def signed_post(hook: AddedHook, said: Any, now: datetime, message_id: str = "msg_1", **changes: Any) -> int:
    """A post signed with the hook's secret. `changes`: body or headers, as a forger would change them."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = signed_headers([changes.pop("secret", hook.secret)], message_id, changes.pop("signed_at", now), body)
    headers = {**{name.title(): value for name, value in headers.items()}, **changes.pop("headers", {})}
    return arrive(hook.hook_id, hook.provider, changes.pop("body", body), headers, now)


def became(post: int) -> tuple[str, str]:
    """(state, what is said of it)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, error FROM intake WHERE account_id = 0 AND id = %s", [post])
        return cursor.fetchone()


class Sns:
    """Signs posts as Amazon does, and is the web that a client of ours finds its certificate in."""

    def __init__(self, ends: datetime = datetime(2060, 1, 1, tzinfo=UTC)) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(ends)
            .sign(self.key, hashes.SHA256())
        )
        self.pages: dict[str, tuple[int, bytes]] = {
            CERTIFICATE: (200, certificate.public_bytes(serialization.Encoding.PEM))
        }
        self.asked: list[str] = []

    def client(self) -> Any:
        """What stands for the guarded client: only what is in `pages` answers."""
        web = self

        class Client:
            def get(self, url: str) -> Answer:
                web.asked.append(url)
                if url not in web.pages:
                    raise Invalid(f"{url} is not public")
                status, body = web.pages[url]
                return Answer(status, {}, body, False, 0.01)

        return Client

    def post(self, message: Any, kind: str = "Notification", version: str = "2", **changes: Any) -> bytes:
        """The JSON of one post; `changes` are signed too, where they are members that are signed."""
        post = {
            "Type": kind,
            "MessageId": "11111111-2222-3333-4444-555555555555",
            "TopicArn": TOPIC,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": "2027-01-04T09:00:00.000Z",
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE,
            **changes,
        }
        text = "".join(f"{each}\n{post[each]}\n" for each in SIGNED[kind] if each in post).encode()
        chosen = hashes.SHA1() if version == "1" else hashes.SHA256()
        post["Signature"] = base64.b64encode(self.key.sign(text, padding.PKCS1v15(), chosen)).decode()
        return json.dumps(post).encode()


def ses_bounce(address: str, source: str = "", **bounce: Any) -> dict[str, Any]:
    """A notification of SES about one address."""
    about = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [
            {
                "emailAddress": address,
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 <x>: Recipient address rejected: User unknown",
            }
        ],
        "timestamp": "2027-01-04T09:00:00.000Z",
        "feedbackId": "0100017-feedback",
        **bounce,
    }
    mail = {"source": source, "messageId": "0100017", "destination": [address], "headers": []}
    return {"notificationType": "Bounce", "bounce": about, "mail": mail}


def ses_complaint(address: str, source: str = "", kind: str = "abuse") -> dict[str, Any]:
    about = {
        "complainedRecipients": [{"emailAddress": address}],
        "timestamp": "2027-01-04T09:00:00.000Z",
        "feedbackId": "0100017-complaint",
        "complaintFeedbackType": kind,
    }
    return {"eventType": "Complaint", "complaint": about, "mail": {"source": source, "headers": []}}


LATER = timedelta(minutes=6)
