"""What belongs to no account: organisations that can hold one, people with roles over all, the platform's DKIM keys."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page, whole
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import identities, people
from fairpost.api.schemas.accounts import NewOrganisation, Organisation, SameAs
from fairpost.api.schemas.fields import PathId, Reason
from fairpost.tenants import queries
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actions.create_platform_key import create_platform_key as create_key
from fairpost.tenants.actions.identify_organisation import identify_organisation as identify
from fairpost.tenants.actions.revoke_role import revoke_role
from fairpost.tenants.actions.tell_apart_organisation import tell_apart_organisation as tell_apart
from fairpost.tenants.authorise import authorise

router = Router()
MANAGE = "installation.manage"


@router.get("/organisations", response=Page[Organisation])
def list_holders(request: Caller, after: After = 0, limit: Limit = 100) -> Any:
    """Organisations that accounts can be opened for, by id."""
    authorise(request.auth, MANAGE)
    return page(request, "after", limit, lambda most: queries.organisations(None, after=after, limit=most))


@router.post("/organisations", response={201: Organisation})
def create_holder(request: Caller, asked: NewOrganisation) -> Any:
    """Registers an organisation that accounts can be opened for."""
    made = create_organisation(actor=request.auth, account_id=None, **asked.model_dump())
    return {"id": made, "name": asked.name, "postal_address": asked.postal_address}


@router.put("/organisations/{organisation_id}/same-as", response={204: None})
def identify_organisation(request: Caller, organisation_id: PathId, asked: SameAs) -> Any:
    """Says that two organisations, of whichever accounts, are one body: measures on one then reach the other."""
    identify(actor=request.auth, organisation_id=organisation_id, **asked.model_dump())


@router.delete("/organisations/{organisation_id}/same-as", response={204: None})
def tell_apart_organisation(request: Caller, organisation_id: PathId, reason: Reason = None) -> Any:
    """Takes that back; the reason is needed."""
    tell_apart(actor=request.auth, organisation_id=organisation_id, reason=reason or "")


@router.get("/people", response=Page[people.Person])
def list_operators(request: Caller, after: After = 0, limit: Limit = 100) -> Any:
    """People with a role over the installation, by id."""
    authorise(request.auth, MANAGE)
    return page(request, "after", limit, lambda most: queries.people(None, after=after, limit=most))


@router.post("/people", response={201: people.Person})
def create_operator(request: Caller, asked: people.NewPerson) -> Any:
    """Gives a person a role over the installation; someone new is added with it."""
    created = create_person(actor=request.auth, account_id=None, **asked.model_dump())
    return queries.person(None, created.person_id)


@router.delete("/people/{person_id}/roles/{role}", response={204: None})
def revoke_operator_role(request: Caller, person_id: PathId, role: str, reason: Reason = None) -> Any:
    """Takes a role over the installation from a person."""
    revoke_role(actor=request.auth, account_id=None, person_id=person_id, role=role, reason=reason)


@router.get("/platform-keys", response=Page[identities.DkimKey])
def list_platform_keys(request: Caller) -> Any:
    """The platform's own DKIM keys, the newest first."""
    authorise(request.auth, MANAGE)
    return whole(queries.platform_keys())


@router.post("/platform-keys", response={201: identities.DkimKey})
def create_platform_key(request: Caller, asked: identities.NewPlatformKey) -> Any:
    """Makes a DKIM key for the platform's own, second signature."""
    return create_key(actor=request.auth, **asked.model_dump())


@router.post("/platform-keys/{key_id}/activate", response=identities.DkimKey)
@outside_transaction(Repeat.AGAIN)
def activate_platform_key(request: Caller, key_id: PathId, asked: identities.Activation) -> Any:
    """Lets a published key of the platform sign."""
    return activate_dkim_key(actor=request.auth, account_id=None, key_id=key_id, **asked.model_dump())
