"""Checks that the database has the tables of this version."""

from __future__ import annotations

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding
from fairpost.runtime.prepare import set_up_django


def check(_configuration: Configuration) -> Finding:
    set_up_django()
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError:
        return Finding("tables", "error", _("Not looked at: the database does not answer."), _("See above."))
    if missing:
        return Finding(
            "tables",
            "error",
            _("{count} changes to the tables are outstanding.").format(count=len(missing)),
            "fairpost db migrate",
        )
    return Finding("tables", "ok", _("Up to date."))
