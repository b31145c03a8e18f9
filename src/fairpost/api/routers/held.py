"""What is in force on an account, the campaigns that wait, and what lets them go: a review, and their sender's word."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.reading import may_read
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import held as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.campaigns.queries.campaigns import campaign
from fairpost.enforcement.actions.confirm_campaign import confirm_campaign
from fairpost.enforcement.actions.review_campaign import review_campaign
from fairpost.enforcement.queries.dispositions import dispositions, held_campaigns
from fairpost.enforcement.queries.restrictions import status

router = Router()
CAMPAIGN = "/accounts/{account_id}/campaigns/{campaign_id}"
Review = Annotated[bool, Query(description="Only those that wait for a person's review.")]


@router.get("/held", response=Page[told.Held])
def list_all_held(request: Caller, review: Review = False, before: Before = None, limit: Limit = 50) -> Any:
    """Campaigns of all accounts that wait, the newest first."""
    return rows(request, None, review, before, limit)


@router.get("/accounts/{account_id}/held", response=Page[told.Held])
def list_held(
    request: Caller, account_id: PathId, review: Review = False, before: Before = None, limit: Limit = 50
) -> Any:
    """Campaigns of the account that wait, the newest first."""
    may_read(request, account_id, "campaign.read")
    return rows(request, account_id, review, before, limit)


@router.get("/accounts/{account_id}/status", response=told.AccountForce)
def get_status(request: Caller, account_id: PathId) -> Any:
    """Measures and the account's own pauses in force, with who began them and when; what waits; what goes on."""
    may_read(request, account_id)
    return status(request.auth, account_id)


@router.get(CAMPAIGN + "/dispositions", response=Page[told.Disposition])
def list_dispositions(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """Everything that was held, withheld or released of a campaign, with every reason, in order."""
    campaign(request.auth, account_id, campaign_id)
    return whole(dispositions(request.auth, account_id, campaign_id))


@router.post(CAMPAIGN + "/review", response=told.Held)
@outside_transaction(Repeat.AGAIN)
def review_held(request: Caller, account_id: PathId, campaign_id: PathId, asked: told.Verdict) -> Any:
    """Releases a campaign that waits for review, blocks it, or returns it to its sender. Needs a personal key."""
    return review_campaign(
        actor=request.auth, account_id=account_id, campaign_id=campaign_id, verdict=asked.verdict, reason=asked.reason
    )


@router.post(CAMPAIGN + "/confirm", response=told.Confirmed)
@outside_transaction(Repeat.AGAIN)
def confirm_held(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Sends what was held, once nothing holds it any more."""
    return confirm_campaign(actor=request.auth, account_id=account_id, campaign_id=campaign_id, reason=asked.reason)


def rows(request: Caller, account_id: int | None, review: bool, before: int | None, limit: int) -> Any:
    found = lambda most: held_campaigns(  # noqa: E731
        request.auth, account_id=account_id, review=review or None, before=before, limit=most
    )
    return page(request, "before", limit, found, by="campaign_id")
