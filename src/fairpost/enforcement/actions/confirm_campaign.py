"""Lets a campaign that was held go on, by its sender's word and only once nothing holds it any more."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.force.hook import restricted_by
from fairpost.enforcement.force.store import current
from fairpost.enforcement.holding import dispose, restricted
from fairpost.enforcement.models import HeldCampaign
from fairpost.enforcement.ports import Mailing, Queued, mailings
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A campaign that goes on. `queued` is what lay in its relays' queues and was let go."""

    campaign_id: int
    queued: Queued


def confirm_campaign(
    *, actor: Actor, account_id: int, campaign_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> Confirmed:
    """Sends what was held: those not written to yet, those withheld by measures that are over, and what relays hold.

    Everybody is filtered anew. Raises Restricted while something still holds it, Conflict where nothing waits, and
    NotFound for another account's campaign.
    """
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id, act="campaign.confirm")
    now = clock.now()
    mailing = find(actor, account_id, campaign_id)
    with transaction.atomic():
        row = HeldCampaign.objects.select_for_update().filter(account_id=account_id, campaign_id=campaign_id).first()
        if row is None and mailing is None:
            raise NotFound(_("There is no campaign {campaign} that waits.").format(campaign=campaign_id))
        if row is None or row.confirmed_at is not None:
            raise Conflict(_("Campaign {campaign} does not wait for a confirmation.").format(campaign=campaign_id))
        if row.state in ("blocked", "returned"):
            raise Conflict(_("Campaign {campaign} was reviewed and is not sent.").format(campaign=campaign_id))
        answer = restricted(mailing, current(), now) if mailing else None
        if answer is not None:
            raise restricted_by(answer, _("Campaign {campaign} is still held").format(campaign=campaign_id))
        row.state, row.confirmed_at, row.confirmed_by = "released", now, actor.name
        row.save(update_fields=["state", "confirmed_at", "confirmed_by"])
        mailings().release([(account_id, campaign_id)], now)
        dispose((account_id, campaign_id), "confirmed", row.reasons, now)
        record(
            actor=actor,
            act="campaign.confirmed",
            account_id=account_id,
            subject=f"campaign:{campaign_id}",
            reason=reason,
            clock=clock,
        )
    return Confirmed(campaign_id, mailings().release_queued([(account_id, campaign_id)]))


def find(actor: Actor, account_id: int, campaign_id: int) -> Mailing | None:
    """The campaign, where it is not over; NotFound for another unit's."""
    found = next((each for each in mailings().all([account_id]) if each.campaign_id == campaign_id), None)
    if found is not None and actor.unit_id is not None and str(actor.unit_id) not in found.subject.facets["unit"]:
        raise NotFound(_("There is no campaign {campaign}.").format(campaign=campaign_id))
    return found
