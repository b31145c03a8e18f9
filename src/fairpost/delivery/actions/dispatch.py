"""Starts, stops and resumes the dispatch of a campaign: the only writers of its state besides sender and fold.

Called by the actions of `campaigns`, which authorise and audit. A stop commits first and then waits for the fence, so
it must not run inside a transaction of the caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.contacts.queries.audience import FrozenAudience, freeze_audience
from fairpost.contacts.tracking import tracking_off
from fairpost.delivery.canary import choose_canary
from fairpost.delivery.connect import connect
from fairpost.delivery.gate.stop import StopReport, await_fence, raise_epoch, wake_senders
from fairpost.delivery.plan import forget_batches, write_batches, write_left_out
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience

RANDOM = SystemRandom()


@dataclass(frozen=True, slots=True)
class Canary:
    """`percent` of the audience go first; the rest so many seconds after they are done, unless something is wrong."""

    percent: float
    seconds: int


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that is frozen when a campaign starts."""

    account_id: int
    campaign_id: int
    pool_id: int
    identity_id: int
    content_version_id: int
    unit_id: int
    joint_sender_id: int | None
    sending_domain: str
    audience: Audience
    tracking: bool
    test: bool
    latest_at: datetime
    canary: Canary | None = None


INSERT = """
INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id, unit_id,
    joint_sender_id, sending_domain, list_ids, tracking, test, latest_at)
VALUES (%s, %s, 'planning', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (account_id, campaign_id) DO NOTHING
"""
OPEN = """
UPDATE dispatch SET state = 'running', state_at = %s, frozen_at = %s, audience_size = %s, selected = %s,
    excluded = %s, suppressed = %s, dead_domain = %s, canary_size = %s, canary_seconds = %s,
    canary_state = CASE WHEN %s > 0 THEN 'sending' ELSE '' END
WHERE account_id = %s AND campaign_id = %s AND state = 'planning'
"""


def order_dispatch(order: Order, now: datetime) -> None:
    """Puts a campaign into dispatch, in the caller's transaction; `plan_dispatch` follows after its commit."""
    with connection.cursor() as cursor:
        off = tracking_off(cursor, order.account_id, 0, 0)
        tracking = order.tracking and not off.everybody(order.audience.lists)  # each attempt asks again
        cursor.execute(
            INSERT,
            [
                order.account_id, order.campaign_id, now, order.pool_id, order.identity_id, order.content_version_id,
                order.unit_id, order.joint_sender_id, order.sending_domain, list(order.audience.lists),
                tracking, order.test, order.latest_at,
            ],
        )  # fmt: skip


def unplanned() -> list[tuple[int, int]]:
    """(account, campaign) of what is ordered and not open yet: being planned, or cut short by a crash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, campaign_id FROM dispatch WHERE state = 'planning'")
        return cursor.fetchall()


def plan_dispatch(order: Order, now: datetime, *, wait: bool = True) -> FrozenAudience | None:
    """Freezes the audience, writes the batches and opens the campaign.

    May be called again after a crash: what was half planned is planned anew. Raises Conflict when the dispatch is past
    planning. With `wait` False returns None at once where another process is planning this campaign.
    """
    with connect() as own:
        # Planned by one process at a time; the lock goes with the connection.
        key = [order.account_id, order.campaign_id]
        if wait:
            own.execute("SELECT pg_advisory_lock(%s, %s)", key)
        elif not own.execute("SELECT pg_try_advisory_lock(%s, %s)", key).fetchone()[0]:
            return None
        require_state(own, order.account_id, order.campaign_id, ("planning",))
        frozen = test_audience(own, order) if order.test else contacts_audience(own, order, now)
        first = canary_of(own, order, frozen.members)
        write_batches(own, order.account_id, order.campaign_id, frozen.members, now, first)
        write_left_out(own, order.account_id, order.campaign_id, frozen.left_out)
        with own.transaction(), own.cursor() as cursor:
            counts = [len(frozen.members), frozen.selected, frozen.excluded, frozen.suppressed]
            canary = (len(first), order.canary.seconds) if first and order.canary else (0, 0)
            cursor.execute(OPEN, [now, now, *counts, frozen.dead_domain, *canary, canary[0], *key])
            opened = cursor.rowcount == 1
            if not opened:  # cancelled while it was planned: it never had an audience
                forget_batches(own, *key)
            if not frozen.members:
                cursor.execute(
                    "UPDATE dispatch SET state = 'finished', finished_at = %s"
                    " WHERE account_id = %s AND campaign_id = %s AND state = 'running'",
                    [now, *key],
                )
            wake_senders(cursor)
        if not opened:
            require_state(own, *key, ("planning",))
    return frozen


def canary_of(own: Any, order: Order, members: BitMap) -> BitMap | None:
    """Who goes first; None where everybody goes at once, as in an audience of which the part would be all or nobody."""
    if order.canary is None or order.test:
        return None
    size = round(len(members) * order.canary.percent / 100) or 1
    return choose_canary(own, order.account_id, members, size, RANDOM) if size < len(members) else None


def withdraw_dispatch(account_id: int, campaign_id: int) -> bool:
    """Takes a campaign that was never opened out of dispatch, in the caller's transaction. False where it is opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM dispatch WHERE account_id = %s AND campaign_id = %s AND state = 'planning'",
            [account_id, campaign_id],
        )
        if not cursor.rowcount:
            return False
        forget_batches(cursor, account_id, campaign_id)
    return True


def contacts_audience(own: Any, order: Order, now: datetime) -> FrozenAudience:
    return freeze_audience(
        own,
        order.account_id,
        order.audience,
        now=now,
        unit_id=order.unit_id,
        sending_domain=order.sending_domain,
        joint_sender_id=order.joint_sender_id,
    )


def test_audience(own: Any, order: Order) -> FrozenAudience:
    """Everybody of a test; suppressions are applied when it is leased, and then have their reasons."""
    rows = own.execute(
        "SELECT ordinal FROM test_recipient WHERE account_id = %s AND campaign_id = %s",
        [order.account_id, order.campaign_id],
    )
    members = BitMap(row[0] for row in rows)
    return FrozenAudience(members=members, selected=len(members), excluded=0, suppressed=0)


def add_test_recipients(
    account_id: int, campaign_id: int, recipients: Sequence[tuple[str, str, Mapping[str, Any]]]
) -> None:
    """Stores (address, canonical, sample attributes) of a test, numbered from 1."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO test_recipient (account_id, campaign_id, ordinal, address, canonical, attributes)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (account_id, campaign_id, number, address, canonical, json.dumps(attributes))
                for number, (address, canonical, attributes) in enumerate(recipients, 1)
            ],
        )


def require_state(own: Any, account_id: int, campaign_id: int, states: tuple[str, ...]) -> None:
    row = own.execute(
        "SELECT state FROM dispatch WHERE account_id = %s AND campaign_id = %s", [account_id, campaign_id]
    ).fetchone()
    if row is None:
        raise NotFound(_("Campaign {campaign} is not in dispatch.").format(campaign=campaign_id))
    if row[0] not in states:
        raise Conflict(_("Campaign {campaign} is {state}.").format(campaign=campaign_id, state=state_in_words(row[0])))


def change_state(
    account_id: int, campaign_id: int, *, of: tuple[str, ...], to: str, by: str, reason: str, now: datetime
) -> int:
    """Compare-and-set inside the caller's transaction; raises the epoch and returns it.

    Raises Conflict when the campaign is in none of the states `of`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = %s, state_by = %s, state_reason = %s, state_at = %s, finished_at ="
            " CASE WHEN %s = 'cancelled' THEN %s ELSE finished_at END"
            " WHERE account_id = %s AND campaign_id = %s AND state = ANY(%s)",
            [to, by, reason, now, to, now, account_id, campaign_id, list(of)],
        )
        if cursor.rowcount == 0:
            require_state(cursor, account_id, campaign_id, of)
        return raise_epoch(cursor)


def forget_refusals(account_id: int, campaign_id: int, now: datetime) -> None:
    """Makes everybody who waits for another attempt due now: what they were refused for has been mended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE batch SET not_before = %s, attempts = 0"
            " WHERE account_id = %s AND campaign_id = %s AND state = 'ready' AND attempts > 0",
            [now, account_id, campaign_id],
        )


def wait_for_stop(account_id: int, campaign_id: int, epoch: int) -> StopReport:
    """Waits, after the commit, until the stop is true. See `fairpost.delivery.gate.stop`."""
    if connection.in_atomic_block:
        raise RuntimeError("a stop cannot be waited for inside a transaction: its epoch is not committed yet")
    with connect() as own, own.cursor() as cursor:
        return await_fence(cursor, epoch, account_id, campaign_id)
