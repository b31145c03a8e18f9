"""Attends to a relay's queue: one at a time does there what `relay_hold` asks, whoever asked and however that ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from fairpost.delivery.models import Relay
from fairpost.delivery.reach.adapter import Campaign, Done, QueueRelay, Work
from fairpost.delivery.reach.adapters import ADAPTERS
from fairpost.tenants.keyring import installation_keyring

LOCKS = 0x72656163  # first half of the advisory lock's key: ours alone
# The trail is folded by many processes, each with its own clock and commit: this much is read again.
OVERLAP = timedelta(seconds=60)

ROWS = "SELECT account_id, campaign_id, state, seen_at, checked_at FROM relay_hold WHERE relay_id = %s"
# The states are compared, so that what somebody else asked for meanwhile is not lost.
HELD = """
UPDATE relay_hold SET state = 'held', seen_at = %s, checked_at = %s, counted = %s
WHERE account_id = %s AND campaign_id = %s AND relay_id = %s AND state IN ('asked', 'held')
"""
KEPT = "UPDATE relay_hold SET seen_at = %s WHERE account_id = %s AND campaign_id = %s AND relay_id = %s"
ENDED = "DELETE FROM relay_hold WHERE account_id = %s AND campaign_id = %s AND relay_id = %s AND state = %s"


def queue_relays(pool_ids: list[int] | None = None) -> list[QueueRelay]:
    """Every relay with an adapter, or those of these pools."""
    found = Relay.objects.filter(kind__in=list(ADAPTERS)).order_by("pk")
    if pool_ids is not None:
        found = found.filter(pool_id__in=pool_ids)
    return [queue_relay(each) for each in found]


def queue_relay(relay: Relay) -> QueueRelay:
    secret = ""
    if relay.queue_secret_encrypted:
        box = bytes(relay.queue_secret_encrypted)
        secret = installation_keyring().decrypt(box, secret_context(relay.pk)).decode()
    return QueueRelay(relay.pk, relay.pool_id, relay.name, relay.kind, dict(relay.queue_access), secret)


def secret_context(relay_id: int) -> bytes:
    """Binds an encrypted secret to its relay, so that it cannot be moved to another one."""
    return f"relay-queue:{relay_id}".encode()


@contextmanager
def taking_turns(connection: Any, relay_id: int, *, wait: bool = True) -> Iterator[bool]:
    """Keeps everybody else from this relay's queue, log and books; without `wait`, False where somebody is there."""
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    row = connection.execute(f"SELECT {function}(%s, %s)", [LOCKS, relay_id]).fetchone()
    if row[0] is False:
        yield False
        return
    try:
        yield True
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, relay_id])


def attend(connection: Any, relay: QueueRelay, now: datetime, *, wait: bool = True) -> Done:
    """Does everything that is asked of one relay's queue. `connection` is in autocommit. Raises OutOfReach."""
    with taking_turns(connection, relay.id, wait=wait) as ours:
        if not ours:
            return Done()
        adapter = ADAPTERS[relay.kind]
        work = work_at(connection, relay.id, now, timedelta(seconds=adapter.recheck))
        if not (work.hold or work.keep or work.release or work.discard):
            return Done()
        done = adapter.attend(connection, relay, work, now)
        write_down(connection, relay.id, work, done, now)
        return done


def work_at(connection: Any, relay_id: int, now: datetime, recheck: timedelta) -> Work:
    hold: set[Campaign] = set()
    keep: dict[Campaign, datetime] = {}
    ending: dict[str, set[Campaign]] = {"releasing": set(), "discarding": set()}
    for account_id, campaign_id, state, seen_at, checked_at in connection.execute(ROWS, [relay_id]).fetchall():
        campaign = (account_id, campaign_id)
        if state in ending:
            ending[state].add(campaign)
        elif state == "asked" or seen_at is None or checked_at is None or not now - recheck < checked_at <= now:
            hold.add(campaign)
        else:
            keep[campaign] = seen_at - OVERLAP
    return Work(frozenset(hold), keep, frozenset(ending["releasing"]), frozenset(ending["discarding"]))


def write_down(connection: Any, relay_id: int, work: Work, done: Done, now: datetime) -> None:
    for campaign in work.hold:
        connection.execute(HELD, [now, now, done.counted.get(campaign), *campaign, relay_id])
    for campaign in work.keep:
        connection.execute(KEPT, [now, *campaign, relay_id])
    for state, campaigns in (("releasing", work.release), ("discarding", work.discard)):
        for campaign in campaigns:
            connection.execute(ENDED, [*campaign, relay_id, state])


def queue_troubles() -> dict[str, str]:
    """Why each relay's queue cannot be reached from this machine, by its name; empty where it can."""
    return {each.name: ADAPTERS[each.kind].trouble(each) for each in queue_relays()}
