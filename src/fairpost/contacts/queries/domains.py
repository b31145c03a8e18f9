"""Which mailbox provider stands behind a domain, for pace."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def providers(connection: Any, domains: Collection[str]) -> dict[str, str]:
    """Domain -> provider, of those domains that were looked up already. `connection` is a psycopg connection."""
    rows = connection.execute(
        "SELECT domain, provider FROM contact_domain WHERE domain = ANY(%s) AND provider <> '' AND provider <> domain",
        [list(domains)],
    )
    return dict(rows.fetchall())
