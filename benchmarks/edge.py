"""Clicks a second with a durable spool, over a bare ASGI application on the same server; and what an outage loses.

Both are asked by the same program for distinct clicks over the same number of connections, in turns. With
--database-down the edge is cut off its database and killed (kill -9) while it is asked; afterwards every click that
was acknowledged must be in the database.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import stage as staging
from benchmarks.figure import Figure, rate, report, say
from benchmarks.load import run_load
from fairpost.events.link_copy import copied

SERVE = (
    "from fairpost.runtime.commands.edge import serve_asgi; serve_asgi({target!r}, '127.0.0.1', {port}, {processes})"
)
BARE, OWN = "benchmarks.bare_asgi:application", "fairpost.runtime.edge_asgi:application"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-down", action="store_true", help="what an outage and a kill -9 lose, instead")
    parser.add_argument("--seconds", type=float, help="of each round (5), or of the outage (60)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--at-most", type=int, default=40_000, help="clicks a second that are made ready")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    staging.prepare()
    stage = staging.build()
    try:
        if given.database_down:
            from benchmarks.edge_outage import outage

            return report(outage(stage, given))
        return report(clicks(stage, given))
    finally:
        stage.end()


def clicks(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    seconds = given.seconds or 5.0
    campaign = started(stage)
    copy_links(stage)
    bare, edge = (serve(stage, target, given.processes) for target in (BARE, OWN))
    ceilings, values = [], []
    first = 1
    for _round in range(given.rounds):
        count = round(given.at_most * seconds)
        paths = paths_of(stage.account_id, campaign, first, count)
        first += count
        ceilings.append(per_second(run_load(bare, paths, given.connections, seconds)))
        values.append(per_second(run_load(edge, paths, given.connections, seconds)))
        say(f"bare {ceilings[-1]:.0f}/s, edge {values[-1]:.0f}/s")
    value, ceiling = statistics.median(values), statistics.median(ceilings)
    return [
        rate("edge", value, "clicks/s", ceiling, 0.5, connections=given.connections, processes=given.processes,
             rounds=given.rounds, seconds=seconds)
    ]  # fmt: skip


def started(stage: staging.Stage) -> int:
    """A campaign whose links can be followed; nobody sends it."""
    staging.contacts(stage, 1000)
    campaign = staging.campaign(stage, staging.content(stage, 5000), staging.relay(stage, 9))
    staging.start(stage, campaign)
    return campaign


def copy_links(stage: staging.Stage) -> None:
    """Has a folding process copy them, and ends it: only serving is measured here. `bench fold` measures the rest."""
    shutil.rmtree(folder(), ignore_errors=True)
    before = set(copied(folder()))
    child = stage.spawn("edge", "fold")
    deadline = time.monotonic() + 60
    while not copied(folder()) - before:
        if time.monotonic() > deadline:
            raise SystemExit("the links were not copied within 60 s")
        time.sleep(0.1)
    time.sleep(1)
    child.terminate()
    child.wait(60)


def folder() -> Path:
    from django.conf import settings

    return Path(settings.FAIRPOST.data_dir) / "edge"


def serve(stage: staging.Stage, target: str, processes: int) -> int:
    """Serves an application as the edge is served; returns its port."""
    port = free_port()
    program = SERVE.format(target=target, port=port, processes=processes)
    stage.children.append(subprocess.Popen([sys.executable, "-c", program], stdout=sys.stderr))
    wait_for(port)
    return port


def paths_of(account_id: int, campaign_id: int, first: int, count: int) -> list[str]:
    """So many clicks, each of another recipient, on the links of the content in turn."""
    from fairpost.engine.signing.tokens import TokenIssuer, last_day_of_tracking
    from fairpost.tenants.keyring import installation_keyring

    tokens = TokenIssuer(installation_keyring()).for_campaign(account_id, campaign_id)
    day = last_day_of_tracking(time.time())
    return [f"/c/{ordinal % 9}/{tokens.track(ordinal, day).decode()}" for ordinal in range(first, first + count)]


def per_second(told: dict) -> float:
    wrong = {status: count for status, count in told["answered"].items() if status != "302"}
    if wrong or told["unanswered"]:
        raise SystemExit(f"not every click was answered with 302: {told}")
    return told["answered"]["302"] / told["seconds"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


if __name__ == "__main__":
    sys.exit(main())
