"""Addresses outside an account that get its notices too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.tenants.models import OutsideContact
from fairpost.tenants.scope import own_account


@dataclass(frozen=True, slots=True)
class OutsideContactRow:
    """`verified_at` None: the address has not been confirmed, and gets nothing but the question."""

    id: int
    email: str
    language: str
    verified_at: datetime | None


def outside_contacts(account_id: int, *, waiting: bool = False) -> list[OutsideContactRow]:
    """By id, those that were confirmed; with `waiting` also those that were not. At most a handful."""
    own_account(account_id)
    rows = OutsideContact.objects.filter(account_id=account_id)
    if not waiting:
        rows = rows.filter(verified_at__isnull=False)
    return [OutsideContactRow(row.id, row.email, row.language, row.verified_at) for row in rows.order_by("id")]
