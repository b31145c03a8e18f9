"""Makes a campaign as a draft, and changes it while it is one."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from fairpost.audit.actions import record
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import CampaignView, campaign_row, campaign_view
from fairpost.contacts.scope import own_list, own_segment
from fairpost.content.scope import own_version
from fairpost.delivery.queries.relays import pool_for
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.sending_identity import sending_identity
from fairpost.tenants.scope import once, within_unit

CHANGEABLE = (
    *("name", "identity_id", "content_version_id", "audience", "pool_id", "tracking"),
    *("canary_percent", "canary_minutes"),
)


def create_campaign(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    identity_id: int,
    content_version_id: int,
    audience: Audience,
    pool_id: int | None = None,
    tracking: bool = True,
    canary_percent: float = 0,
    canary_minutes: int = 0,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> CampaignView:
    """A draft: content version + audience + sender identity. It belongs to the identity's business unit.

    With `canary_percent` (0.1 to 50; 0: none) so many of its audience go first, and the rest `canary_minutes` after
    they are done, unless something is wrong.
    """
    authorise(actor, "campaign.write", account_id=account_id, unit_id=actor.unit_id)
    identity = sending_identity(account_id, identity_id)
    within_unit(actor, identity.unit_id, _("There is no such sender identity."))
    authorise(actor, "campaign.write", account_id=account_id, unit_id=identity.unit_id, act="campaign.write")
    check_name(name)
    check_parts(actor, account_id, content_version_id, pool_id)
    check_audience(actor, account_id, audience)
    check_canary(canary_percent, canary_minutes)
    try:
        with transaction.atomic():
            row = Campaign.objects.create(
                account_id=account_id,
                unit_id=identity.unit_id,
                name=name,
                identity_id=identity_id,
                content_version_id=content_version_id,
                audience=audience.to_json(),
                pool_id=pool_id,
                tracking=tracking,
                canary_percent=canary_percent,
                canary_minutes=canary_minutes,
                created_at=clock.now(),
            )
            record(
                actor=actor,
                act="campaign.created",
                account_id=account_id,
                subject=f"campaign:{row.pk}",
                reason=reason,
                facts={"identity": identity_id, "content_version": content_version_id},
            )
    except IntegrityError:
        raise Conflict(_("There is a campaign {name} already.").format(name=repr(name)), field="name") from None
    return campaign_view(row, None)


def change_campaign(
    *, actor: Actor, account_id: int, campaign_id: int, reason: str | None = None, **changes: Any
) -> CampaignView:
    """Changes a draft. `changes` are any of CHANGEABLE, with what `create_campaign` takes for them."""
    authorise(actor, "campaign.write", account_id=account_id, unit_id=actor.unit_id)
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise Invalid(_("A campaign has no {field!r}.").format(field=sorted(unknown)[0]), field=sorted(unknown)[0])
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        authorise(actor, "campaign.write", account_id=account_id, unit_id=row.unit_id, act="campaign.write")
        if row.state != Campaign.State.DRAFT:
            raise Conflict(
                _("Only a draft can be changed; this campaign is {state}.").format(state=state_in_words(row.state))
            )
        for field, value in changes.items():
            setattr(row, field, value.to_json() if isinstance(value, Audience) else value)
        check_name(row.name)
        check_canary(row.canary_percent, row.canary_minutes)
        check_parts(actor, account_id, row.content_version_id, row.pool_id)
        if "audience" in changes:
            check_audience(actor, account_id, changes["audience"])
        unit_id = sending_identity(account_id, row.identity_id).unit_id
        within_unit(actor, unit_id, _("There is no such sender identity."))
        if unit_id != row.unit_id:
            raise Invalid(
                _("The sender identity belongs to another business unit."),
                field="identity_id",
                hint=_("Make the campaign anew with it."),
            )
        with once(_("There is a campaign {name} already.").format(name=repr(row.name)), "name"):
            row.save()
        record(
            actor=actor,
            act="campaign.changed",
            account_id=account_id,
            subject=f"campaign:{row.pk}",
            reason=reason,
            facts={"fields": sorted(changes)},
        )
    return campaign_view(row, None)


def check_name(name: str) -> None:
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise Invalid(_("A campaign needs a name of 1 to 200 printable characters."), field="name")


def check_canary(percent: float, minutes: int) -> None:
    if percent and not 0.1 <= percent <= 50:
        raise Invalid(_("A canary is 0.1 to 50 percent of the audience; 0 is none."), field="canary_percent")
    if not 0 <= minutes <= 1440 or (percent and not minutes):
        raise Invalid(_("After a canary the rest waits 1 to 1,440 minutes."), field="canary_minutes")


def check_parts(actor: Actor, account_id: int, content_version_id: int, pool_id: int | None) -> None:
    own_version(account_id, content_version_id, actor.unit_id)
    if pool_id is not None:
        pool_for(account_id, pool_id)


def check_audience(actor: Actor, account_id: int, audience: Audience) -> None:
    """Every list and segment that it names is the account's, in use, and one that the actor may use."""
    if not (audience.everyone or audience.lists or audience.segments):
        raise Invalid(_("The audience names no list and no segment, and is not everyone."), field="audience")
    for list_id in (*audience.lists, *audience.exclude_lists):
        own_list(actor, account_id, list_id)
    for segment_id in (*audience.segments, *audience.exclude_segments):
        own_segment(actor, account_id, segment_id)
