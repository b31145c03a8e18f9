"""Sets a password: by its person, or by someone who manages all the places where that person has a role."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.capabilities import capabilities_of
from fairpost.tenants.models import Membership, Person
from fairpost.tenants.passwords import hash_password


@transaction.atomic
def set_password(
    *,
    actor: Actor,
    account_id: int | None,
    person_id: int,
    password: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """An owner may do it for people of this account only: for others it would open another account's door.

    Nobody may do it for a person with more rights than their own, which they would gain by signing in as that
    person.
    """
    if actor.person_id != person_id or actor.api_key_id is not None:
        capability = "installation.manage" if account_id is None else "people.manage"
        authorise(actor, capability, account_id=account_id, act="password.set")
        check_reach(actor, account_id, person_id)
    else:
        account_id = actor.account_id
    password_hash = hash_password(password)
    if not Person.objects.filter(id=person_id).update(password_hash=password_hash):
        raise NotFound(_("There is no such person."))
    record(
        actor=actor,
        act="password.set",
        account_id=account_id,
        subject=f"person:{person_id}",
        reason=reason,
        clock=clock,
    )


def check_reach(actor: Actor, account_id: int | None, person_id: int) -> None:
    roles = list(Membership.objects.filter(person_id=person_id).values_list("account_id", "role"))
    if account_id is None:
        return
    if account_id not in {account for account, _role in roles}:
        raise NotFound(_("There is no such person."))
    elsewhere = {account for account, _role in roles} != {account_id}
    if elsewhere or not capabilities_of({role for _account, role in roles}) <= actor.capabilities:
        raise Forbidden(
            _("This person has rights beyond yours; only they themselves or an operator can set their password.")
        )
