"""A mail as one recipient got it, with the public addresses that stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from django.test import Client
from tests.builders.campaigns import Author

from fairpost.delivery.actions.create_relay import create_relay
from fairpost.delivery.queries.dispatches import dispatch_parts, recipient_of
from fairpost.delivery.sending.compose import compile_campaign
from fairpost.engine.render.links import HONEYPOT
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.actors import local_operator


@dataclass(frozen=True)
class SentMail:
    """`html` is its page; the paths are those of the addresses in it."""

    html: str
    unsubscribe: str
    view: str
    pixel: str
    clicks: list[str]
    honeypot: str


def signing_relay() -> None:
    """A relay that nothing is sent through: enough to start a campaign."""
    create_relay(actor=local_operator(), name="nowhere", host="127.0.0.1", port=9, tls="none", signs=True)


def mail_to(author: Author, campaign_id: int, ordinal: int, at: float | None = None) -> SentMail:
    """The mail of a started campaign to this contact (of a test: to this address), compiled as the sender does."""
    parts = dispatch_parts(author.account_id, campaign_id)
    recipient = recipient_of(author.account_id, campaign_id, ordinal, test=parts.test)
    compiled = compile_campaign(
        (author.account_id, campaign_id), parts.identity_id, parts.content_version_id,
        sign=False, tracking=parts.tracking, test=parts.test,
    )  # fmt: skip
    at = SYSTEM_CLOCK.now().timestamp() if at is None else at
    message = message_from_bytes(compiled.fill(recipient, at).content, policy=policy.default)
    html = message.get_body(("html",)).get_content()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return SentMail(
        html=html,
        unsubscribe=path_of(re.search(r"<(https?://[^>]+)>", message["List-Unsubscribe"])[1]),
        view=next(iter(paths(html, "v")), ""),
        pixel=next(iter(paths(html, "o")), ""),
        clicks=[path for path in paths(html, "c") if f"/c/{HONEYPOT}/" not in path],
        honeypot=next((path for path in paths(html, "c") if f"/c/{HONEYPOT}/" in path), ""),
    )


def paths(html: str, kind: str) -> list[str]:
    return [path_of(url) for url in re.findall(rf'"(https?://[^"]+/{kind}/[^"]+)"', html)]


def path_of(url: str) -> str:
    return urlsplit(url).path


def stranger(language: str = "en") -> Client:
    """A browser that was never here before; CSRF checks are on, as they are in earnest."""
    return Client(enforce_csrf_checks=True, headers={"Host": "localhost", "Accept-Language": language})
