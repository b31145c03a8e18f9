"""People of an account and their roles."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.schemas import people as told
from fairpost.api.schemas.fields import HIGHEST, PathId, Reason
from fairpost.tenants import queries
from fairpost.tenants.actions.create_person import create_person as create
from fairpost.tenants.actions.grant_role import grant_role as grant
from fairpost.tenants.actions.revoke_role import revoke_role as revoke
from fairpost.tenants.actions.set_password import set_password as set_new

router = Router()
ONE = "/accounts/{account_id}/people/{person_id}"


@router.get("/accounts/{account_id}/people", response=Page[told.Person])
def list_people(request: Caller, account_id: PathId, after: After = 0, limit: Limit = 100) -> Any:
    """Those who hold a role in the account (for a key of one unit: in the unit), by id."""
    unit_id = may_read(request, account_id).unit_id
    rows = lambda most: queries.people(account_id, unit_id=unit_id, after=after, limit=most)  # noqa: E731
    return page(request, "after", limit, rows)


@router.post("/accounts/{account_id}/people", response={201: told.Person})
def create_person(request: Caller, account_id: PathId, asked: told.NewPerson) -> Any:
    """Adds a person with a first role; someone who is known here already only gains the role."""
    created = create(actor=request.auth, account_id=account_id, **asked.model_dump())
    return queries.person(account_id, created.person_id)


@router.get(ONE, response=told.Person)
def get_person(request: Caller, account_id: PathId, person_id: PathId) -> Any:
    """One person with the roles held in this account."""
    may_read(request, account_id)
    return queries.person(account_id, person_id)


@router.post(ONE + "/roles", response={201: told.Person})
def grant_role(request: Caller, account_id: PathId, person_id: PathId, asked: told.NewRole) -> Any:
    """Gives a person another role, never one that may do more than the caller."""
    grant(actor=request.auth, account_id=account_id, person_id=person_id, **asked.model_dump())
    return queries.person(account_id, person_id)


@router.delete(ONE + "/roles/{role}", response={204: None})
def revoke_role(
    request: Caller,
    account_id: PathId,
    person_id: PathId,
    role: str,
    unit_id: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None,
    reason: Reason = None,
) -> Any:
    """Takes a role from a person; the last owner keeps theirs."""
    where = {"account_id": account_id, "unit_id": unit_id}
    revoke(actor=request.auth, person_id=person_id, role=role, reason=reason, **where)


@router.put(ONE + "/password", response={204: None})
def set_password(request: Caller, account_id: PathId, person_id: PathId, asked: told.NewPassword) -> Any:
    """Sets the password of a person who has no role anywhere else."""
    set_new(actor=request.auth, account_id=account_id, person_id=person_id, **asked.model_dump())
