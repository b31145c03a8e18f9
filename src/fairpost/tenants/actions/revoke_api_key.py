"""Ends an API key at once and for good."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import ApiKey
from fairpost.tenants.scope import one, within_unit


@transaction.atomic
def revoke_api_key(
    *,
    actor: Actor,
    account_id: int | None,
    key_id: int,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Without account, a key of the installation. Everybody may end their own personal keys.

    Raises `Conflict` where it was revoked before. Calls that are already running finish.
    """
    authorise_end(actor, account_id, key_id)
    missing = _("There is no such API key.")
    key = one(ApiKey.objects.filter(account_id=account_id, id=key_id), missing)
    within_unit(actor, key.unit_id, missing)
    changed = ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=clock.now())
    if not changed:
        raise Conflict(_("The key was revoked before."))
    record(
        actor=actor,
        act="api_key.revoked",
        account_id=account_id,
        subject=f"api_key:{key_id}",
        reason=reason,
        clock=clock,
    )


def authorise_end(actor: Actor, account_id: int | None, key_id: int) -> None:
    own = ApiKey.objects.filter(account_id=account_id, id=key_id, person_id=actor.person_id)
    if actor.person_id is not None and own.exists():
        authorise(actor, "account.read", account_id=account_id, unit_id=actor.unit_id, act="api_key.revoke_own")
        return
    capability = "installation.manage" if account_id is None else "keys.manage"
    authorise(actor, capability, account_id=account_id, unit_id=actor.unit_id, act="api_key.revoke")
