"""Takes a role from a person; the last owner of an account keeps theirs."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.actions.grant_role import check_not_more, check_role, role_capability
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import Account, Membership
from fairpost.tenants.scope import one


@transaction.atomic
def revoke_role(
    *,
    actor: Actor,
    account_id: int | None,
    person_id: int,
    role: str,
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Raises `NotFound` where the person does not hold the role there, `Conflict` for the last owner."""
    authorise(actor, role_capability(account_id), account_id=account_id, unit_id=unit_id, act="role.revoke")
    check_role(role, account_id, unit_id)
    check_not_more(actor, role)
    if account_id is not None:
        # Two owners who remove each other at the same moment must not both succeed.
        Account.objects.select_for_update().filter(id=account_id).first()
    held = Membership.objects.filter(account_id=account_id, unit_id=unit_id, role=role)
    membership = one(held.filter(person_id=person_id), _("The person does not hold this role there."))
    if role == "owner" and unit_id is None and held.count() == 1:
        raise Conflict(_("This is the account's last owner."), hint=_("Make someone else an owner first."))
    membership.delete()
    record(
        actor=actor,
        act="role.revoked",
        account_id=account_id,
        subject=f"person:{person_id}",
        reason=reason,
        facts={"role": role, "unit_id": unit_id},
        clock=clock,
    )
