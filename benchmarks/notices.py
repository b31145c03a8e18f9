"""How soon notices are there: all of them queued when the activation returns, and how long until a relay has each.

A worker posts them, as it would in an installation, to a sink that takes mail over SMTP.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import timedelta
from typing import Any

from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report

TARGET = 60.0  # seconds until each notice is handed over
PATIENCE = 120.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, nargs="+", default=[3, 200])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    staging.prepare(language="en")
    stage = staging.build()
    try:
        port, _stats = staging.sink(stage, staging.FOLDER / "notices.records")
        own_relay(port)
        stage.spawn("worker")
        return report([figure for count in given.recipients for figure in run(stage, count, given.rounds)])
    finally:
        stage.end()


def own_relay(port: int) -> None:
    """The platform's own pool leads to the sink; what an earlier run left there is stopped."""
    from fairpost.delivery.actions.create_relay import create_relay
    from fairpost.tenants.actors import local_operator

    staging.execute(
        "UPDATE relay SET state = 'stopped', state_reason = 'an earlier run' WHERE pool_id IN"
        " (SELECT id FROM relay_pool WHERE name = 'platform')"
    )
    name = f"sink {time.time_ns()}"
    create_relay(actor=local_operator(), name=name, host="127.0.0.1", port=port, tls="none", pool="platform")


def run(stage: staging.Stage, count: int, rounds: int) -> list[Figure]:
    reviewer, account_id = people(stage, count)
    times, missing, since = [], 0, staging.one("SELECT coalesce(max(id), 0) FROM notice")
    for _ in range(rounds):
        before = staging.one("SELECT count(*) FROM notice_post WHERE state <> 'withheld'")
        seconds = decide(reviewer, account_id)
        missing += count - (staging.one("SELECT count(*) FROM notice_post WHERE state <> 'withheld'") - before)
        times.append(seconds)
    taken = handed_over(since, count * rounds)
    return [
        limit(f"notices not queued in the call, {count} recipients", missing, "notices", 0, rounds=rounds,
              slowest_call=round(max(times), 4)),
        limit(f"notices handed over p50, {count} recipients", at(taken, 0.50), "s", TARGET, notices=len(taken)),
        limit(f"notices handed over p99, {count} recipients", at(taken, 0.99), "s", TARGET, slowest=at(taken, 1.0)),
    ]  # fmt: skip


def people(stage: staging.Stage, count: int) -> tuple[Any, int]:
    """A reviewer, and an account with so many owners, each told in one of the five languages."""
    from fairpost.enforcement.actions.install_starter_policy import install_starter_policy
    from fairpost.tenants.actions.create_account import create_account
    from fairpost.tenants.actions.create_person import create_person
    from fairpost.tenants.actors import person_actor

    install_starter_policy(actor=stage.actor)
    reviewer_id = staging.one("SELECT id FROM person WHERE email = 'reviewer@bench.example'")
    if reviewer_id is None:
        reviewer_id = create_person(
            actor=stage.actor, account_id=None, email="reviewer@bench.example", name="R", role="reviewer"
        ).person_id
    slug = f"notices-{count}"
    account_id = staging.one("SELECT id FROM account WHERE slug = %s", slug)
    if account_id is None:
        account_id = create_account(actor=stage.actor, slug=slug, name=slug, time_zone="Europe/Rome")
        for number in range(count):
            create_person(
                actor=stage.actor,
                account_id=account_id,
                email=f"owner{count}-{number}@bench.example",
                name="Owner",
                role="owner",
                language=("en", "fr", "it", "es", "de")[number % 5],
            )
    return person_actor(reviewer_id), account_id


def decide(reviewer: Any, account_id: int) -> float:
    """One decision in force, and how long its activation took."""
    from fairpost.enforcement.actions.activate_decision import activate_decision
    from fairpost.enforcement.actions.open_case import add_evidence, open_case
    from fairpost.enforcement.actions.propose_decision import propose_decision
    from fairpost.enforcement.drafts import draft_from_json
    from fairpost.kernel.clock import SYSTEM_CLOCK

    case = open_case(actor=reviewer, title="bench", source="own_initiative", account_id=account_id)
    add_evidence(actor=reviewer, case_id=case, label="figures", text="Complaints rose.")
    draft = {
        "facts": "Complaints rose above one in a thousand for three days.",
        "milder_step": "advice",
        "milder_why_not": "it was given",
        "measures": [
            {
                "kind": "limit",
                "scope": {"account": [account_id]},
                "duration": {"kind": "until", "ends_at": SYSTEM_CLOCK.now() + timedelta(hours=1)},
                "mechanism": {"per_hour": 1000},
            }
        ],
    }
    made = propose_decision(actor=reviewer, case_id=case, clauses=["consent"], draft=draft_from_json(draft))
    began = time.monotonic()
    activate_decision(actor=reviewer, decision_id=made.id)
    return time.monotonic() - began


def handed_over(since: int, wanted: int) -> list[float]:
    """Seconds until each notice behind `since` was handed over, in order; waits for all of them."""
    from django.db import connection

    deadline = time.monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM e.at - n.at)::float8 FROM notice AS n JOIN notice_event AS e"
                " ON e.notice_id = n.id AND e.what = 'handed_over' WHERE n.id > %s ORDER BY 1",
                [since],
            )
            taken = [row[0] for row in cursor.fetchall()]
        if len(taken) >= wanted:
            return taken
        if time.monotonic() > deadline:
            raise SystemExit(f"after {PATIENCE:g} s only {len(taken)} of {wanted} notices were handed over")
        time.sleep(0.2)


def at(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)


if __name__ == "__main__":
    sys.exit(main())
