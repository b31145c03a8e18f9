"""Checks that this machine and the database agree on the time: schedules and signatures stand on it."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.database import effective_url
from fairpost.runtime.doctor.finding import Finding

NOTICEABLE = 1.0
TOO_MUCH = 10.0


def check(configuration: Configuration) -> Finding:
    try:
        with psycopg.connect(effective_url(configuration), connect_timeout=5) as session:
            before = datetime.now(UTC)
            row = session.execute("SELECT clock_timestamp()").fetchone()
            after = datetime.now(UTC)
    except psycopg.OperationalError:
        return Finding("clock", "error", _("Not looked at: the database does not answer."), _("See above."))
    assert row is not None
    skew = (row[0] - (before + (after - before) / 2)).total_seconds()
    says = _("The database's clock differs from this machine's by {skew:.2f} s.").format(skew=skew)
    if abs(skew) <= NOTICEABLE:
        return Finding("clock", "ok", says)
    mend = _("Run a time service (chrony or systemd-timesyncd) on both machines.")
    return Finding("clock", "warning" if abs(skew) <= TOO_MUCH else "error", says, mend)
