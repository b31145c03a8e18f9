"""Why a campaign is withheld or held: every reason, for its sender and for those who work on enforcement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.models import Disposition, HeldCampaign
from fairpost.enforcement.ports import mailings
from fairpost.kernel.actor import Actor
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class DispositionView:
    """One line of record. `recipients` None: the whole campaign. `reasons` are names like `measure M-12`."""

    id: int
    campaign_id: int
    at: datetime
    effect: str
    reasons: tuple[str, ...]
    recipients: int | None


@dataclass(frozen=True, slots=True)
class HeldView:
    """A campaign that is or was held. Once nothing holds it any more it waits for its sender's confirmation."""

    account_id: int
    campaign_id: int
    state: str
    reasons: tuple[str, ...]
    held_at: datetime
    review: bool
    review_due_at: datetime | None
    on_time_out: str
    decided_at: datetime | None
    decided_reason: str
    confirmed_at: datetime | None


def dispositions(actor: Actor, account_id: int, campaign_id: int) -> list[DispositionView]:
    """All dispositions of one campaign, in order."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    rows = Disposition.objects.filter(account_id=account_id, campaign_id=campaign_id).order_by("pk")
    return [
        DispositionView(each.pk, campaign_id, each.at, each.effect, tuple(each.reasons), each.recipients)
        for each in rows
    ]


def held_campaign(account_id: int, campaign_id: int) -> HeldView | None:
    """How a campaign is held, or None where it never was; for whoever was authorised already."""
    row = HeldCampaign.objects.filter(account_id=account_id, campaign_id=campaign_id).first()
    return view(row) if row else None


def held_by(account_id: int, campaign_id: int) -> list[str]:
    """The names of what holds a campaign now; empty where nothing does."""
    row = held_campaign(account_id, campaign_id)
    return list(row.reasons) if row and row.confirmed_at is None else []


def held_campaigns(
    actor: Actor, *, account_id: int | None = None, review: bool | None = None, before: int | None = None,
    limit: int = 50,
) -> list[HeldView]:  # fmt: skip
    """Campaigns that wait, the newest first: of one account, or (None) of all for those who review them."""
    if account_id is None:
        authorise(actor, "enforcement.read")
    else:
        authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    rows = HeldCampaign.objects.filter(confirmed_at=None).order_by("-campaign_id")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if actor.unit_id is not None:
        rows = rows.filter(campaign_id__in=of_unit(actor.unit_id, account_id))
    if review is not None:
        rows = rows.filter(review=review, state="held")
    if before is not None:
        rows = rows.filter(campaign_id__lt=before)
    return [view(each) for each in rows[:limit]]


def of_unit(unit_id: int, account_id: int | None) -> list[int]:
    """The unfinished campaigns of one business unit: a unit sees no other's."""
    wanted = str(unit_id)
    return [
        each.campaign_id
        for each in mailings().all(None if account_id is None else [account_id])
        if wanted in each.subject.facets.get("unit", ())
    ]


def view(row: HeldCampaign) -> HeldView:
    return HeldView(
        row.account_id,
        row.campaign_id,
        row.state,
        tuple(row.reasons),
        row.held_at,
        row.review,
        row.review_due_at,
        row.on_time_out,
        row.decided_at,
        row.decided_reason,
        row.confirmed_at,
    )
