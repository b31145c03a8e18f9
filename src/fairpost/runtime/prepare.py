"""Makes ready what a command needs before it runs: the database, Django, the tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.registry import Needs

MIGRATION_LOCK = 0x66616972  # any number that no other advisory lock has


@contextmanager
def prepared(needs: Needs) -> Iterator[None]:
    """Prepares, runs the block, and takes back what must not outlive it."""
    if needs is Needs.NOTHING:
        yield
        return
    configuration = load_configuration()
    started = start_embedded(configuration)
    try:
        set_up_django()
        if needs is Needs.TABLES:
            migrate()
        elif started:
            click.echo(_("fairpost: started the database; `fairpost db stop` ends it."), err=True)
        yield
    finally:
        if started and needs is Needs.TABLES:
            stop_embedded(configuration)


def start_embedded(configuration: Configuration) -> bool:
    """Starts the embedded server where it is the one to use; says whether it had to be started."""
    if configuration.database_url:
        return False
    from fairpost.runtime import embedded

    return embedded.start(configuration)


def stop_embedded(configuration: Configuration) -> None:
    from django.db import connections

    from fairpost.runtime import embedded

    connections.close_all()
    embedded.stop(configuration)


def set_up_django() -> None:
    """Loads the settings and the apps of this process; harmless to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpost.runtime.settings")
    import django

    django.setup()


def migrate() -> int:
    """Brings the tables up to date and says how many migrations that took.

    An advisory lock makes a second process wait instead of colliding.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            before = len(recorder.applied_migrations())
            call_command("migrate", verbosity=0, interactive=False)
            return len(recorder.applied_migrations()) - before
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
