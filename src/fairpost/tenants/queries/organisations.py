"""The organisations that an account may send for or let take part."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.tenants.models import Organisation
from fairpost.tenants.scope import organisations_of, own_organisation


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation."""

    id: int
    name: str
    postal_address: str


def organisation(account_id: int, organisation_id: int) -> OrganisationRow:
    """Raises `NotFound` for one that another account registered."""
    return organisation_row(own_organisation(account_id, organisation_id))


def organisations(account_id: int | None, *, after: int = 0, limit: int = 100) -> list[OrganisationRow]:
    """By id, those after `after`; None gives those of the installation."""
    rows = Organisation.objects.filter(account=None) if account_id is None else organisations_of(account_id)
    return [organisation_row(each) for each in rows.filter(id__gt=after).order_by("id")[:limit]]


def organisation_row(row: Organisation) -> OrganisationRow:
    return OrganisationRow(row.id, row.name, row.postal_address)
