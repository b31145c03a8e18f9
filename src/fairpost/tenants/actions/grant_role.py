"""Gives a person a role, never one that holds more than the giver may do."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.capabilities import ROLES
from fairpost.tenants.models import Membership, Person
from fairpost.tenants.scope import one, own_account, own_unit


@transaction.atomic
def grant_role(
    *,
    actor: Actor,
    account_id: int | None,
    person_id: int,
    role: str,
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """In the unit, in the whole account (no unit), or over the installation (no account).

    Raises `Invalid` for a role that does not exist there, `Forbidden` for one that is more than the actor's
    own, `Conflict` where the person holds it already. In an account, the person must hold a role there
    already: `create_person` is how one comes in, by address, so that nobody can be found by counting ids.
    """
    authorise(actor, role_capability(account_id), account_id=account_id, unit_id=unit_id, act="role.grant")
    if account_id is not None:
        rows = Membership.objects.filter(person_id=person_id, account_id=account_id)
    else:
        rows = Person.objects.filter(id=person_id)
    one(rows, _("There is no such person."))
    write_role(actor, account_id, person_id, role, unit_id, reason, clock)


def write_role(
    actor: Actor,
    account_id: int | None,
    person_id: int,
    role: str,
    unit_id: int | None,
    reason: str | None,
    clock: Clock,
) -> None:
    check_role(role, account_id, unit_id)
    check_not_more(actor, role)
    if account_id is not None:
        own_account(account_id)
    if unit_id is not None and account_id is not None:
        own_unit(account_id, unit_id)
    membership, made = Membership.objects.get_or_create(
        person_id=person_id,
        account_id=account_id,
        unit_id=unit_id,
        role=role,
        defaults={"created_at": clock.now()},
    )
    if not made:
        raise Conflict(_("The person holds the role {role} there already.").format(role=role), field="role")
    record(
        actor=actor,
        act="role.granted",
        account_id=account_id,
        subject=f"person:{person_id}",
        reason=reason,
        facts={"role": role, "unit_id": unit_id, "membership_id": membership.id},
        clock=clock,
    )


def role_capability(account_id: int | None) -> str:
    """What one needs to give and take roles: those over the installation are its manager's."""
    return "installation.manage" if account_id is None else "people.manage"


def check_role(role: str, account_id: int | None, unit_id: int | None) -> None:
    fitting = [name for name, each in ROLES.items() if each.installation == (account_id is None)]
    if role not in fitting:
        raise Invalid(
            _("There is no role {role} here.").format(role=repr(role)),
            field="role",
            hint=_("Choose one of {all}.").format(all=", ".join(fitting)),
        )
    if account_id is None and unit_id is not None:
        raise Invalid(_("A business unit needs its account."), field="unit_id")


def check_not_more(actor: Actor, role: str) -> None:
    """Who manages the installation may give every role: someone must name the first owner of an account."""
    if "installation.manage" in actor.capabilities and actor.account_id is None:
        return
    if more := ROLES[role].capabilities - actor.capabilities:
        raise Forbidden(
            _("The role {role} may do more than you ({more}); you cannot give or take it.").format(
                role=role, more=", ".join(sorted(more))
            )
        )
