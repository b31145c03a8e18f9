"""A stop while most of the mail lies deferred in a real Postfix: how long until it is held, and what still goes out.

Six of ten destinations answer 450. Once Postfix has tried everybody, the campaign is paused and what Postfix queues of
it is held; the clock runs from the first call to the return of the second. Then every destination takes mail, and
Postfix is told to try all of its queue at once. Postfix and root are needed (see tests/postfix.py).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report, say

EXTRA = """\
virtual_mailbox_domains =
relayhost = [127.0.0.1]:{port}
enable_long_queue_ids = yes
default_process_limit = 50
"""
REFUSED = 58  # of the 97 domains of the contacts
AFTER = 6.0  # seconds in which Postfix would have tried again


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", type=int, default=20_000, help="messages that lie deferred")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    staging.prepare()
    stage = staging.build()
    try:
        return report(measure(stage, given.queued))
    finally:
        stage.end()


def measure(stage: staging.Stage, queued: int) -> list[Figure]:
    from tests.builders.mailserver import EventLoop, Mailserver
    from tests.postfix import running_postfix, why_not

    from fairpost.engine.transport.behaviour import Rule

    if why := why_not():
        raise SystemExit(why)
    thread = EventLoop()
    thread.start()
    domains = "|".join(str(number) for number in range(REFUSED))
    far = Mailserver(thread)
    far.behave(Rule("rcpt", match=rf"@example({domains})\.test", reply="450 4.2.1 come back later"))
    try:
        with running_postfix(extra=EXTRA.format(port=far.port)) as postfix:
            return hold(stage, queued * 97 // REFUSED, postfix, far)
    finally:
        stage.end()
        far.down()
        thread.end()


def hold(stage: staging.Stage, messages: int, postfix: Any, far: Any) -> list[Figure]:
    from fairpost.campaigns.actions.stop_campaign import pause_campaign
    from fairpost.delivery.actions.hold_queued import discard_queued, hold_queued

    campaign = (stage.account_id, fill(stage, messages, postfix))
    arrived = len(far.arrivals)
    waiting = deferred(postfix)
    say(f"{waiting} deferred, {arrived} delivered")
    began = time.monotonic()
    if staging.status(stage, campaign[1]).state == "running":
        pause_campaign(actor=stage.actor, account_id=stage.account_id, campaign_id=campaign[1])
    answer = hold_queued([campaign])
    seconds = time.monotonic() - began
    far.behave()
    postfix.command("postqueue", "-f")
    time.sleep(AFTER)
    after = len(far.arrivals) - arrived
    counts = answer.total
    discard_queued([campaign])
    if counts.held < 0.55 * messages:
        raise SystemExit(f"only {counts.held} of {messages} were queued: the figure would say nothing")
    facts = {"accepted": counts.accepted, "held": counts.held, "delivered": counts.delivered, "queued": counts.queued}
    return [
        limit("queued held", seconds, "s", 5.0, **facts, uncertain=counts.uncertain, gone=counts.gone),
        limit("queued not held", waiting - counts.held, "messages", 0),
        limit("queued delivered after", after, "messages", 0, waited_s=AFTER),
    ]


def fill(stage: staging.Stage, messages: int, postfix: Any) -> int:
    """Sends a campaign through this Postfix until it has tried everybody. Returns the campaign's number."""
    from fairpost.delivery.actions.create_relay import create_relay

    staging.contacts(stage, messages)
    version = staging.content(stage, 5000)
    name = f"postfix {time.time_ns()}"
    access = {"config_directory": str(postfix.folder / "etc"), "log": str(postfix.folder / "log" / "mail.log")}
    create_relay(
        actor=stage.actor, name=name, pool=name, host="127.0.0.1", port=postfix.port, tls="none", signs=True,
        kind="postfix", queue=access,
    )  # fmt: skip
    pool = staging.one("SELECT id FROM relay_pool WHERE name = %s", name)
    stage.spawn("worker")  # reads the log on
    staging.senders(stage, 1)
    number = staging.campaign(stage, version, pool)
    staging.start(stage, number)
    end = time.monotonic() + 900
    while staging.status(stage, number).accepted < messages or busy(postfix):
        if time.monotonic() > end:
            raise SystemExit("Postfix did not take and try everybody within a quarter of an hour")
        time.sleep(1)
    return number


def busy(postfix: Any) -> bool:
    return any(any(files) for name in ("incoming", "active") for files in entries(postfix, name))


def deferred(postfix: Any) -> int:
    return sum(len(files) for files in entries(postfix, "deferred"))


def entries(postfix: Any, name: str) -> list[list[str]]:
    return [files for _path, _folders, files in os.walk(postfix.folder / "queue" / name)]


if __name__ == "__main__":
    sys.exit(main())
