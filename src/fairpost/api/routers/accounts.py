"""Accounts, their business units and organisations, and who the caller is."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page, whole
from fairpost.api.reading import may_read
from fairpost.api.schemas import accounts as told
from fairpost.api.schemas.fields import PathId
from fairpost.tenants import queries
from fairpost.tenants.actions.change_account import change_account as change
from fairpost.tenants.actions.create_account import create_account as create
from fairpost.tenants.actions.create_organisation import create_organisation as register
from fairpost.tenants.actions.create_unit import create_unit as add_unit
from fairpost.tenants.authorise import authorise

router = Router()


@router.get("/self", response=told.Self)
def get_self(request: Caller) -> Any:
    """Who calls: the API key, its account and unit, and its capabilities."""
    actor = request.auth
    return told.Self(
        name=actor.name,
        api_key_id=actor.api_key_id or 0,
        person_id=actor.person_id,
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        capabilities=sorted(actor.capabilities),
    )


@router.get("/accounts", response=Page[told.Account])
def list_accounts(request: Caller, after: After = 0, limit: Limit = 100) -> Any:
    """The accounts that the caller may see, by id."""
    actor = request.auth
    authorise(actor, "account.read", account_id=actor.account_id, unit_id=actor.unit_id)
    return page(request, "after", limit, lambda most: queries.accounts(actor.account_id, after=after, limit=most))


@router.post("/accounts", response={201: told.Account})
def create_account(request: Caller, asked: told.NewAccount) -> Any:
    """Opens an account with its default business unit. Needs a key of the installation."""
    return queries.account(create(actor=request.auth, **asked.model_dump()))


@router.get("/accounts/{account_id}", response=told.Account)
def get_account(request: Caller, account_id: PathId) -> Any:
    """One account."""
    may_read(request, account_id)
    return queries.account(account_id)


@router.patch("/accounts/{account_id}", response=told.Account)
def change_account(request: Caller, account_id: PathId, asked: told.AccountChange) -> Any:
    """Changes name, language or time zone; what is left out stays."""
    change(actor=request.auth, account_id=account_id, **asked.model_dump())
    return queries.account(account_id)


@router.get("/accounts/{account_id}/units", response=Page[told.Unit])
def list_units(request: Caller, account_id: PathId) -> Any:
    """All business units, the default one first."""
    may_read(request, account_id)
    return whole(queries.units(account_id))


@router.post("/accounts/{account_id}/units", response={201: told.Unit})
def create_unit(request: Caller, account_id: PathId, asked: told.NewUnit) -> Any:
    """Adds a business unit."""
    return queries.unit(account_id, add_unit(actor=request.auth, account_id=account_id, **asked.model_dump()))


@router.get("/accounts/{account_id}/units/{unit_id}", response=told.Unit)
def get_unit(request: Caller, account_id: PathId, unit_id: PathId) -> Any:
    """One business unit."""
    may_read(request, account_id)
    return queries.unit(account_id, unit_id)


@router.get("/accounts/{account_id}/organisations", response=Page[told.Organisation])
def list_organisations(request: Caller, account_id: PathId, after: After = 0, limit: Limit = 100) -> Any:
    """The organisations that the account may send for or let take part, by id."""
    may_read(request, account_id)
    return page(request, "after", limit, lambda most: queries.organisations(account_id, after=after, limit=most))


@router.post("/accounts/{account_id}/organisations", response={201: told.Organisation})
def create_organisation(request: Caller, account_id: PathId, asked: told.NewOrganisation) -> Any:
    """Registers a real-world body."""
    made = register(actor=request.auth, account_id=account_id, **asked.model_dump())
    return queries.organisation(account_id, made)


@router.get("/accounts/{account_id}/organisations/{organisation_id}", response=told.Organisation)
def get_organisation(request: Caller, account_id: PathId, organisation_id: PathId) -> Any:
    """One organisation."""
    may_read(request, account_id)
    return queries.organisation(account_id, organisation_id)
