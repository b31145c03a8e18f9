"""Donations of an account: taken in, listed, reported; receipts and letters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import AwareDatetime

from fairpost.api.authentication import Caller
from fairpost.api.pages import Limit, Page, page
from fairpost.api.schemas import donations as told
from fairpost.api.schemas.fields import HIGHEST, PathId
from fairpost.events.actions.make_letter import make_letter as write_letter
from fairpost.events.actions.make_receipt import make_receipt as write_receipt
from fairpost.events.actions.name_receiver import name_receiver as name
from fairpost.events.actions.take_stated import take_stated
from fairpost.events.queries.donation_report import donation_report
from fairpost.events.queries.donations import donations

router = Router()
ALL = "/accounts/{account_id}/donations"
When = Annotated[AwareDatetime | None, Query(description="ISO 8601 with zone.")]
Cursor = Annotated[str, Query(max_length=1000, description="Cursor: those older than this place. Take it from `next`.")]
Which = Annotated[int | None, Query(ge=1, le=HIGHEST)]
Short = Annotated[str, Query(max_length=120)]
InLanguage = Annotated[told.Language | None, Query(description="Default: the account's, else English.")]


@router.post(ALL, response=told.Taken)
def take_donations(request: Caller, account_id: PathId, asked: told.StatedLines) -> Any:
    """Takes up to 1,000 lines: what is wrong is refused alone, what is known already changes nothing."""
    rows = [each.model_dump(mode="json", exclude_unset=True) for each in asked.lines]
    source = f"api:{asked.source}" if asked.source else "api"
    return take_stated(actor=request.auth, account_id=account_id, rows=rows, source=source, reason=asked.reason)


@router.get(ALL, response=Page[told.Donation])
def list_donations(
    request: Caller, account_id: PathId, since: When = None, until: When = None, before: Cursor = "", limit: Limit = 100
) -> Any:
    """Lines as they stand, the newest first."""
    return listed(request, account_id, None, since, until, before, limit)


@router.get(ALL + "/report", response=told.DonationReport)
def report_donations(
    request: Caller,
    account_id: PathId,
    identity_id: Which = None,
    joint_sender_id: Which = None,
    since: When = None,
    until: When = None,
) -> Any:
    """What was raised: by the account, or a sender or joint sender of it."""
    which = {"identity_id": identity_id, "joint_sender_id": joint_sender_id}
    return donation_report(request.auth, account_id, since=since, until=until, **which)


@router.get(ALL + "/receipt", response=told.MadeDocument)
def make_receipt(
    request: Caller, account_id: PathId, order_id: Short, platform: Short = "", language: InLanguage = None
) -> Any:
    """The receipt of one order; that it was made, and its hash, is on record."""
    which = {"order_id": order_id, "platform": platform, "language": language}
    return write_receipt(actor=request.auth, account_id=account_id, **which)


@router.get(ALL + "/letter", response=told.MadeDocument)
def make_letter(
    request: Caller,
    account_id: PathId,
    organisation_id: Annotated[int, Query(ge=1, le=HIGHEST)],
    first: date,
    last: date,
    language: InLanguage = None,
) -> Any:
    """The compliance letter on what an organisation received, from the first day to the last, both included."""
    which = {"organisation_id": organisation_id, "first": first, "last": last, "language": language}
    return write_letter(actor=request.auth, account_id=account_id, **which)


@router.post(ALL + "/receivers", response=told.Receiver)
def name_receiver(request: Caller, account_id: PathId, asked: told.NewReceiver) -> Any:
    """Says which organisation a platform means by a name; past donations are divided anew."""
    return name(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.get("/accounts/{account_id}/campaigns/{campaign_id}/donations", response=Page[told.Donation])
def list_campaign_donations(
    request: Caller, account_id: PathId, campaign_id: PathId, before: Cursor = "", limit: Limit = 100
) -> Any:
    """Lines attributed to one campaign, the newest first."""
    return listed(request, account_id, campaign_id, None, None, before, limit)


@router.get("/accounts/{account_id}/campaigns/{campaign_id}/donations/report", response=told.DonationReport)
def report_campaign_donations(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """What one campaign has raised."""
    return donation_report(request.auth, account_id, campaign_id=campaign_id)


def listed(
    request: Caller,
    account_id: int,
    campaign_id: int | None,
    since: datetime | None,
    until: datetime | None,
    before: str,
    limit: int,
) -> Any:
    which = {"campaign_id": campaign_id, "since": since, "until": until, "before": before}
    rows = lambda most: donations(request.auth, account_id, limit=most, **which)  # noqa: E731
    return page(request, "before", limit, rows, by="place")
