"""Campaigns as people see them: the author's side and, once started, how far the dispatch is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.campaigns.models import Campaign
from fairpost.delivery.queries.canaries import CanaryRow, canary
from fairpost.delivery.queries.delivered import Delivered, delivered
from fairpost.delivery.queries.edges import EdgeRow, silent_edges
from fairpost.delivery.queries.progress import Progress, dispatch_states, progress
from fairpost.delivery.queries.relays import pool_is_stopped
from fairpost.enforcement.queries.dispositions import HeldView
from fairpost.enforcement.queries.waiting import waiting
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

OVER = ("cancelled", "finished")


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One campaign. `state` is draft, scheduled, planning, running, paused, stopped, cancelled or finished."""

    id: int
    account_id: int
    unit_id: int
    name: str
    state: str
    state_reason: str
    identity_id: int
    content_version_id: int
    audience: Mapping[str, Any]
    pool_id: int | None
    tracking: bool
    canary_percent: float
    canary_minutes: int
    test_of: int | None
    scheduled_at: datetime | None
    latest_at: datetime | None
    created_at: datetime
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """A campaign with its progress. `waiting_for` says what keeps it from going on, where something does.

    Its sender's pause, what is in force on it and that it is held are independent: all of them are said, each with who
    and since when. `held` is None where it is not held. `beyond_relays` is what became of the accepted, as far as
    relays tell that; None where none does. `canary` is None where it began with everybody.
    """

    campaign: CampaignView
    progress: Progress | None
    waiting_for: tuple[str, ...]
    beyond_relays: Delivered | None = None
    held: HeldView | None = None
    canary: CanaryRow | None = None


def campaign_row(actor: Actor, account_id: int, campaign_id: int, *, lock: bool = False) -> Campaign:
    """The row inside its account and, for an actor of one unit, inside that unit. Raises NotFound."""
    rows = Campaign.objects.filter(account_id=account_id, pk=campaign_id)
    if actor.unit_id is not None:
        rows = rows.filter(unit_id=actor.unit_id)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound(_("There is no campaign {campaign}.").format(campaign=campaign_id))
    return row


def campaign_by_name(actor: Actor, account_id: int, name: str) -> int:
    """The number of the campaign with this name, or with this number. Raises NotFound."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    row = Campaign.objects.filter(account_id=account_id, name=name).first()
    if row is None and name.isdecimal():
        return campaign_row(actor, account_id, int(name)).pk
    if row is None or (actor.unit_id is not None and row.unit_id != actor.unit_id):
        raise NotFound(_("There is no campaign {campaign}.").format(campaign=repr(name)))
    return row.pk


def campaign_view(row: Campaign, dispatch_state: str | None) -> CampaignView:
    state = dispatch_state or ("planning" if row.state == Campaign.State.STARTED else row.state)
    return CampaignView(
        id=row.pk,
        account_id=row.account_id,
        unit_id=row.unit_id,
        name=row.name,
        state=state,
        state_reason=row.state_reason,
        identity_id=row.identity_id,
        content_version_id=row.content_version_id,
        audience=row.audience,
        pool_id=row.pool_id,
        tracking=row.tracking,
        canary_percent=row.canary_percent,
        canary_minutes=row.canary_minutes,
        test_of=row.test_of_id,
        scheduled_at=row.scheduled_at,
        latest_at=row.latest_at,
        created_at=row.created_at,
        started_at=row.started_at,
    )


def views(account_id: int, rows: Iterable[Campaign]) -> list[CampaignView]:
    found = list(rows)
    states = dispatch_states(account_id, [each.pk for each in found])
    return [campaign_view(each, states.get(each.pk)) for each in found]


def campaign(actor: Actor, account_id: int, campaign_id: int) -> CampaignView:
    """One campaign of an account."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    return views(account_id, [campaign_row(actor, account_id, campaign_id)])[0]


def campaigns(
    actor: Actor, account_id: int, *, before: int | None = None, limit: int = 50, tests: bool = False
) -> list[CampaignView]:
    """Campaigns of an account, the newest first, from the one before `before` on."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    rows = Campaign.objects.filter(account_id=account_id)
    if actor.unit_id is not None:
        rows = rows.filter(unit_id=actor.unit_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if not tests:
        rows = rows.filter(test_of=None)
    return views(account_id, rows.order_by("-pk")[:limit])


def campaign_status(
    actor: Actor, account_id: int, campaign_id: int, clock: Clock = SYSTEM_CLOCK
) -> CampaignStatus:
    """A campaign, its exact counts, and what it waits for."""
    view = campaign(actor, account_id, campaign_id)
    if view.state in OVER or view.state == Campaign.State.DRAFT:
        held, said = None, []
    else:
        held, said = waiting(account_id, campaign_id, clock.now())
    if view.state in (Campaign.State.DRAFT, Campaign.State.SCHEDULED) or view.started_at is None:
        return CampaignStatus(view, None, tuple(said), held=held)
    try:
        counts = progress(account_id, campaign_id)
    except NotFound:  # started a moment ago: the dispatch row is not there yet
        return CampaignStatus(view, None, tuple(said), held=held)
    first = canary(account_id, campaign_id)
    waits = (*waiting_for(counts), *said, *behind_canary(first))
    return CampaignStatus(view, counts, waits, delivered(account_id, campaign_id), held, first)


def behind_canary(row: CanaryRow | None) -> tuple[str, ...]:
    """What the rest waits for, in words."""
    if row is None or row.state in ("passed", "released"):
        return ()
    if row.state == "troubled":
        return (_("After the first {size} recipients: {reason}").format(size=row.size, reason=row.reason),)
    if row.until is None:
        return (_("The first {size} recipients are written to; the rest waits.").format(size=row.size),)
    at = f"{row.until:%F %H:%M}Z"
    return (_("The first {size} recipients were written to; the rest waits until {at}.").format(size=row.size, at=at),)


def waiting_for(counts: Progress) -> tuple[str, ...]:
    if counts.state == "paused":
        return (
            _("Paused by {who} since {at}. {reason}")
            .format(who=counts.state_by, at=f"{counts.state_at:%F %H:%M}Z", reason=counts.state_reason)
            .strip(),
        )
    if counts.state == "stopped":
        return (_("The campaign was stopped: {reason}").format(reason=counts.state_reason),)
    if counts.state == "running":
        no_relay = [_("No relay takes mail: {reason}").format(reason=why) for why in pool_is_stopped(counts.pool_id)]
        return (*no_relay, *map(unheard, silent_edges()))
    return ()


def unheard(edge: EdgeRow) -> str:
    since = f"{edge.seen_at:%F %H:%M:%S}Z"
    return _("The edge on {host} is silent since {since}; it may hold unsubscribes that are not here yet.").format(
        host=edge.host, since=since
    )
