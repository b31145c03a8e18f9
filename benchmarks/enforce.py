"""Activates a measure during a full-speed send, among tens of thousands of others: how fast it is true, and what slips.

Two campaigns run; the measure stops one of them. Counted are the time until the call returns, messages of its scope
that arrive afterwards, messages of the other campaign that are lost, and what all mail together slows down by.
`--queued` is the same with most of the mail deferred in a real Postfix.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks import restrictions
from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report, say

WINDOW = 1.0  # seconds before and after an activation over which the pace is compared
AFTER = 0.6  # seconds in which nothing more of the scope may come


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", action="store_true", help="with most of the mail deferred in a real Postfix")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--own", type=int, default=2_000, help="other measures on the sending account")
    parser.add_argument("--others", type=int, default=18_000, help="measures on other accounts")
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=5_000)
    parser.add_argument("--json", action="store_true")
    given, rest = parser.parse_known_args()
    if given.queued:
        from benchmarks import queued

        sys.argv = [sys.argv[0], *rest]
        return queued.main()
    if rest:
        parser.error(f"unknown: {' '.join(rest)}")
    staging.prepare()
    stage = staging.build()
    try:
        return report(measure(stage, given))
    finally:
        stage.end()


class Run:
    """Two campaigns at full speed into a counting sink that notes when what came."""

    def __init__(self, stage: staging.Stage, given: argparse.Namespace) -> None:
        self.stage = stage
        self.mara, self.noor = restrictions.staff(stage.account_id)
        restrictions.seed(stage.account_id, stage.identity_id, given.own, given.others)
        staging.contacts(stage, given.messages)
        self.records = staging.FOLDER / "enforce.records"
        self.versions = [staging.content(stage, given.size) for _ in range(2)]
        port, self.stats = staging.sink(stage, self.records)
        self.pool = staging.relay(stage, port)
        self.campaigns: list[list[int]] = [[], []]

    def start(self, which: int) -> int:
        number = staging.campaign(self.stage, self.versions[which], self.pool)
        staging.start(self.stage, number)
        self.campaigns[which].append(number)
        return number

    def at_speed(self) -> None:
        """Both campaigns are under way, with enough left for a round."""
        for which in (0, 1):
            if not self.campaigns[which] or self.left(self.campaigns[which][-1]) < 20_000:
                self.start(which)
        time.sleep(WINDOW + 0.3)

    def left(self, number: int) -> int:
        seen = staging.status(self.stage, number)
        return 0 if seen.state == "finished" else seen.audience - seen.accepted

    def approved(self) -> int:
        """A decision on the first campaign that only waits to be activated."""
        from fairpost.enforcement.actions.approve_decision import approve_decision
        from fairpost.enforcement.actions.open_case import add_evidence, open_case
        from fairpost.enforcement.actions.propose_decision import propose_decision
        from fairpost.enforcement.catalogue.durations import Duration
        from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft
        from fairpost.enforcement.queries.cases import read_evidence
        from fairpost.enforcement.scope.selector import scope_from_json
        from fairpost.kernel.clock import SYSTEM_CLOCK

        case = open_case(actor=self.mara, title="bench", source="own_initiative")
        add_evidence(actor=self.mara, case_id=case, label="mail", text=f"seen in {case}")
        scope = {"account": [self.stage.account_id], "campaign": [self.campaigns[0][-1]]}
        term = Duration("until", ends_at=SYSTEM_CLOCK.now() + timedelta(days=8))
        wanted = MeasureDraft("capability_off", scope_from_json(scope), term, {"capability": "sending"})
        draft = DecisionDraft("seen", [wanted], "a warning", "too late")
        view = propose_decision(actor=self.mara, case_id=case, clauses=["consent"], draft=draft)
        read_evidence(self.noor, case)
        approve_decision(actor=self.noor, decision_id=view.id, version=view.version)
        return view.id

    def activate(self, decision: int) -> tuple[float, float, Any]:
        """(called, returned) by CLOCK_BOOTTIME, and the answer."""
        from fairpost.enforcement.actions.activate_decision import activate_decision
        from fairpost.kernel.clock import boottime

        called = boottime()
        done = activate_decision(actor=self.mara, decision_id=decision)
        return called, boottime(), done

    def let_go(self, done: Any) -> float:
        from fairpost.enforcement.actions.confirm_campaign import confirm_campaign
        from fairpost.enforcement.actions.lift_measure import lift_measure
        from fairpost.kernel.clock import boottime

        lift_measure(actor=self.noor, measure_id=done.decision.measures[0].id, reason="the round is over")
        at = boottime()
        for account_id, number in done.held:
            confirm_campaign(actor=self.stage.actor, account_id=account_id, campaign_id=number)
        return at

    def arrivals(self) -> list[tuple[float, int]]:
        """(CLOCK_BOOTTIME, which campaign) of everything that came; a Message-ID tells the campaign."""
        from fairpost.engine.signing.tokens import TokenIssuer
        from fairpost.engine.transport.counting_sink import read_records
        from fairpost.tenants.keyring import installation_keyring

        issuer = TokenIssuer(installation_keyring())
        first = set(self.campaigns[0])
        now = datetime.now(UTC)
        found = []
        for each in read_records(self.records):
            token = each.message_id.decode().strip("<>").partition("@")[0]
            found.append((each.arrived, 0 if issuer.read("mail", token, now).campaign_id in first else 1))
        return found


def measure(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    run = Run(stage, given)
    staging.senders(stage, 2)
    windows, times = [], []
    for number in range(given.rounds):
        run.at_speed()
        decision = run.approved()
        time.sleep(WINDOW)
        called, returned, done = run.activate(decision)
        if done.fence.uncertain:
            say(f"uncertain although no sender was disturbed: {done.fence.uncertain}")
        time.sleep(AFTER)
        windows.append((called, returned, run.let_go(done)))
        times.append(returned - called)
        if number % 10 == 9:
            say(f"{number + 1} of {given.rounds}: p50 {statistics.median(times):.3f} s")
    lost = wait_for_the_end(run)
    stage.end()
    arrivals = run.arrivals()
    late = sum(1 for at, which in arrivals for _c, begin, end in windows if which == 0 and begin < at < end)
    times.sort()
    own = staging.one("SELECT count(*) FROM force WHERE NOT ended")
    return [
        limit("enforce p50", statistics.median(times), "s", 0.200, rounds=given.rounds, in_force=own),
        limit("enforce p99", times[min(len(times) - 1, round(len(times) * 0.99))], "s", 0.700, slowest=times[-1]),
        limit("enforce handed over after", late, "messages", 0, arrived=len(arrivals)),
        limit("enforce lost of others", lost, "messages", 0),
        limit("enforce slow-down", slow_down([at for at, _which in arrivals], windows), "part", 0.05),
    ]


def wait_for_the_end(run: Run) -> int:
    """Lets the last campaigns come to their end and says how many messages of the second kind are missing."""
    deadline = time.monotonic() + 600
    while any(run.left(each) for which in run.campaigns for each in which):
        if time.monotonic() > deadline:
            break
        time.sleep(0.5)
    return sum(run.left(each) for each in run.campaigns[1])


def slow_down(arrivals: list[float], windows: list[tuple[float, float, float]]) -> float:
    """By what part all mail together was slower in the seconds after an activation began than before it; median."""
    times, found = np.array(arrivals), []
    for called, _returned, end in windows:
        after = min(WINDOW, end - called)
        before = np.count_nonzero((times > called - WINDOW) & (times <= called)) / WINDOW
        since = np.count_nonzero((times > called) & (times <= called + after)) / after
        found.append(1 - since / before)
    return max(0.0, float(statistics.median(found)))


if __name__ == "__main__":
    sys.exit(main())
