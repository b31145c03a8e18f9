"""Sender identities, what DNS must and does say for them, and their DKIM keys."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page, whole
from fairpost.api.reading import in_own_unit, may_read
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import identities as told
from fairpost.api.schemas.fields import PathId
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants import queries
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key as activate
from fairpost.tenants.actions.change_identity import change_identity as change
from fairpost.tenants.actions.check_identity import check_identity as check
from fairpost.tenants.actions.create_identity import create_identity as create
from fairpost.tenants.actions.rotate_dkim_key import rotate_dkim_key as rotate

router = Router()
ONE = "/accounts/{account_id}/identities/{identity_id}"


def seen(request: Caller, account_id: int, identity_id: int) -> Any:
    """The identity, where the caller may see it."""
    actor = may_read(request, account_id)
    row = queries.identity(account_id, identity_id)
    in_own_unit(actor, row.unit_id, _("There is no such sender identity."))
    return row


@router.get("/accounts/{account_id}/identities", response=Page[told.Identity])
def list_identities(request: Caller, account_id: PathId, after: After = 0, limit: Limit = 100) -> Any:
    """The sender identities (for a key of one unit: the unit's), by id."""
    unit_id = may_read(request, account_id).unit_id
    rows = lambda most: queries.identities(account_id, unit_id=unit_id, after=after, limit=most)  # noqa: E731
    return page(request, "after", limit, rows)


@router.post("/accounts/{account_id}/identities", response={201: told.Identity})
def create_identity(request: Caller, account_id: PathId, asked: told.NewIdentity) -> Any:
    """Makes a sender identity; a domain that is new to the account gets its first DKIM key with it."""
    made = create(actor=request.auth, account_id=account_id, **asked.model_dump())
    return queries.identity(account_id, made)


@router.get(ONE, response=told.Identity)
def get_identity(request: Caller, account_id: PathId, identity_id: PathId) -> Any:
    """One sender identity."""
    return seen(request, account_id, identity_id)


@router.patch(ONE, response=told.Identity)
def change_identity(request: Caller, account_id: PathId, identity_id: PathId, asked: told.IdentityChange) -> Any:
    """Changes how an identity presents itself."""
    change(actor=request.auth, account_id=account_id, identity_id=identity_id, **asked.model_dump())
    return queries.identity(account_id, identity_id)


@router.post(ONE + "/check", response=told.Report)
@outside_transaction(Repeat.AGAIN)
def check_identity(request: Caller, account_id: PathId, identity_id: PathId) -> Any:
    """Asks DNS whether the identity's domains are ready to send, and keeps the answer."""
    return check(actor=request.auth, account_id=account_id, identity_id=identity_id)


@router.get(ONE + "/check", response=told.Report)
def get_check(request: Caller, account_id: PathId, identity_id: PathId) -> Any:
    """The last check; 404 where there was none."""
    seen(request, account_id, identity_id)
    report = queries.latest_check(account_id, identity_id)
    if report is None:
        raise NotFound(_("This identity was not checked yet."))
    return report


@router.get(ONE + "/records", response=Page[told.Record])
def list_records(request: Caller, account_id: PathId, identity_id: PathId) -> Any:
    """The DNS records that the domain's owner has to publish."""
    seen(request, account_id, identity_id)
    return whole(queries.dns_records(account_id, identity_id))


@router.get(ONE + "/keys", response=Page[told.DkimKey])
def list_dkim_keys(request: Caller, account_id: PathId, identity_id: PathId) -> Any:
    """All DKIM keys of the identity's domain, the newest first; never their private part."""
    seen(request, account_id, identity_id)
    return whole(queries.identity_keys(account_id, identity_id))


@router.post(ONE + "/keys", response={201: told.DkimKey})
def rotate_dkim_key(request: Caller, account_id: PathId, identity_id: PathId, asked: told.NewDkimKey) -> Any:
    """Makes the next DKIM key; publish its record, then activate it."""
    return rotate(actor=request.auth, account_id=account_id, identity_id=identity_id, **asked.model_dump())


@router.post("/accounts/{account_id}/dkim-keys/{key_id}/activate", response=told.DkimKey)
@outside_transaction(Repeat.AGAIN)
def activate_dkim_key(request: Caller, account_id: PathId, key_id: PathId, asked: told.Activation) -> Any:
    """Lets a published DKIM key sign and retires the one before it."""
    return activate(actor=request.auth, account_id=account_id, key_id=key_id, **asked.model_dump())
