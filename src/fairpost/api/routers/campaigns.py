"""Campaigns: from draft to the last recipient."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Before, Limit, Page, page
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import campaigns as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.campaigns.actions.create_campaign import change_campaign as change
from fairpost.campaigns.actions.create_campaign import create_campaign as create
from fairpost.campaigns.actions.release_canary import release_canary as release
from fairpost.campaigns.actions.schedule_campaign import schedule_campaign as schedule
from fairpost.campaigns.actions.schedule_campaign import unschedule_campaign as unschedule
from fairpost.campaigns.actions.send_campaign import send_campaign as send
from fairpost.campaigns.actions.stop_campaign import cancel_campaign as cancel
from fairpost.campaigns.actions.stop_campaign import pause_campaign as pause
from fairpost.campaigns.actions.stop_campaign import resume_campaign as resume
from fairpost.campaigns.actions.test_campaign import test_campaign as test
from fairpost.campaigns.queries.audience import audience_preview
from fairpost.campaigns.queries.campaigns import CampaignStatus, campaign, campaign_status, campaigns
from fairpost.campaigns.queries.mail import mail_preview
from fairpost.campaigns.queries.recipients import outcome_for_address, outcomes_in_state
from fairpost.segments.audience import Audience

router = Router()
ALL = "/accounts/{account_id}/campaigns"
ONE = ALL + "/{campaign_id}"
Reader = Annotated[str | None, Query(max_length=320, description="A contact's address; default: the first one's.")]
MESSAGE = {"description": "The whole message.", "content": {"message/rfc822": {"schema": {"type": "string"}}}}


@router.get(ALL, response=Page[told.Campaign])
def list_campaigns(
    request: Caller, account_id: PathId, before: Before = None, limit: Limit = 50, tests: bool = False
) -> Any:
    """Campaigns, the newest first; with `tests`, test sendings too."""
    rows = lambda most: campaigns(request.auth, account_id, before=before, limit=most, tests=tests)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post(ALL, response={201: told.Campaign})
def create_campaign(request: Caller, account_id: PathId, asked: told.NewCampaign) -> Any:
    """Makes a draft: content version, audience and sender identity."""
    given = {**asked.model_dump(), "audience": Audience.from_json(asked.audience.model_dump())}
    return create(actor=request.auth, account_id=account_id, **given)


@router.get(ONE, response=told.Campaign)
def get_campaign(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """One campaign."""
    return campaign(request.auth, account_id, campaign_id)


@router.patch(ONE, response=told.Campaign)
def change_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: told.CampaignChange) -> Any:
    """Changes a draft."""
    changes = asked.model_dump(exclude_unset=True)
    if "audience" in changes:
        changes["audience"] = Audience.from_json(asked.audience.model_dump())
    return change(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **changes)


@router.get(ONE + "/audience", response=told.AudiencePreview)
def preview_audience(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """Whom the campaign would reach if it started now, counted by the code that freezes it."""
    return audience_preview(request.auth, account_id, campaign_id)


@router.get(ONE + "/mail", response=told.MailPreview)
def preview_mail(request: Caller, account_id: PathId, campaign_id: PathId, address: Reader = None) -> Any:
    """The mail as one recipient would get it. Nothing is sent."""
    return mail_preview(request.auth, account_id, campaign_id, address=address)


@router.get(ONE + "/mail.eml", openapi_extra={"responses": {200: MESSAGE}})
def preview_message(request: Caller, account_id: PathId, campaign_id: PathId, address: Reader = None) -> Any:
    """The whole message, signed, as one recipient would get it. Nothing is sent."""
    message = mail_preview(request.auth, account_id, campaign_id, address=address).message
    headers = {"Content-Disposition": f'attachment; filename="campaign-{campaign_id}.eml"'}
    return HttpResponse(message, content_type="message/rfc822", headers=headers)


@router.post(ONE + "/test", response={201: told.Campaign})
@outside_transaction(Repeat.ASK)
def test_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: told.Test) -> Any:
    """Sends the mail to a few addresses, marked as a test; the test is a campaign of its own."""
    return test(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.post(ONE + "/send", response=told.Status)
@outside_transaction(Repeat.AGAIN)
def send_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: told.Start = told.NOW) -> Any:
    """Starts a campaign now: freezes its audience and opens it to the senders."""
    return status(send(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump()))


@router.post(ONE + "/schedule", response=told.Campaign)
def schedule_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: told.Schedule) -> Any:
    """Starts a campaign later; what is not sent by `latest_at` is withheld, not sent late."""
    return schedule(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.post(ONE + "/unschedule", response=told.Campaign)
def unschedule_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Makes a scheduled campaign a draft again."""
    return unschedule(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.post(ONE + "/pause", response=told.Stopped)
@outside_transaction(Repeat.AGAIN)
def pause_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Stops a campaign. When the answer comes nothing more of it is handed to a relay."""
    return pause(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.post(ONE + "/resume", response=told.Stopped)
def resume_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Goes on with a paused campaign, or one that a relay's refusal stopped. Everybody is filtered again."""
    return resume(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.post(ONE + "/release-canary", response=told.Status)
def release_canary(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Writes to the rest now, whatever the first part showed. What is in force on the campaign holds for it too."""
    return release(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.post(ONE + "/cancel", response=told.Stopped)
@outside_transaction(Repeat.AGAIN)
def cancel_campaign(request: Caller, account_id: PathId, campaign_id: PathId, asked: Because = NOTHING) -> Any:
    """Ends a campaign for good; whoever was not written to is withheld."""
    return cancel(actor=request.auth, account_id=account_id, campaign_id=campaign_id, **asked.model_dump())


@router.get(ONE + "/status", response=told.Status)
def get_campaign_status(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """How far a campaign is: exact counts, reasons, and what it waits for."""
    return status(campaign_status(request.auth, account_id, campaign_id))


@router.get(ONE + "/recipients", response=Page[told.Recipient])
def list_recipients(
    request: Caller, account_id: PathId, campaign_id: PathId, state: told.State, after: After = 0, limit: Limit = 100
) -> Any:
    """Recipients in one state, in order of their ordinals; `after` is an ordinal."""
    rows = lambda most: outcomes_in_state(request.auth, account_id, campaign_id, state, after=after, limit=most)  # noqa: E731
    return page(request, "after", limit, rows, by="ordinal")


@router.get(ONE + "/recipients/lookup", response=told.Outcome)
def get_recipient(
    request: Caller, account_id: PathId, campaign_id: PathId, address: Annotated[str, Query(max_length=320)]
) -> Any:
    """What this contact got from the campaign, and if nothing, why not."""
    return outcome_for_address(request.auth, account_id, campaign_id, address)


def status(found: CampaignStatus) -> dict[str, Any]:
    """The status with its reasons as objects."""
    known = asdict(found)
    if known["progress"]:
        reasons = known["progress"]["reasons"]
        known["progress"]["reasons"] = [{"state": s, "reason": r, "count": c} for s, r, c in reasons]
    return known
