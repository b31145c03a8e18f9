"""Finds single contacts of an account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `address` is what to write to, `canonical` what it is known by."""

    ordinal: int
    address: str
    canonical: str
    attributes: Mapping[str, Any]


SELECT = "SELECT ordinal, COALESCE(address, canonical), canonical, attributes::text FROM contact WHERE account_id = %s"


def contact_by_address(account_id: int, canonical: str) -> Contact | None:
    """The contact with this canonical address, or None. By the unique index (account_id, canonical)."""
    return found(SELECT + " AND canonical = %s", account_id, canonical)


def contact_by_ordinal(account_id: int, ordinal: int) -> Contact | None:
    """The contact with this ordinal, or None. By the primary key."""
    return found(SELECT + " AND ordinal = %s", account_id, ordinal)


def found(sql: str, *values: Any) -> Contact | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return Contact(*row[:3], json.loads(row[3])) if row else None


def addresses_of(account_id: int, ordinals: Sequence[int]) -> dict[int, str]:
    """Ordinal -> address to write to, of those that still exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ordinal, COALESCE(address, canonical) FROM contact WHERE account_id = %s AND ordinal = ANY(%s)",
            [account_id, list(ordinals)],
        )
        return dict(cursor.fetchall())
