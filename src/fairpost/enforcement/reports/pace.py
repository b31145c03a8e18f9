"""How many reports may come: from one network, from one address, and from whoever reported without ground before.

One statement changes a bucket, so the limit is the same whatever number of processes answers; it commits by itself.
"""

from __future__ import annotations

import hmac
import math
from datetime import datetime, timedelta

from django.db import connection

from fairpost.enforcement.models import Report
from fairpost.kernel.errors import FairpostError
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring

HOUR = 3600.0
DAY = 24 * HOUR
OF_ADDRESS = 10  # reports a day
ONCE_LIMITED = 1  # a day
UNFOUNDED = 5  # decided to be without ground within SPAN: from then on the reporter is limited
SPAN = timedelta(days=180)

# By the primary key. A clock that went back refills nothing; what is refused takes nothing.
TAKE = """
INSERT INTO report_pace AS p (key, tokens, at) VALUES (%(key)s, %(most)s - 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET (tokens, at) = (
    SELECT CASE WHEN held >= 1 THEN held - 1 ELSE held END, greatest(p.at, %(now)s)
    FROM (SELECT least(%(most)s, p.tokens
        + greatest(0, extract(epoch FROM %(now)s - p.at)) * %(most)s / %(window)s) AS held) AS refilled)
WHERE least(%(most)s, p.tokens + greatest(0, extract(epoch FROM %(now)s - p.at)) * %(most)s / %(window)s) >= 1
"""
WAIT = "SELECT tokens, at FROM report_pace WHERE key = %s"


class TooMany(FairpostError):
    """More came than is taken; `wait` is in seconds."""

    status = 429
    slug = "too-many"

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message, hint=_("Try again in {minutes} minutes.").format(minutes=math.ceil(wait / 60)))
        self.wait = wait


def keyed(purpose: str, value: str) -> bytes:
    """A keyed hash: the same value gives the same one here, and nobody else can guess with it."""
    ring = installation_keyring()
    return hmac.digest(ring.derive(f"reports {purpose}", key_id=ring.keys[0].id), value.encode(), "sha256")


def take(key: bytes, most: int, window: float, now: datetime) -> int:
    """Takes one out of the bucket; the seconds to wait where it is empty, else 0."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "most": float(most), "window": window, "now": now})
        if cursor.rowcount:
            return 0
        cursor.execute(WAIT, [key])
        tokens, at = cursor.fetchone()
    held = min(most, tokens + max(0.0, (now - at).total_seconds()) * most / window)
    return max(1, math.ceil((1 - held) * window / most))


def check_network(client: str, most: int, now: datetime) -> None:
    """Raises TooMany where this network address sent `most` reports within the hour. `most` 0: any number."""
    if client and most and (wait := take(keyed("network", client), most, HOUR, now)):
        raise TooMany(_("Too many reports came from your network address for now."), wait)


def check_reporter(reporter_id: int, now: datetime) -> None:
    """Raises TooMany where this reporter has sent enough for a day; where that is less than others may, it says why."""
    unfounded = Report.objects.filter(reporter=reporter_id, unfounded=True, decided_at__gt=now - SPAN)
    count = unfounded.count()
    limited = count >= UNFOUNDED
    most = ONCE_LIMITED if limited else OF_ADDRESS
    wait = take(keyed("limited" if limited else "reporter", str(reporter_id)), most, DAY, now)
    if wait and limited:
        raise TooMany(
            _(
                "{count} of your reports of the last {days} days were decided to be without any ground, so one a day"
                " is taken. You can complain about those decisions by their links."
            ).format(count=count, days=SPAN.days),
            wait,
        )
    if wait:
        raise TooMany(_("Too many reports came from this address for now."), wait)
