"""A sender's resident memory while it sends to 1 M and to 5 M recipients: it must not grow with the audience."""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report, say


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=5_000_000)
    parser.add_argument("--seconds", type=float, default=25.0, help="of sending before and while memory is read")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    staging.prepare()
    stage = staging.build()
    try:
        small = peak(stage, given.small, given.seconds)
        large = peak(stage, given.large, given.seconds)
    finally:
        stage.end()
    return report(
        [
            limit("memory of a sender", large["rss"] / 1e6, "MB", 300, recipients=given.large, sent=large["sent"]),
            Figure(
                "memory large over small", round(large["rss"] / small["rss"], 4), "ratio", round(small["rss"] / 1e6, 1),
                round(large["rss"] / small["rss"], 4), 1.10, True, {"recipients": [given.small, given.large]},
            ),
        ]
    )  # fmt: skip


def peak(stage: staging.Stage, recipients: int, seconds: float) -> dict[str, float]:
    """The largest resident memory (bytes) of a sending process while it sends for `seconds`."""
    say(f"{recipients} recipients")
    staging.contacts(stage, recipients)
    port, _stats = staging.sink(stage)
    number = staging.campaign(stage, staging.content(stage, 5000), staging.relay(stage, port))
    staging.senders(stage, 1)
    pid = staging.one("SELECT pid FROM sender ORDER BY started_at DESC LIMIT 1")
    staging.start(stage, number)
    most, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        most = max(most, resident(pid))
        time.sleep(0.25)
    sent = staging.status(stage, number).accepted
    from fairpost.campaigns.actions.stop_campaign import cancel_campaign

    cancel_campaign(actor=stage.actor, account_id=stage.account_id, campaign_id=number)
    stage.end()
    if not sent:
        raise SystemExit("nothing was sent: the figure would say nothing")
    return {"rss": most, "sent": sent}


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    sys.exit(main())
