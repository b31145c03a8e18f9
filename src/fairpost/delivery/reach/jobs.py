"""The periodic jobs of relays' queues: going on with what is asked, and reading what their logs say."""

from __future__ import annotations

import time
from typing import Any

import structlog

from fairpost.delivery.connect import connect
from fairpost.delivery.reach.adapter import OutOfReach, QueueRelay
from fairpost.delivery.reach.attend import attend, queue_relays, taking_turns
from fairpost.delivery.reach.postfix_log import read_log
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

log = structlog.get_logger(__name__)

ASKED = "SELECT DISTINCT relay_id FROM relay_hold"
said: dict[tuple[int, str], str] = {}  # the last trouble with each relay
SECONDS = 5.0  # at one log, so that no relay waits long for another


def keep_queued_held(clock: Clock = SYSTEM_CLOCK) -> int:
    """Goes on with every hold, release and discard; returns how many relays were attended to."""
    count = 0
    with connect() as own:
        asked = {row[0] for row in own.execute(ASKED)}
        for relay in queue_relays() if asked else []:
            if relay.id in asked:
                try:
                    attend(own, relay, clock.now(), wait=False)
                    count += 1
                except OutOfReach as error:
                    complain(relay, "relay.queue_out_of_reach", str(error))
                else:
                    complain(relay, "relay.queue_out_of_reach", "")
    return count


def read_relay_logs(clock: Clock = SYSTEM_CLOCK) -> int:
    """Reads the logs of relays on; returns the bytes taken in."""
    count = 0
    relays = [each for each in queue_relays() if "log" in each.access]
    if relays:
        with connect() as own:
            for relay in relays:
                try:
                    count += read_on(own, relay, clock)
                except OutOfReach as error:
                    complain(relay, "relay.log_out_of_reach", str(error))
                else:
                    complain(relay, "relay.log_out_of_reach", "")
    return count


def complain(relay: QueueRelay, event: str, reason: str) -> None:
    """Logs a trouble once, and not again until it is another one or was over in between."""
    if reason and said.get((relay.id, event)) != reason:
        log.warning(event, relay=relay.id, reason=reason)
    said[relay.id, event] = reason


def read_on(connection: Any, relay: QueueRelay, clock: Clock) -> int:
    """Reads one log portion by portion: between two of them a hold has its turn."""
    count, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        with taking_turns(connection, relay.id, wait=False) as ours:
            step = read_log(connection, relay, clock.now(), seconds=0.0) if ours else 0
        if not step:
            break
        count += step
    return count
