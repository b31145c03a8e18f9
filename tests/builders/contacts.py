"""Builds contacts, lists and imports by the real actions, from plain texts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from tests.builders.tenants import Tenant

from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.import_contacts import Source, import_contacts
from fairpost.contacts.imports.opening import Wishes
from fairpost.contacts.queries.imports import ImportSummary
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock


def import_file(
    tenant: Tenant,
    data: str | bytes,
    *,
    list_id: int | None = None,
    consent: str = "sign-up form",
    encoding: str = "",
    clock: Clock = SYSTEM_CLOCK,
    **wishes: Any,
) -> ImportSummary:
    """Imports this text (UTF-8) or these bytes; `wishes` are fields of `Wishes`."""
    path = Path(tempfile.mkdtemp()) / "contacts.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return import_contacts(
        actor=tenant.owner,
        account_id=tenant.account_id,
        source=Source(path, path.name, encoding),
        consent=consent,
        list_id=list_id,
        wishes=Wishes(**wishes),
        clock=clock,
    )


def make_contacts(tenant: Tenant, *addresses: str, list_id: int | None = None) -> None:
    """Contacts with no attributes."""
    import_file(tenant, "email\n" + "\n".join(addresses) + "\n", list_id=list_id)


def make_list(tenant: Tenant, name: str, *addresses: str) -> int:
    """A list whose members become contacts."""
    list_id = create_list(actor=tenant.owner, account_id=tenant.account_id, name=name)
    if addresses:
        make_contacts(tenant, *addresses, list_id=list_id)
    return list_id


def contacts_of(account_id: int) -> dict[str, dict[str, Any]]:
    """Attributes of every contact, by canonical address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT canonical, attributes::text FROM contact WHERE account_id = %s", [account_id])
        return {canonical: json.loads(attributes) for canonical, attributes in cursor.fetchall()}


def ordinals_of(account_id: int, addresses: Sequence[str]) -> dict[str, int]:
    """The ordinal of each of these canonical addresses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT canonical, ordinal FROM contact WHERE account_id = %s AND canonical = ANY(%s)",
            [account_id, list(addresses)],
        )
        return dict(cursor.fetchall())


def raw_connection() -> Any:
    """The test's own connection as psycopg sees it, for queries that the sender runs."""
    connection.ensure_connection()
    return connection.connection
