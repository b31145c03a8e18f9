"""Whom a campaign would reach if it started now."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import campaign_row
from fairpost.contacts.queries.audience import freeze_audience
from fairpost.contacts.queries.members import count_contacts, list_members
from fairpost.delivery.connect import connect
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.segments.audience import Audience
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.sending_identity import sending_identity


@dataclass(frozen=True, slots=True)
class AudiencePreview:
    """Counts of contacts: `selected` less the three below it makes `recipients`. `first` is the lowest ordinal."""

    selected: int
    excluded: int
    suppressed: int
    dead_domain: int
    recipients: int
    first: int | None


def audience_preview(
    actor: Actor, account_id: int, campaign_id: int, clock: Clock = SYSTEM_CLOCK
) -> AudiencePreview:
    """Counts a draft's audience by the same code that freezes it."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    row = campaign_row(actor, account_id, campaign_id)
    identity = sending_identity(account_id, row.identity_id)
    with connect() as own:
        frozen = freeze_audience(
            own,
            account_id,
            Audience.from_json(row.audience),
            now=clock.now(),
            unit_id=row.unit_id,
            sending_domain=identity.domain,
            joint_sender_id=identity.joint_sender_id,
        )
    return AudiencePreview(
        selected=frozen.selected,
        excluded=frozen.excluded,
        suppressed=frozen.suppressed,
        dead_domain=frozen.dead_domain,
        recipients=len(frozen.members),
        first=frozen.members.min() if frozen.members else None,
    )


def most_recipients(row: Campaign) -> int:
    """How many recipients a campaign that has not started can have at most; quick, without looking at contacts."""
    audience = Audience.from_json(row.audience)
    with connect() as own:
        if audience.everyone or audience.segments:
            return count_contacts(own, row.account_id)
        return len(list_members(own, row.account_id, list(audience.lists)))
