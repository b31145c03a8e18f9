"""API keys of an account, and of the installation."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.repeat import kept_without
from fairpost.api.schemas import people as told
from fairpost.api.schemas.fields import PathId, Reason
from fairpost.tenants import queries
from fairpost.tenants.actions.create_api_key import create_api_key as create
from fairpost.tenants.actions.revoke_api_key import revoke_api_key as revoke
from fairpost.tenants.authorise import authorise

router = Router()


@router.get("/accounts/{account_id}/keys", response=Page[told.Key])
def list_keys(request: Caller, account_id: PathId, after: After = 0, limit: Limit = 100) -> Any:
    """The account's API keys, revoked ones too, by id."""
    unit_id = may_read(request, account_id, "keys.manage").unit_id
    rows = lambda most: queries.api_keys(account_id, unit_id=unit_id, after=after, limit=most)  # noqa: E731
    return page(request, "after", limit, rows)


@router.post("/accounts/{account_id}/keys", response={201: told.IssuedKey})
@kept_without("key")
def create_key(request: Caller, account_id: PathId, asked: told.NewKey) -> Any:
    """Makes an API key with no more rights than the caller's, and tells it this once."""
    return create(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.delete("/accounts/{account_id}/keys/{key_id}", response={204: None})
def revoke_key(request: Caller, account_id: PathId, key_id: PathId, reason: Reason = None) -> Any:
    """Ends an API key at once and for good."""
    revoke(actor=request.auth, account_id=account_id, key_id=key_id, reason=reason)


@router.get("/keys", response=Page[told.Key])
def list_installation_keys(request: Caller, after: After = 0, limit: Limit = 100) -> Any:
    """The API keys of the installation, revoked ones too, by id."""
    authorise(request.auth, "installation.manage")
    return page(request, "after", limit, lambda most: queries.api_keys(None, after=after, limit=most))


@router.post("/keys", response={201: told.IssuedKey})
@kept_without("key")
def create_installation_key(request: Caller, asked: told.NewKey) -> Any:
    """Makes an API key that reaches every account, with no more rights than the caller's."""
    return create(actor=request.auth, account_id=None, **asked.model_dump())


@router.delete("/keys/{key_id}", response={204: None})
def revoke_installation_key(request: Caller, key_id: PathId, reason: Reason = None) -> Any:
    """Ends an API key of the installation at once and for good."""
    revoke(actor=request.auth, account_id=None, key_id=key_id, reason=reason)
