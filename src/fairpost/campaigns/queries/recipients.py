"""What single contacts got from a campaign, and if nothing, why not."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import campaign_row
from fairpost.contacts.addresses.address import parse_address
from fairpost.contacts.queries.lookup import addresses_of, contact_by_address
from fairpost.delivery.queries.recipients import (
    Attempt,
    addresses_of_test,
    left_out_reason,
    recipient_outcome,
    recipients_in_state,
)
from fairpost.enforcement.queries.dispositions import held_by
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

WAITING = ("pending", "deferred")


@dataclass(frozen=True, slots=True)
class ContactOutcome:
    """The state of one contact in one campaign.

    `not_in_audience` where the frozen audience is without it; the reason then says whether it was not_selected,
    excluded, suppressed, or on a dead_domain, when the audience was frozen. Whoever waits in a held campaign has what
    holds it as reason: `held: measure M-12`.
    """

    address: str
    ordinal: int
    campaign_id: int
    state: str
    reason: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class RecipientInState:
    """One line of a list of recipients; `address` is empty where the contact is gone since."""

    ordinal: int
    address: str
    state: str
    reason: str


def outcome_for_address(actor: Actor, account_id: int, campaign_id: int, address: str) -> ContactOutcome:
    """What this contact got from the campaign. Raises NotFound where the account has no such contact."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    authorise(actor, "contacts.read", account_id=account_id, unit_id=actor.unit_id)
    row = campaign_row(actor, account_id, campaign_id)
    ordinal, written = named(row, address)
    outcome = recipient_outcome(account_id, campaign_id, ordinal)
    if outcome is None:
        reason = left_out_reason(account_id, campaign_id, ordinal)
        return ContactOutcome(written, ordinal, campaign_id, "not_in_audience", reason, ())
    reason = outcome.reason
    if outcome.state in WAITING and (held := held_by(account_id, campaign_id)):
        reason = "; ".join(filter(None, [reason, f"held: {', '.join(held)}"]))
    return ContactOutcome(written, ordinal, campaign_id, outcome.state, reason, outcome.attempts)


def named(row: Campaign, address: str) -> tuple[int, str]:
    """The ordinal that an address has in this campaign, and how it is written to."""
    canonical = parse_address(address).canonical
    if row.test_of_id is not None:
        for ordinal, (written, known) in addresses_of_test(row.account_id, row.pk).items():
            if known == canonical:
                return ordinal, written
        raise NotFound(_("The test did not go to {address}.").format(address=address))
    contact = contact_by_address(row.account_id, canonical)
    if contact is None:
        raise NotFound(_("There is no contact {address}.").format(address=address))
    return contact.ordinal, contact.address


def outcomes_in_state(
    actor: Actor, account_id: int, campaign_id: int, state: str, *, after: int = 0, limit: int = 100
) -> list[RecipientInState]:
    """Recipients in one state, in order of ordinals, behind `after`."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    authorise(actor, "contacts.read", account_id=account_id, unit_id=actor.unit_id)
    row = campaign_row(actor, account_id, campaign_id)
    rows = recipients_in_state(account_id, campaign_id, state, after, limit)
    if row.test_of_id is not None:
        addresses = {each: written for each, (written, _c) in addresses_of_test(account_id, campaign_id).items()}
    else:
        addresses = addresses_of(account_id, [ordinal for ordinal, _reason in rows])
    return [RecipientInState(ordinal, addresses.get(ordinal, ""), state, reason) for ordinal, reason in rows]
