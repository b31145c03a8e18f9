"""What the check before each message costs: nanoseconds per check over microseconds per message, both measured here.

A message is checked three times: when it is taken up, before its intent is written, and after. The message is one of
the send bench, rendered and signed.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks import restrictions
from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report

CHECKS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--own", type=int, default=2_000)
    parser.add_argument("--others", type=int, default=18_000)
    parser.add_argument("--size", type=int, default=5_000)
    parser.add_argument("--unsigned", action="store_true", help="leave the signature away")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    staging.prepare()
    stage = staging.build()
    restrictions.seed(stage.account_id, stage.identity_id, given.own, given.others)
    return report(measure(stage, given))


def measure(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    from fairpost.delivery.gate.judge import Judge
    from fairpost.delivery.gate.permit import Permit
    from fairpost.kernel.clock import SYSTEM_CLOCK, boottime

    judge = Judge()
    with connected() as own:
        began = time.perf_counter()
        judge.open(own, SYSTEM_CLOCK.now())
        loading = time.perf_counter() - began
        began = time.perf_counter()
        for _ in range(100):
            opened, _until = judge.open(own, SYSTEM_CLOCK.now())
        renewal = (time.perf_counter() - began) / 100
    key = (stage.account_id, 1)
    from fairpost.delivery.gate.judge import WITHOUT_LIMITS

    permit = Permit(1, boottime() + 3600, {**opened, key: WITHOUT_LIMITS}, 1.0)
    check = per_call(lambda: permit.allows(key, WITHOUT_LIMITS), 300_000)
    message = per_call(filling(stage, given), 20_000)
    return [
        limit(
            "gate", CHECKS * check / message, "part", 0.02, ns_per_check=round(check * 1e9, 1), checks=CHECKS,
            us_per_message=round(message * 1e6, 1), in_force=len(judge.snapshot.forces),
            ms_first_permit=round(loading * 1000, 1), ms_next_permit=round(renewal * 1000, 2),
        )
    ]  # fmt: skip


def connected():
    from fairpost.delivery.connect import connect

    return connect()


def filling(stage: staging.Stage, given: argparse.Namespace):
    """A function that makes one finished mail."""
    from fairpost.delivery.sending.compose import compile_campaign
    from fairpost.engine.ports import Recipient

    version = staging.content(stage, given.size)
    message = compile_campaign(
        (stage.account_id, 1), stage.identity_id, version, sign=not given.unsigned, tracking=True, test=False
    )
    someone = Recipient(7, "contact7@example7.test", "contact7@example7.test", {"first_name": "Name7", "amount": 7})
    return lambda: message.fill(someone, time.time())


def per_call(function, calls: int) -> float:
    """Seconds that one call takes, without the loop around it; the best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        for _ in range(calls):
            function()
        whole = time.perf_counter() - began
        began = time.perf_counter()
        for _ in range(calls):
            pass
        best = min(best, (whole - (time.perf_counter() - began)) / calls)
    return best


if __name__ == "__main__":
    sys.exit(main())
