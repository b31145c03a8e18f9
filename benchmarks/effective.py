"""One question to everything in force: may this campaign be sent, among 20,000 measures, 2,000 on its account?

The question as an action asks it: is the snapshot up to date (one short query), then what applies. A look at every
measure one by one stands beside it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from benchmarks import restrictions
from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--own", type=int, default=2_000)
    parser.add_argument("--others", type=int, default=18_000)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    staging.prepare()
    stage = staging.build()
    restrictions.seed(stage.account_id, stage.identity_id, given.own, given.others)
    return report(measure(stage, given.calls))


def measure(stage: staging.Stage, calls: int) -> list[Figure]:
    from fairpost.enforcement.coverage.reach import facets_of
    from fairpost.enforcement.force.effective import effective
    from fairpost.enforcement.force.store import current
    from fairpost.enforcement.scope.subject import subject
    from fairpost.kernel.clock import SYSTEM_CLOCK
    from fairpost.tenants.queries.senders import senders

    now = SYSTEM_CLOCK.now()
    (sender,) = senders(now, identities=[stage.identity_id])
    mail = subject(
        ["sending", "fundraising"], ["combative-call-to-action@1"], campaign=1, content="a" * 64, template=1,
        person=1, **facets_of(sender),
    )  # fmt: skip
    current()
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        answer = current().effective(mail, now)
        times.append(time.perf_counter() - began)
    forces = list(current().forces.values())
    began = time.perf_counter()
    naive = effective(mail, now, forces)
    one_by_one = time.perf_counter() - began
    assert {each.id for each in naive.reasons} == {each.id for each in answer.reasons}
    times.sort()
    return [
        limit(
            "effective p50", statistics.median(times) * 1000, "ms", 1.0, in_force=len(forces),
            looked_at=len(current().candidates(mail)), applies=len(answer.reasons),
            p99=round(times[int(len(times) * 0.99)] * 1000, 4), one_by_one=round(one_by_one * 1000, 2),
        )
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
