"""What an account lets anybody read of what it sent."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.schemas import archive as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId, Reason
from fairpost.campaigns.actions.archive_campaign import archive_campaign as archive
from fairpost.campaigns.actions.archive_campaign import unarchive_campaign as unarchive
from fairpost.campaigns.queries.archive import archived

router = Router()
ONE = "/accounts/{account_id}/campaigns/{campaign_id}/archive"


@router.get("/accounts/{account_id}/archive", response=Page[told.Archived])
def list_archive(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 50) -> Any:
    """Campaigns that anybody may read, the newest first, with their public addresses."""
    may_read(request, account_id, "campaign.read")
    rows = lambda most: archived(account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows, by="campaign_id")


@router.post(ONE, response=told.ArchiveAddress)
def archive_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Lets anybody read a campaign that was started: a copy with nobody's data in it, which follows nobody."""
    url = archive(actor=request.auth, account_id=account_id, campaign_id=campaign_id, reason=asked.reason)
    return {"url": url}


@router.delete(ONE, response={204: None})
def unarchive_campaign(request: Caller, account_id: PathId, campaign_id: PathId, reason: Reason = None) -> Any:
    """Its public address leads nowhere from now on."""
    unarchive(actor=request.auth, account_id=account_id, campaign_id=campaign_id, reason=reason)
