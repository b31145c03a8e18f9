"""The record of who did what and why."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.schemas.events import Event
from fairpost.api.schemas.fields import PathId
from fairpost.tenants.queries import audit_trail

router = Router()


@router.get("/accounts/{account_id}/events", response=Page[Event])
def list_events(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 100) -> Any:
    """The account's record, the newest first."""
    actor = may_read(request, account_id, "audit.read")
    return page(request, "before", limit, lambda most: audit_trail(actor, account_id, before=before, limit=most))


@router.get("/events", response=Page[Event])
def list_all_events(request: Caller, before: Before = None, limit: Limit = 100) -> Any:
    """The record of all accounts and of the installation, the newest first."""
    return page(request, "before", limit, lambda most: audit_trail(request.auth, None, before=before, limit=most))
