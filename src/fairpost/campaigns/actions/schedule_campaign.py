"""Schedules a campaign, takes it back, and starts what is due."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.campaigns.actions.checks import check_content, check_times, order_for
from fairpost.campaigns.actions.send_campaign import MACHINE, mark_started, plan_started, refuse_start, tell_newcomer
from fairpost.campaigns.mailings import subject_of
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import CampaignView, campaign_row, campaign_view
from fairpost.delivery.actions.dispatch import unplanned
from fairpost.enforcement.force.hook import restricted_by
from fairpost.enforcement.force.store import current
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, FairpostError
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


def schedule_campaign(
    *,
    actor: Actor,
    account_id: int,
    campaign_id: int,
    at: datetime,
    latest_at: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> CampaignView:
    """Starts the campaign at `at`; what is not sent by `latest_at` is withheld, not sent late."""
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    check_times(now, at, latest_at)
    tell_newcomer(campaign_row(actor, account_id, campaign_id), at, now)
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        authorise(actor, "campaign.send", account_id=account_id, unit_id=row.unit_id, act="campaign.schedule")
        if row.state not in (Campaign.State.DRAFT, Campaign.State.SCHEDULED):
            raise Conflict(_("The campaign {name} was started already.").format(name=repr(row.name)))
        check_content(row, now)
        order_for(row, now)
        refuse_where_forbidden(row, at)
        row.state, row.scheduled_at, row.latest_at, row.state_reason = (
            Campaign.State.SCHEDULED,
            at,
            latest_at,
            "",
        )
        row.save()
        record(
            actor=actor,
            act="campaign.scheduled",
            account_id=account_id,
            subject=f"campaign:{row.pk}",
            reason=reason,
            facts={"at": at.isoformat(), "latest_at": latest_at.isoformat() if latest_at else None},
        )
    return campaign_view(row, None)


def refuse_where_forbidden(row: Campaign, at: datetime) -> None:
    """Raises Restricted where something in force will forbid the campaign at its time."""
    answer = current().effective(subject_of(row), at)
    if answer.denied:
        raise restricted_by(answer, _("The campaign {name} cannot be sent then").format(name=repr(row.name)))


def unschedule_campaign(
    *, actor: Actor, account_id: int, campaign_id: int, reason: str | None = None
) -> CampaignView:
    """Makes a scheduled campaign a draft again."""
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id, act="campaign.unschedule")
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        if row.state != Campaign.State.SCHEDULED:
            raise Conflict(_("The campaign {name} is not scheduled.").format(name=repr(row.name)))
        row.state, row.scheduled_at, row.latest_at = Campaign.State.DRAFT, None, None
        row.save()
        record(
            actor=actor,
            act="campaign.unscheduled",
            account_id=account_id,
            subject=f"campaign:{row.pk}",
            reason=reason,
        )
    return campaign_view(row, None)


def start_due_campaigns(clock: Clock = SYSTEM_CLOCK) -> int:
    """Starts every scheduled campaign whose time has come; goes on with starts that a crash cut short.

    One that may not start (its joint notice changed, its latest time passed) becomes a draft again with the reason, and
    never goes out late or in silence. Returns how many were started.
    """
    now = clock.now()
    due = Campaign.objects.filter(state=Campaign.State.SCHEDULED, scheduled_at__lte=now).values_list(
        "pk", flat=True
    )
    started = sum(start_one(number, now) for number in list(due))
    return started + resume_starts(now)


def start_one(number: int, now: datetime) -> bool:
    with transaction.atomic():
        row = Campaign.objects.select_for_update(skip_locked=True).filter(pk=number).first()
        if row is None or row.state != Campaign.State.SCHEDULED:
            return False
        try:
            with transaction.atomic():
                mark_started(MACHINE, row, now, None, None)
        except FairpostError as error:
            refuse_start(row, error)
            return False
    return planned(row, now)


def planned(row: Campaign, now: datetime, *, wait: bool = True) -> bool:
    try:
        return plan_started(row, now, wait=wait)
    except FairpostError:
        return False  # a draft again, with the reason; or cancelled meanwhile


def resume_starts(now: datetime) -> int:
    """Plans what was ordered and never opened, because its process was killed meanwhile."""
    count = 0
    for account_id, campaign_id in unplanned():
        row = Campaign.objects.filter(account_id=account_id, pk=campaign_id).first()
        if row is not None:
            count += planned(row, now, wait=False)
    return count
