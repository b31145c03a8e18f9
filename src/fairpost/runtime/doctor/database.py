"""Checks that the database answers and is new enough."""

from __future__ import annotations

import psycopg

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.database import effective_url
from fairpost.runtime.doctor.finding import Finding

OLDEST = 150000


def check(configuration: Configuration) -> Finding:
    try:
        with psycopg.connect(effective_url(configuration), connect_timeout=5) as session:
            number = session.info.server_version
    except psycopg.OperationalError as error:
        return Finding(
            "database",
            "error",
            _("The database does not answer: {said}.").format(said=str(error).strip().partition("\n")[0]),
            _("Check DATABASE_URL and that server.")
            if configuration.database_url
            else _("Start it: `fairpost db start`, or `fairpost serve` for everything."),
        )
    version = f"{number // 10000}.{number % 10000}"
    if number < OLDEST:
        return Finding(
            "database",
            "error",
            _("PostgreSQL {version} is too old.").format(version=version),
            _("Use PostgreSQL 15 or newer."),
        )
    kind = _("named by the settings") if configuration.database_url else _("embedded")
    return Finding("database", "ok", f"PostgreSQL {version}, {kind}")
