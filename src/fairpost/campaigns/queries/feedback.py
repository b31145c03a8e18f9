"""What came back, for whoever may see the campaign or the contact: bounces, refusals, complaints, one by one."""

from __future__ import annotations

from fairpost.campaigns.queries.campaigns import campaign
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.queries.lookup import contact_by_address
from fairpost.events.queries import feedback as rows
from fairpost.events.queries.feedback import ClassCount, Feedback
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


def campaign_feedback(
    actor: Actor, account_id: int, campaign_id: int, *, before: int | None = None, limit: int = 100
) -> list[Feedback]:
    """The newest first. Raises NotFound where the actor may not see the campaign."""
    campaign(actor, account_id, campaign_id)
    return rows.feedback_of_campaign(account_id, campaign_id, before=before, limit=limit)


def campaign_classes(actor: Actor, account_id: int, campaign_id: int) -> list[ClassCount]:
    """How many bounced, were refused or complained, by class. Raises NotFound as above."""
    campaign(actor, account_id, campaign_id)
    return rows.classes_of_campaign(account_id, campaign_id)


def contact_feedback(
    actor: Actor, account_id: int, address: str, *, before: int | None = None, limit: int = 100
) -> list[Feedback]:
    """About one address. Raises NotFound where it is no contact, Invalid for no address."""
    authorise(actor, "contacts.read", account_id=account_id, unit_id=actor.unit_id)
    canonical = canonical_form(address)
    contact = contact_by_address(account_id, canonical)
    if contact is None:
        raise NotFound(_("{address} is no contact of this account.").format(address=canonical))
    return rows.feedback_of_contact(account_id, contact.ordinal, unit_id=actor.unit_id, before=before, limit=limit)


def account_feedback(actor: Actor, account_id: int, *, before: int | None = None, limit: int = 100) -> list[Feedback]:
    """Of all campaigns that the actor may see, the newest first."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    return rows.feedback_of_account(account_id, unit_id=actor.unit_id, before=before, limit=limit)


def one_report(actor: Actor, account_id: int, feedback_id: int) -> Feedback:
    """Raises NotFound where there is none that the actor may see."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    return rows.one_feedback(account_id, feedback_id, unit_id=actor.unit_id)
