"""An account's sender identities as people see them: no key material."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.tenants.models import SenderIdentity
from fairpost.tenants.scope import own_account, own_identity


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One identity.

    `organisation` is the legal sender, a joint sender's own organisation where it has one.
    """

    id: int
    unit_id: int
    from_name: str
    from_address: str
    reply_to: str
    domain: str
    organisation_id: int
    organisation: str
    joint_sender_id: int | None
    postal_address: str
    link_domain: str
    return_path_domain: str


def identity(account_id: int, identity_id: int) -> IdentityRow:
    """Raises `NotFound` for another account's."""
    return identity_row(own_identity(account_id, identity_id))


def identities(account_id: int, *, unit_id: int | None = None, after: int = 0, limit: int = 100) -> list[IdentityRow]:
    """By id, those after `after`; with `unit_id` only that unit's."""
    own_account(account_id)
    rows = SenderIdentity.objects.filter(account_id=account_id, id__gt=after).select_related("domain", "organisation")
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    return [identity_row(each) for each in rows.order_by("id")[:limit]]


def identity_row(row: SenderIdentity) -> IdentityRow:
    return IdentityRow(
        row.id,
        row.unit_id,
        row.from_name,
        row.from_address,
        row.reply_to,
        row.domain.name,
        row.organisation_id,
        row.organisation.name,
        row.joint_sender_id,
        row.postal_address,
        row.link_domain,
        row.return_path_domain,
    )
