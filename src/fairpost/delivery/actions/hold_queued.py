"""Holds what relays still queue of a campaign, releases it again, or deletes it there.

What is asked is written down before anything is done, for every relay with an adapter that may have mail of it, and the
worker goes on with it for as long as it stands: mail whose queue id comes later is held as well, a relay that was away
is attended to when it is back. All three may be asked for again. Who may ask is decided by the caller, a measure's act.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from fairpost.delivery.connect import connect
from fairpost.delivery.reach.adapter import Campaign, OutOfReach
from fairpost.delivery.reach.attend import attend, queue_relays
from fairpost.delivery.reach.report import QueueReport, queue_report
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

FOLDED_WITHIN = 1.0  # seconds in which the fold has what stopped senders wrote, or the count comes without it
POLL = 0.02

POOLS = """
SELECT d.account_id, d.campaign_id, d.pool_id
FROM dispatch d JOIN unnest(%s::integer[], %s::integer[]) AS asked (account_id, campaign_id)
    USING (account_id, campaign_id)
"""
ASK = """
INSERT INTO relay_hold (account_id, campaign_id, relay_id, state, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (account_id, campaign_id, relay_id) DO UPDATE SET state = EXCLUDED.state, at = EXCLUDED.at
"""
LET_GO = """
UPDATE relay_hold SET state = 'releasing', at = %s WHERE account_id = %s AND campaign_id = %s AND relay_id = %s
"""
LEASED = """
SELECT 1 FROM batch b JOIN dispatch d USING (account_id, campaign_id)
    JOIN unnest(%s::integer[], %s::integer[]) AS asked (account_id, campaign_id) USING (account_id, campaign_id)
WHERE b.state = 'leased' AND (d.state NOT IN ('planning', 'running') OR d.held_at IS NOT NULL) LIMIT 1
"""


def hold_queued(campaigns: Sequence[Campaign], *, clock: Clock = SYSTEM_CLOCK) -> QueueReport:
    """Puts on hold what relays queue of these (account, campaign), and keeps it so until it is released.

    Call it after the commit that stops the campaigns, outside any transaction.
    """
    return ask("asked", campaigns, clock)


def release_queued(campaigns: Sequence[Campaign], *, clock: Clock = SYSTEM_CLOCK) -> QueueReport:
    """Gives back what was put on hold; the relays try it at their next round."""
    return ask("releasing", campaigns, clock)


def discard_queued(campaigns: Sequence[Campaign], *, clock: Clock = SYSTEM_CLOCK) -> QueueReport:
    """Deletes what relays queue of these campaigns. It cannot be undone."""
    return ask("discarding", campaigns, clock)


def ask(state: str, campaigns: Sequence[Campaign], clock: Clock) -> QueueReport:
    began = time.monotonic()
    wanted = sorted(set(campaigns))
    now = clock.now()
    unreached, notes = {}, {}
    with connect() as own:
        pools = {row[:2]: row[2] for row in own.execute(POOLS, columns(wanted)).fetchall()}
        relays = queue_relays(sorted(set(pools.values())))
        with own.transaction():
            for relay in relays:
                for campaign in (each for each, pool in pools.items() if pool == relay.pool_id):
                    if state == "releasing":
                        own.execute(LET_GO, [now, *campaign, relay.id])
                    else:
                        own.execute(ASK, [*campaign, relay.id, state, now])
        for relay in relays:
            try:
                done = attend(own, relay, now)
                notes[relay.id] = done.trouble
            except OutOfReach as error:
                unreached[relay.id] = str(error)
        if relays:
            await_folded(own, wanted)
        report = queue_report(own, wanted, unreached, 0.0, notes)
    return QueueReport(report.campaigns, report.total, report.relays, time.monotonic() - began)


def columns(campaigns: Sequence[Campaign]) -> list[list[int]]:
    return [[each[0] for each in campaigns], [each[1] for each in campaigns]]


def await_folded(connection: Any, campaigns: Sequence[Campaign]) -> None:
    """Waits a little until what stopped senders wrote is counted: their leases end with their last word."""
    end = time.monotonic() + FOLDED_WITHIN
    while connection.execute(LEASED, columns(campaigns)).fetchone() and time.monotonic() < end:
        time.sleep(POLL)
