"""How many sign-ups may come: from one network, for one address, by one form.

One statement changes a bucket, so the limit is the same whatever number of processes answers. Networks and addresses
are keyed hashes.
"""

from __future__ import annotations

import hmac
import math
from datetime import datetime, timedelta

from django.db import connection

from fairpost.audit.holds import Held
from fairpost.tenants.keyring import installation_keyring

HOUR = 3600.0
OF_ADDRESS, ADDRESS_WINDOW = 2, 24 * HOUR  # mails to one address, whatever form asks for them
OF_FORM = 2000  # an hour: a campaign on television is served, a machine is not

# By the primary key. A clock that went back refills nothing; what is refused takes nothing.
TAKE = """
    INSERT INTO signup_pace AS p (key, tokens, at) VALUES (%(key)s, %(most)s - 1, %(now)s)
    ON CONFLICT (key) DO UPDATE SET at = greatest(p.at, %(now)s), tokens = least(%(most)s, p.tokens
        + greatest(0, extract(epoch FROM %(now)s - p.at)) * %(most)s / %(window)s) - 1
    WHERE least(%(most)s, p.tokens + greatest(0, extract(epoch FROM %(now)s - p.at)) * %(most)s / %(window)s) >= 1"""


def network_has_room(client: str, most: int, now: datetime) -> bool:
    """`client` is the network; `most` 0 is any number."""
    return not client or not most or take("network", client, most, HOUR, now)


def form_has_room(form_id: int, now: datetime) -> bool:
    return take("form", str(form_id), OF_FORM, HOUR, now)


def address_has_room(canonical: str, now: datetime) -> bool:
    """Over all forms of the installation: nobody's mailbox is filled by somebody who types their address."""
    return take("address", canonical, OF_ADDRESS, ADDRESS_WINDOW, now)


def take(purpose: str, value: str, most: int, window: float, now: datetime) -> bool:
    ring = installation_keyring()
    key = hmac.digest(ring.derive(f"sign-up {purpose}", key_id=ring.keys[0].id), value.encode(), "sha256")
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "most": float(most), "window": window, "now": now})
        return cursor.rowcount > 0


def wait_of(most: int) -> int:
    """Seconds until one more is taken from a network that may send `most` an hour."""
    return math.ceil(HOUR / max(1, most))


def forget_pace(before: datetime, held: Held) -> int:
    """Deletes buckets that are long full again, some thousand at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signup_pace WHERE key IN (SELECT key FROM signup_pace WHERE at < %s LIMIT 5000)",
            [before - timedelta(days=1)],
        )
        return cursor.rowcount
