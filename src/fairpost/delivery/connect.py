"""A plain psycopg connection for the data plane, to the database that the settings name."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings


def connect(**options: Any) -> psycopg.Connection[Any]:
    """An autocommit connection. Raises psycopg.OperationalError when the database is away."""
    entry = settings.DATABASES["default"]
    named = {
        "dbname": entry["NAME"],
        "user": entry["USER"],
        "password": entry["PASSWORD"],
        "host": entry["HOST"],
        "port": entry["PORT"],
        **entry.get("OPTIONS", {}),
    }
    given = {key: value for key, value in named.items() if value not in ("", None)}
    return psycopg.connect(**given, autocommit=True, connect_timeout=5, **options)
