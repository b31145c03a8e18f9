"""A database of a bench's own, on the server of the settings or the embedded one, kept between runs."""

from __future__ import annotations

import atexit
import os
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.stage import FOLDER, run_fairpost


def prepare_own(name: str) -> str:
    """Makes the database where it is missing, migrates it, sets Django up on it; returns its address.

    Call it before anything of Fairpost that needs Django is imported.
    """
    os.environ.setdefault("FAIRPOST_DATA_DIR", str(FOLDER))
    os.environ.setdefault("FAIRPOST_LOG_LEVEL", "warning")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fairpost.runtime.settings"
    server = os.environ.get("DATABASE_URL", "") or embedded()
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    run_fairpost("db", "migrate")
    import django

    django.setup()
    return os.environ["DATABASE_URL"]


def embedded() -> str:
    """Starts the embedded server for this run."""
    from fairpost.runtime.configure import load_configuration
    from fairpost.runtime.embedded import embedded_url

    run_fairpost("db", "start")
    atexit.register(stop_embedded)
    return embedded_url(load_configuration())


def stop_embedded() -> None:
    os.environ.pop("DATABASE_URL", None)
    run_fairpost("db", "stop")
