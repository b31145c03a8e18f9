"""A campaign's mail exactly as one recipient would get it, signed, without sending it."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy

from fairpost.campaigns.queries.audience import audience_preview
from fairpost.campaigns.queries.campaigns import campaign_row
from fairpost.contacts.addresses.address import parse_address
from fairpost.contacts.queries.lookup import contact_by_address, contact_by_ordinal
from fairpost.delivery.queries.relays import pool_for, pool_signs
from fairpost.delivery.sending.compose import compile_campaign
from fairpost.engine.ports import Recipient
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class MailPreview:
    """`message` is the whole signed message; the rest is what a parser reads in it."""

    recipient: str
    subject: str
    text: str
    html: str
    message: bytes


def mail_preview(
    actor: Actor, account_id: int, campaign_id: int, *, address: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> MailPreview:
    """The mail for `address`, or for the first contact of the audience. Raises NotFound where there is none."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    authorise(actor, "contacts.read", account_id=account_id, unit_id=actor.unit_id)
    row = campaign_row(actor, account_id, campaign_id)
    if address is None:
        first = audience_preview(actor, account_id, campaign_id, clock).first
        contact = contact_by_ordinal(account_id, first) if first is not None else None
    else:
        contact = contact_by_address(account_id, parse_address(address).canonical)
    if contact is None:
        raise NotFound(_("There is no such contact to show the mail for."))
    sign = not pool_signs(pool_for(account_id, row.pool_id))
    compiled = compile_campaign(
        (account_id, campaign_id), row.identity_id, row.content_version_id, sign=sign, tracking=row.tracking, test=False
    )
    recipient = Recipient(contact.ordinal, contact.address, contact.canonical, contact.attributes)
    content = compiled.fill(recipient, clock.now().timestamp()).content
    parsed = message_from_bytes(content, policy=policy.default)
    html, text = parsed.get_body(("html",)), parsed.get_body(("plain",))
    return MailPreview(
        recipient=contact.address,
        subject=str(parsed["Subject"]),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        message=content,
    )
