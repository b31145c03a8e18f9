"""Addresses that providers post to, and what became of their posts."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.repeat import kept_without
from fairpost.api.schemas import webhooks as told
from fairpost.api.schemas.fields import PathId, Reason
from fairpost.integrations.actions.add_hook import add_hook as add
from fairpost.integrations.actions.add_hook import remove_hook as remove
from fairpost.integrations.queries import hooks as queries

router = Router()
HookId = Annotated[str, Path(pattern="^[a-z2-7]{26}$")]
OWN = "/accounts/{account_id}/hooks"


@router.get(OWN, response=Page[told.Hook])
def list_hooks(request: Caller, account_id: PathId) -> Any:
    """The account's hooks, the oldest first."""
    return whole(queries.hooks(request.auth, account_id))


@router.post(OWN, response={201: told.AddedHook})
@kept_without("secret")
def add_hook(request: Caller, account_id: PathId, asked: told.NewHook) -> Any:
    """Makes an address for a provider, and tells the secret that it signs with this once."""
    return add(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.delete(OWN + "/{hook_id}", response={204: None})
def remove_hook(request: Caller, account_id: PathId, hook_id: HookId, reason: Reason = None) -> Any:
    """Ends a hook for good; posts to it are refused."""
    remove(actor=request.auth, account_id=account_id, hook_id=hook_id, reason=reason)


@router.get(OWN + "/{hook_id}/posts", response=Page[told.ProviderPost])
def list_posts(
    request: Caller, account_id: PathId, hook_id: HookId, before: Before = None, limit: Limit = 100
) -> Any:
    """What came to a hook and what became of it, the newest first."""
    rows = lambda most: queries.posts(request.auth, account_id, hook_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.get("/hooks", response=Page[told.Hook])
def list_installation_hooks(request: Caller) -> Any:
    """The installation's hooks, the oldest first."""
    return whole(queries.hooks(request.auth, None))


@router.post("/hooks", response={201: told.AddedHook})
@kept_without("secret")
def add_installation_hook(request: Caller, asked: told.NewHook) -> Any:
    """Makes an address for a provider that serves every account."""
    return add(actor=request.auth, account_id=None, **asked.model_dump())


@router.delete("/hooks/{hook_id}", response={204: None})
def remove_installation_hook(request: Caller, hook_id: HookId, reason: Reason = None) -> Any:
    """Ends a hook of the installation for good."""
    remove(actor=request.auth, account_id=None, hook_id=hook_id, reason=reason)


@router.get("/hooks/{hook_id}/posts", response=Page[told.ProviderPost])
def list_installation_posts(request: Caller, hook_id: HookId, before: Before = None, limit: Limit = 100) -> Any:
    """What came to a hook of the installation, the newest first."""
    rows = lambda most: queries.posts(request.auth, None, hook_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)
