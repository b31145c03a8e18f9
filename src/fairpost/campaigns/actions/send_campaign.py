"""Starts a campaign now: freezes its audience and opens it to the senders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.campaigns.actions.checks import DEFAULT_TERM, check_content, check_times, order_for
from fairpost.campaigns.mailings import mailing_of, subject_of
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import CampaignStatus, campaign_row, campaign_status
from fairpost.delivery.actions.dispatch import order_dispatch, plan_dispatch, withdraw_dispatch
from fairpost.delivery.actions.hold import store_subjects
from fairpost.enforcement.actions.extend_coverage import include_newcomers
from fairpost.enforcement.actions.review_payers import review_what_names_a_payer
from fairpost.enforcement.force.hook import restricted_by
from fairpost.enforcement.force.store import current
from fairpost.enforcement.holding import hold
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, FairpostError, Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

MACHINE = Actor(name="schedule", via="system")


def send_campaign(
    *,
    actor: Actor,
    account_id: int,
    campaign_id: int,
    latest_at: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> CampaignStatus:
    """Starts a draft or a scheduled campaign. What is not sent by `latest_at` (default: in three days) is withheld."""
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    check_times(now, None, latest_at)
    tell_newcomer(campaign_row(actor, account_id, campaign_id), now, now)
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        authorise(actor, "campaign.send", account_id=account_id, unit_id=row.unit_id, act="campaign.send")
        if row.state not in (Campaign.State.DRAFT, Campaign.State.SCHEDULED):
            raise Conflict(_("The campaign {name} was started already.").format(name=repr(row.name)))
        mark_started(actor, row, now, latest_at, reason)
    plan_started(row, now)
    return campaign_status(actor, account_id, campaign_id)


def plan_started(row: Campaign, now: datetime, *, wait: bool = True) -> bool:
    """Freezes the audience of a started campaign and opens it. False where another process is at it.

    Where the audience cannot be frozen the campaign is a draft again, with the reason, and the error is raised.
    """
    try:
        return plan_dispatch(order_for(row, now), now, wait=wait) is not None
    except (Invalid, NotFound) as error:
        with transaction.atomic():
            if withdraw_dispatch(row.account_id, row.pk):
                refuse_start(row, error)
        raise


def refuse_start(row: Campaign, error: FairpostError) -> None:
    """Makes a campaign that could not start a draft again, in the caller's transaction."""
    row.refresh_from_db()
    row.state, row.state_reason = Campaign.State.DRAFT, error.message
    row.scheduled_at = row.latest_at = row.started_at = None
    row.save()
    record(
        actor=MACHINE,
        act="campaign.not_started",
        account_id=row.account_id,
        subject=f"campaign:{row.pk}",
        reason=error.message,
    )


def mark_started(
    actor: Actor, row: Campaign, now: datetime, latest_at: datetime | None, reason: str | None
) -> None:
    """Orders the dispatch in the caller's transaction. After a crash `resume_starts` goes on from here."""
    check_content(row, now)
    row.state = Campaign.State.STARTED
    row.started_at = now
    row.latest_at = latest_at or row.latest_at or now + DEFAULT_TERM
    if row.latest_at <= now:
        raise Conflict(
            _("Its latest time passed before it could start."), hint=_("Say until when it may be sent instead.")
        )
    row.state_reason = ""
    row.save()
    order_dispatch(order_for(row, now), now)
    admit(actor, row, now)
    record(
        actor=actor,
        act="campaign.started",
        account_id=row.account_id,
        subject=f"campaign:{row.pk}",
        reason=reason,
        facts={"content_version": row.content_version_id, "identity": row.identity_id},
    )


def admit(actor: Actor, row: Campaign, now: datetime) -> None:
    """Holds a campaign against what is in force, in the transaction that starts it.

    What forbids it is told at once to whoever starts it; one that was scheduled is held instead, so that nothing is
    lost. What asks for a review holds it until somebody has looked.
    """
    subject = subject_of(row)
    store_subjects([(row.account_id, row.pk, subject)])
    answer = current().effective(subject, now)
    include_newcomers([(subject, answer)], now)
    if answer.denied and actor is not MACHINE:
        raise restricted_by(answer, _("The campaign {name} cannot be sent").format(name=repr(row.name)))
    answer = review_what_names_a_payer(row.account_id, row.content_version_id, subject, answer, now)
    if not answer.open:
        hold([(mailing_of(row, subject), answer)], now)


def tell_newcomer(row: Campaign, at: datetime, now: datetime) -> None:
    """Tells whoever is new in the scope of something that applies to this campaign at `at`: a refusal comes later."""
    subject = subject_of(row)
    include_newcomers([(subject, current().effective(subject, at))], now)
