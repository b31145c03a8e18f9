"""Pauses, resumes and cancels a campaign. When `pause` or `cancel` returns, nothing more of it is handed to a relay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.campaigns.actions.checks import check_content
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import campaign_row
from fairpost.delivery.actions.dispatch import change_state, forget_refusals, wait_for_stop
from fairpost.delivery.actions.withhold_rest import withhold_rest
from fairpost.delivery.connect import connect
from fairpost.delivery.gate.stop import Uncertain
from fairpost.delivery.queries.progress import dispatch_states, progress
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class Stopped:
    """The answer to a stop: what the relays had accepted, what waits, and what is uncertain (normally nothing).

    `uncertain` names senders that did not confirm; of each at most one message per connection may still be handed over.
    """

    campaign_id: int
    state: str
    seconds: float
    accepted: int
    pending: int
    deferred: int
    withheld: int
    uncertain: tuple[Uncertain, ...]


def pause_campaign(
    *,
    actor: Actor,
    account_id: int,
    campaign_id: int,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Stopped:
    """The customer's own stop; never a measure. Returns once no sender can hand over anything more of it."""
    return stop(actor, account_id, campaign_id, ("running",), "paused", reason, clock.now(), act="campaign.pause")


def cancel_campaign(
    *,
    actor: Actor,
    account_id: int,
    campaign_id: int,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Stopped:
    """Ends a campaign for good. Whoever was not written to is withheld with the reason `campaign cancelled`."""
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id, act="campaign.cancel")
    now = clock.now()
    if cancel_before_start(actor, account_id, campaign_id, reason):
        return Stopped(campaign_id, "cancelled", 0.0, 0, 0, 0, 0, ())
    of = ("planning", "running", "paused", "stopped")
    stop(actor, account_id, campaign_id, of, "cancelled", reason, now, act="campaign.cancel")
    with connect() as own:
        withhold_rest(own, account_id, campaign_id, "campaign cancelled", now)
    return answer(account_id, campaign_id, 0.0, ())


def resume_campaign(
    *,
    actor: Actor,
    account_id: int,
    campaign_id: int,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Stopped:
    """Goes on with a paused campaign, or with one that a relay's refusal stopped. Everybody is filtered again."""
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        authorise(actor, "campaign.send", account_id=account_id, unit_id=row.unit_id, act="campaign.resume")
        check_content(row, now)
        mended = dispatch_states(account_id, [campaign_id]).get(campaign_id) == "stopped"
        change_state(
            account_id,
            campaign_id,
            of=("paused", "stopped"),
            to="running",
            by=actor.name,
            reason=reason or "",
            now=now,
        )
        if mended:
            forget_refusals(account_id, campaign_id, now)
        note(actor, "campaign.resumed", account_id, campaign_id, reason)
    return answer(account_id, campaign_id, 0.0, ())


def stop(
    actor: Actor,
    account_id: int,
    campaign_id: int,
    of: tuple[str, ...],
    to: str,
    reason: str | None,
    now: datetime,
    *,
    act: str,
) -> Stopped:
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id, act=act)
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id)
        if row.started_at is None:
            raise Conflict(_("The campaign {name} has not been started.").format(name=repr(row.name)))
        epoch = change_state(
            account_id, campaign_id, of=of, to=to, by=actor.name, reason=reason or "", now=now
        )
        note(actor, f"campaign.{to}", account_id, campaign_id, reason)
    report = wait_for_stop(account_id, campaign_id, epoch)
    return answer(account_id, campaign_id, report.seconds, report.uncertain)


def cancel_before_start(actor: Actor, account_id: int, campaign_id: int, reason: str | None) -> bool:
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        if row.state not in (Campaign.State.DRAFT, Campaign.State.SCHEDULED):
            return False
        row.state, row.scheduled_at, row.state_reason = Campaign.State.CANCELLED, None, reason or ""
        row.save()
        note(actor, "campaign.cancelled", account_id, campaign_id, reason)
    return True


def note(actor: Actor, act: str, account_id: int, campaign_id: int, reason: str | None) -> None:
    record(actor=actor, act=act, account_id=account_id, subject=f"campaign:{campaign_id}", reason=reason)


def answer(account_id: int, campaign_id: int, seconds: float, uncertain: tuple[Uncertain, ...]) -> Stopped:
    counts = progress(account_id, campaign_id)
    return Stopped(
        campaign_id,
        counts.state,
        seconds,
        counts.accepted,
        counts.pending,
        counts.deferred,
        counts.withheld,
        uncertain,
    )
