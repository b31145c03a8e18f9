"""kill -9 of a sender, of the fold and of PostgreSQL at random moments of one running campaign, then the count.

Lost: recipients of the frozen audience that the sink never saw. Doubled: those it saw more than once; each must carry
the same Message-ID and be named (`possibly doubled`) in the campaign's accounting.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from typing import Any

from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report, say

ROLES = ("sender", "fold", "postgresql")
CONNECTIONS = 8  # of each sending process


class Part:
    """A process of the sending machine that is started again whenever it was killed."""

    def __init__(self, stage: staging.Stage, role: str) -> None:
        self.stage, self.role = stage, role
        self.child = stage.spawn("sender", role, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()
        time.sleep(random.uniform(0.0, 0.5))
        self.child = self.stage.spawn("sender", self.role, stderr=subprocess.DEVNULL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="of each kind")
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--messages", type=int, help="default: enough to last through all kills")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    random.seed(given.seed)
    if os.environ.get("DATABASE_URL"):
        raise SystemExit("this bench kills the database: it runs on the embedded one only (unset DATABASE_URL)")
    staging.prepare(sender_connections=str(CONNECTIONS))
    stage = staging.build()
    try:
        return report(run(stage, given))
    finally:
        stage.end()


def run(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    messages = given.messages or given.kills * 3 * 6000
    staging.contacts(stage, messages)
    records = staging.FOLDER / "crash.records"
    port, _stats = staging.sink(stage, records)
    pool = staging.relay(stage, port)
    number = staging.campaign(stage, staging.content(stage, given.size), pool)
    fold, senders = Part(stage, "fold"), [Part(stage, "process"), Part(stage, "process")]
    staging.start(stage, number)
    order = [role for role in ROLES for _ in range(given.kills)]
    random.shuffle(order)
    done: dict[str, int] = defaultdict(int)
    for role in order:
        time.sleep(random.uniform(0.3, 1.5))
        if patiently(stage, number).state == "finished":
            say("the campaign ended before all kills: give more --messages")
            break
        strike(role, fold, senders)
        done[role] += 1
    deadline = time.monotonic() + 300
    while patiently(stage, number).state != "finished" and time.monotonic() < deadline:
        time.sleep(0.5)
    counts = patiently(stage, number)
    named = named_ordinals(stage, number)
    stage.end()
    return judge(records, messages, counts, named, dict(done))


def strike(role: str, fold: Part, senders: list[Part]) -> None:
    if role == "sender":
        random.choice(senders).kill()
    elif role == "fold":
        fold.kill()
    else:
        os.kill(postmaster(), signal.SIGKILL)
        time.sleep(random.uniform(0.0, 0.5))
        staging.run_fairpost("db", "start")


def postmaster() -> int:
    done = subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", "db", "status", "--json"], capture_output=True, text=True
    )
    return int(staging.json.loads(done.stdout)["pid"])


def patiently(stage: staging.Stage, number: int) -> Any:
    """The campaign's status, asked again while the database comes back."""
    from django.db import Error, connection

    for _ in range(200):
        try:
            return staging.status(stage, number)
        except Error:
            connection.close()
            time.sleep(0.1)
    raise SystemExit("the database did not come back")


def named_ordinals(stage: staging.Stage, number: int) -> set[int]:
    """Everybody whom the accounting names as possibly doubled or unknown."""
    from fairpost.delivery.queries.recipients import recipients_in_state

    named = set()
    for state in ("accepted", "unknown", "in_doubt"):
        after = 0
        while rows := recipients_in_state(stage.account_id, number, state, after, 50000):
            named.update(ordinal for ordinal, reason in rows if reason == "possibly doubled" or state != "accepted")
            after = rows[-1][0]
    return named


def judge(records: Any, messages: int, counts: Any, named: set[int], done: dict[str, int]) -> list[Figure]:
    from fairpost.engine.transport.counting_sink import read_records

    ids: dict[int, list[bytes]] = defaultdict(list)
    for each in read_records(records):
        ids[int(each.recipient.partition(b"@")[0].removeprefix(b"contact"))].append(each.message_id)
    doubled = {ordinal: seen for ordinal, seen in ids.items() if len(seen) > 1}
    other_id = sum(1 for seen in doubled.values() if len(set(seen)) > 1)
    unnamed = [ordinal for ordinal in doubled if ordinal not in named]
    lost = messages - len(ids)
    unaccounted = counts.pending + (messages - counts.audience)
    facts = {"kills": done, "audience": messages, "state": counts.state, "accepted": counts.accepted,
             "unknown": counts.unknown, "possibly_doubled": counts.possibly_doubled}  # fmt: skip
    open_connections = CONNECTIONS * done.get("sender", 0)  # neither fold nor database has any
    return [
        limit("crash lost", lost, "messages", 0, **facts),
        limit("crash unaccounted", unaccounted, "recipients", 0),
        limit("crash doubled", len(doubled), "messages", open_connections),
        limit("crash doubled with another Message-ID", other_id, "messages", 0),
        limit("crash doubled and not named", len(unnamed), "messages", 0),
    ]


if __name__ == "__main__":
    sys.exit(main())
