"""Lets anybody read a campaign that was sent, by a public address, or no longer."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.archive import archive_url
from fairpost.campaigns.queries.campaigns import campaign_row
from fairpost.delivery.queries.public import switch_public
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@transaction.atomic
def archive_campaign(
    *, actor: Actor, account_id: int, campaign_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> str:
    """The address of its public copy, which has nobody's data in it and follows nobody. Again is harmless.

    Raises `Conflict` for a campaign that was not started, and for a test.
    """
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id)
    row = campaign_row(actor, account_id, campaign_id, lock=True)
    authorise(actor, "campaign.send", account_id=account_id, unit_id=row.unit_id, act="campaign.archive")
    if row.state != Campaign.State.STARTED or row.test_of_id is not None:
        raise Conflict(_("Only a campaign that was started can be read by anybody, and no test."))
    if switch_public(account_id, campaign_id, True):
        noted(actor, "campaign.archived", account_id, campaign_id, reason, clock)
    return archive_url(account_id, campaign_id)


@transaction.atomic
def unarchive_campaign(
    *, actor: Actor, account_id: int, campaign_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """From now on its public address leads nowhere. Raises `Conflict` where it was not shown."""
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id)
    row = campaign_row(actor, account_id, campaign_id, lock=True)
    authorise(actor, "campaign.send", account_id=account_id, unit_id=row.unit_id, act="campaign.unarchive")
    if not switch_public(account_id, campaign_id, False):
        raise Conflict(_("The campaign {campaign} is not in the archive.").format(campaign=campaign_id))
    noted(actor, "campaign.unarchived", account_id, campaign_id, reason, clock)


def noted(actor: Actor, act: str, account_id: int, campaign_id: int, reason: str | None, clock: Clock) -> None:
    record(
        actor=actor, act=act, account_id=account_id, subject=f"campaign:{campaign_id}", reason=reason, clock=clock
    )
