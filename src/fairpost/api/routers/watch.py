"""What comes back of an account's mail, held against the limits."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.schemas import watch as told
from fairpost.api.schemas.fields import PathId
from fairpost.events.queries.watch import alarms, rates

router = Router()


@router.get("/accounts/{account_id}/watch/rates", response=Page[told.Rate])
def list_rates(request: Caller, account_id: PathId) -> Any:
    """Complaints and bounces of the last seven days, by sending domain and mailbox provider."""
    return whole(rates(request.auth, account_id))


@router.get("/accounts/{account_id}/watch/alarms", response=Page[told.Alarm])
def list_alarms(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 50) -> Any:
    """What the watch noticed, the newest first, and what followed from it."""
    rows = lambda most: alarms(request.auth, account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)
