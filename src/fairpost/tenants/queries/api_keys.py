"""An account's API keys, without their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.tenants.models import ApiKey
from fairpost.tenants.scope import own_account


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """One key; what is None never happened.

    A personal key has its `person_id`; without capabilities it does whatever its person may do.
    """

    id: int
    name: str
    capabilities: tuple[str, ...]
    unit_id: int | None
    person_id: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def api_keys(
    account_id: int | None, *, unit_id: int | None = None, after: int = 0, limit: int = 100
) -> list[ApiKeyRow]:
    """By id, those after `after`, revoked ones too; with `unit_id` only that unit's. None: the installation's."""
    if account_id is not None:
        own_account(account_id)
    rows = ApiKey.objects.filter(account_id=account_id, id__gt=after).order_by("id")
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    return [
        ApiKeyRow(
            row.id,
            row.name,
            tuple(row.capabilities),
            row.unit_id,
            row.person_id,
            row.created_at,
            row.expires_at,
            row.revoked_at,
            row.last_used_at,
        )
        for row in rows[:limit]
    ]
