"""What an account has posted to other systems, and the log of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Before, Limit, Page, page
from fairpost.api.repeat import Repeat, kept_without, outside_transaction
from fairpost.api.schemas import webhooks as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId, Reason
from fairpost.integrations.actions.add_webhook import add_webhook as add
from fairpost.integrations.actions.change_webhooks import pause_webhook as pause
from fairpost.integrations.actions.change_webhooks import remove_webhook as remove
from fairpost.integrations.actions.change_webhooks import resume_webhook as resume
from fairpost.integrations.actions.change_webhooks import rotate_webhook as rotate
from fairpost.integrations.actions.redeliver import redeliver as again
from fairpost.integrations.actions.redeliver import redeliver_given_up as all_again
from fairpost.integrations.actions.try_webhook import try_webhook
from fairpost.integrations.queries import webhooks as queries

router = Router()
ALL = "/accounts/{account_id}/webhooks"
ONE = ALL + "/{webhook_id}"
Removed = Annotated[bool, Query(description="Those that were removed, too.")]


@router.get(ALL, response=Page[told.Webhook])
def list_webhooks(
    request: Caller, account_id: PathId, removed: Removed = False, after: After = 0, limit: Limit = 100
) -> Any:
    """The account's webhooks by id, with what waits for each."""
    rows = lambda most: queries.webhooks(request.auth, account_id, removed=removed, after=after, limit=most)  # noqa: E731
    return page(request, "after", limit, rows)


@router.post(ALL, response={201: told.AddedWebhook})
@kept_without("secret")
def add_webhook(request: Caller, account_id: PathId, asked: told.NewWebhook) -> Any:
    """Has events posted to an address from now on, and tells the secret that signs them this once."""
    return add(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.get(ONE, response=told.Webhook)
def get_webhook(request: Caller, account_id: PathId, webhook_id: PathId) -> Any:
    """One webhook."""
    return queries.webhook(request.auth, account_id, webhook_id)


@router.delete(ONE, response={204: None})
def remove_webhook(request: Caller, account_id: PathId, webhook_id: PathId, reason: Reason = None) -> Any:
    """Ends a webhook for good; what waits for it and its log are deleted."""
    remove(actor=request.auth, account_id=account_id, webhook_id=webhook_id, reason=reason)


@router.post(ONE + "/pause", response=told.Webhook)
def pause_webhook(request: Caller, account_id: PathId, webhook_id: PathId, asked: Because = NOTHING) -> Any:
    """Posts nothing more until it is resumed; events are kept for thirty days."""
    return pause(actor=request.auth, account_id=account_id, webhook_id=webhook_id, reason=asked.reason)


@router.post(ONE + "/resume", response=told.Webhook)
def resume_webhook(request: Caller, account_id: PathId, webhook_id: PathId, asked: Because = NOTHING) -> Any:
    """Goes on with a webhook that is paused or failing."""
    return resume(actor=request.auth, account_id=account_id, webhook_id=webhook_id, reason=asked.reason)


@router.post(ONE + "/rotate", response=told.AddedWebhook)
@kept_without("secret")
def rotate_webhook(request: Caller, account_id: PathId, webhook_id: PathId, asked: told.NewSecret) -> Any:
    """Makes a new secret and tells it this once; for a while posts are signed with the old one too."""
    overlap = timedelta(hours=asked.overlap_hours)
    place = {"account_id": account_id, "webhook_id": webhook_id}
    return rotate(actor=request.auth, **place, overlap=overlap, secret=asked.secret, reason=asked.reason)


@router.post(ONE + "/test", response=told.Delivery)
@outside_transaction(Repeat.AGAIN)
def test_webhook(request: Caller, account_id: PathId, webhook_id: PathId, asked: Because = NOTHING) -> Any:
    """Posts an event of no meaning, and tells what came of it; takes ten seconds at most."""
    return try_webhook(actor=request.auth, account_id=account_id, webhook_id=webhook_id, reason=asked.reason)


@router.get(ONE + "/log", response=Page[told.Delivery])
def list_deliveries(
    request: Caller, account_id: PathId, webhook_id: PathId, before: Before = None, limit: Limit = 100
) -> Any:
    """What was posted, or waits for it, the newest first."""
    rows = lambda most: queries.deliveries(request.auth, account_id, webhook_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows, by="number")


@router.post(ONE + "/redeliver", response=told.Delivery)
def redeliver(request: Caller, account_id: PathId, webhook_id: PathId, asked: told.Again) -> Any:
    """Posts a delivery again, under its id."""
    return again(actor=request.auth, account_id=account_id, webhook_id=webhook_id, **asked.model_dump())


@router.post(ONE + "/redeliver-given-up", response=told.GivenUp)
def redeliver_given_up(request: Caller, account_id: PathId, webhook_id: PathId, asked: Because = NOTHING) -> Any:
    """Posts again all that was given up."""
    count = all_again(actor=request.auth, account_id=account_id, webhook_id=webhook_id, reason=asked.reason)
    return {"deliveries": count}
