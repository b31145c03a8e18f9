"""Who holds which role in an account, or over the installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.models import Membership, Person
from fairpost.tenants.scope import own_account


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role in a unit, or (None) in the whole account or installation."""

    role: str
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person with the roles held in the account that was asked for."""

    id: int
    email: str
    name: str
    language: str
    roles: tuple[RoleRow, ...]


def people(account_id: int | None, *, unit_id: int | None = None, after: int = 0, limit: int = 100) -> list[PersonRow]:
    """By id, those after `after` who hold a role in the account (or the unit).

    None: over the installation.
    """
    if account_id is not None:
        own_account(account_id)
    held = Membership.objects.filter(account_id=account_id)
    if unit_id is not None:
        held = held.filter(unit_id=unit_id)
    rows = Person.objects.filter(id__gt=after, id__in=held.values("person_id")).order_by("id")[:limit]
    return with_roles(list(rows), account_id)


def person(account_id: int | None, person_id: int) -> PersonRow:
    """Raises `NotFound` for someone without a role in this account."""
    held = Membership.objects.filter(account_id=account_id, person_id=person_id)
    row = Person.objects.filter(id=person_id).first()
    if row is None or not held.exists():
        raise NotFound(_("There is no such person."))
    return with_roles([row], account_id)[0]


def person_by_email(account_id: int | None, email: str) -> PersonRow:
    """The same by address."""
    row = Person.objects.filter(email=email.strip().lower()).first()
    return person(account_id, row.id if row else 0)


def with_roles(rows: Iterable[Person], account_id: int | None) -> list[PersonRow]:
    rows = list(rows)
    held: dict[int, list[RoleRow]] = {}
    memberships = Membership.objects.filter(account_id=account_id, person__in=rows).order_by("id")
    for each in memberships:
        held.setdefault(each.person_id, []).append(RoleRow(each.role, each.unit_id))
    return [PersonRow(p.id, p.email, p.name, p.language, tuple(held.get(p.id, ()))) for p in rows]
