"""A plain psycopg connection for the data plane, to the database that the settings name."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings

# A server that vanished without a word is given up after some seconds, not after TCP's quarter of an hour.
VANISHED = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}


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
    return psycopg.connect(**given, autocommit=True, connect_timeout=5, **VANISHED, **options)
