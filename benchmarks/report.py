"""How long a campaign's report takes at 20 M recipients and 5 M events: all numbers, links, and the course over time.

The campaign is still running, so nothing of its outcomes is added up yet. Audience and outcomes are made directly, the
events go through the fold.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import sent, stage
from benchmarks.figure import Figure, limit, report, say
from benchmarks.fold import BEGIN, folded, made_hits
from benchmarks.own_database import prepare_own

CAMPAIGN = 1
RUNS = 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=20_000_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    prepare_own("fairpost_report")
    return report(measure(given))


def measure(given: argparse.Namespace) -> list[Figure]:
    from fairpost.delivery.archive.count import count_ended
    from fairpost.delivery.connect import connect

    staged = stage.build()
    with connect() as own, TemporaryDirectory() as folder:
        fill(own, staged, given, Path(folder))
        running = timed(staged)
        own.execute("UPDATE dispatch SET state = 'finished', finished_at = state_at")
        count_ended()
        ended = timed(staged)
    return [
        limit(
            "report", max(running), "ms", 200.0, recipients=given.recipients, events=given.events,
            median_ms=round(sorted(running)[RUNS // 2], 1), first_ms=round(running[0], 1),
            ended_ms=round(max(ended), 1),
        )
    ]  # fmt: skip


def fill(connection: Any, staged: stage.Stage, given: argparse.Namespace, folder: Path) -> None:
    from fairpost.events.feedback.classes import BOUNCES, note_class

    connection.execute(f"TRUNCATE {sent.TABLES}")
    version = stage.content(staged, 5_000)
    say("audience and outcomes")
    members = sent.some_of(given.recipients, 1)
    sent.send(connection, staged.account_id, CAMPAIGN, version, members, BEGIN)
    say("events")
    hits = made_hits(given.events, given.recipients, 1, 48, staged.account_id)
    folded(connection, hits, folder)
    cursor = connection.cursor()
    for number, cls in enumerate(("unknown_user", "unknown_host", "mailbox_full", "policy", "spam", "other"), 1):
        for relay in (False, True):
            note_class(cursor, staged.account_id, CAMPAIGN, BOUNCES[number % 3], cls, number, by_relay=relay)
    connection.execute("VACUUM ANALYZE")


def timed(staged: stage.Stage) -> list[float]:
    """Milliseconds of each run, the first one first."""
    from fairpost.events.queries.results import results
    from fairpost.events.queries.results_by_link import results_by_link
    from fairpost.events.queries.results_over_time import results_over_time
    from fairpost.events.reports.scope import Scope

    found, scope = [], Scope(campaign_id=CAMPAIGN)
    for _ in range(RUNS):
        began = time.perf_counter()
        whole = results(staged.actor, staged.account_id, scope)
        links = results_by_link(staged.actor, staged.account_id, CAMPAIGN)
        course = results_over_time(staged.actor, staged.account_id, scope)
        found.append((time.perf_counter() - began) * 1000)
        if not (whole.accepted and whole.opened.people and links and course):
            raise SystemExit("the report is empty")
    return found


if __name__ == "__main__":
    sys.exit(main())
