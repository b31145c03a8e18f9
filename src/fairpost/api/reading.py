"""Operations that only read name the capability they need, exactly as actions do."""

from __future__ import annotations

from fairpost.api.authentication import Caller
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import account


def may_read(request: Caller, account_id: int, capability: str = "account.read") -> Actor:
    """The caller; refuses like `authorise`. A caller over the installation gets NotFound for no account too."""
    actor = request.auth
    authorise(actor, capability, account_id=account_id, unit_id=actor.unit_id)
    if actor.account_id is None:
        account(account_id)
    return actor


def in_own_unit(actor: Actor, unit_id: int | None, missing: str) -> None:
    """What belongs to another unit than the caller's is not found."""
    if actor.unit_id not in (None, unit_id):
        raise NotFound(missing)
