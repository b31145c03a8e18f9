"""Pauses at full speed: how long until the call returns, and whether anything is handed over after it.

`--cut-off` freezes one sender (SIGSTOP) and cuts another off from the database before each pause: the call must return
all the same, and only messages that it names as uncertain may still arrive.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import sys
import time

from benchmarks import stage as staging
from benchmarks.figure import Figure, limit, report, say
from benchmarks.proxy import DatabaseProxy


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cut-off", action="store_true", help="freeze one sender and cut one off")
    parser.add_argument("--pauses", type=int, help="how many; default 50, with --cut-off 10")
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--messages", type=int, default=400000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    given.pauses = given.pauses or (10 if given.cut_off else 50)
    staging.prepare()
    stage = staging.build()
    try:
        return report(cut_off(stage, given) if given.cut_off else plain(stage, given))
    finally:
        stage.end()


class Run:
    """A campaign at full speed that can be paused and resumed; what arrived when is in the sink's records."""

    def __init__(self, stage: staging.Stage, given: argparse.Namespace) -> None:
        self.stage = stage
        staging.contacts(stage, given.messages)
        self.records = staging.FOLDER / "stop.records"
        self.version = staging.content(stage, given.size)
        self.port, self.stats = staging.sink(stage, self.records)
        self.pool = staging.relay(stage, self.port)
        self.number = 0
        self.campaigns: list[int] = []

    def start(self) -> None:
        self.number = staging.campaign(self.stage, self.version, self.pool)
        self.campaigns.append(self.number)
        staging.start(self.stage, self.number)

    def at_speed(self) -> None:
        """Waits until mail flows; starts the campaign anew when it is through."""
        if staging.status(self.stage, self.number).state == "finished":
            self.start()
        began = staging.status(self.stage, self.number).accepted
        deadline = time.monotonic() + 30
        while staging.status(self.stage, self.number).accepted < began + 500:
            if time.monotonic() > deadline:
                raise SystemExit("no mail flows")
            time.sleep(0.05)
        time.sleep(random.uniform(0.0, 0.3))

    def pause(self) -> tuple[float, float, float, list[int], int]:
        """(called, returned, returned at, named ordinals, connections in doubt) by CLOCK_BOOTTIME."""
        from fairpost.campaigns.actions.stop_campaign import pause_campaign
        from fairpost.kernel.clock import boottime

        called = boottime()
        report = pause_campaign(actor=self.stage.actor, account_id=self.stage.account_id, campaign_id=self.number)
        returned = boottime()
        named = [ordinal for each in report.uncertain for ordinal in each.ordinals]
        return called, returned, returned - called, named, sum(each.connections for each in report.uncertain)

    def resume(self) -> float:
        from fairpost.campaigns.actions.stop_campaign import resume_campaign
        from fairpost.kernel.clock import boottime

        at = boottime()
        resume_campaign(actor=self.stage.actor, account_id=self.stage.account_id, campaign_id=self.number)
        return at

    def arrivals(self) -> list[tuple[float, int]]:
        """(CLOCK_BOOTTIME, ordinal) of everything that reached the sink."""
        from fairpost.engine.transport.counting_sink import read_records

        prefix = len(b"contact")
        return [(r.arrived, int(r.recipient.partition(b"@")[0][prefix:])) for r in read_records(self.records)]


def plain(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    run = Run(stage, given)
    staging.senders(stage, 2)
    run.start()
    windows, times = [], []
    for _ in range(given.pauses):
        run.at_speed()
        _called, returned, seconds, named, _connections = run.pause()
        if named:
            say(f"uncertain although no sender was disturbed: {named}")
        time.sleep(0.4)
        windows.append((returned, run.resume()))
        times.append(seconds)
    stage.end()
    arrivals = run.arrivals()
    late = sum(1 for at, _ordinal in arrivals for begin, end in windows if begin < at < end)
    times.sort()
    return [
        limit("stop p50", statistics.median(times), "s", 0.150, pauses=given.pauses),
        limit("stop p99", times[min(len(times) - 1, round(len(times) * 0.99))], "s", 0.500, slowest=times[-1]),
        limit("stop handed over after", late, "messages", 0, arrived=len(arrivals)),
    ]


def cut_off(stage: staging.Stage, given: argparse.Namespace) -> list[Figure]:
    """One sender works, one is frozen, one loses its database."""
    run = Run(stage, given)
    fold = stage.spawn("sender", "fold")
    proxy = DatabaseProxy(staging.FOLDER / "proxy")
    free = stage.spawn("sender", "process")
    frozen = stage.spawn("sender", "process")
    lonely = stage.spawn("sender", "process", env=proxy.environment())
    deadline = time.monotonic() + 30
    while staging.one("SELECT count(*) FROM sender WHERE granted_at + interval '1 second' > clock_timestamp()") < 3:
        if time.monotonic() > deadline:
            raise SystemExit("the senders did not come up")
        time.sleep(0.1)
    run.start()
    windows, times, names = [], [], []
    for _ in range(given.pauses):
        run.at_speed()
        frozen.send_signal(signal.SIGSTOP)
        proxy.cut()
        _called, returned, seconds, named, connections = run.pause()
        frozen.send_signal(signal.SIGCONT)
        time.sleep(1.5)  # what the thawed sender still does, it does now
        proxy.mend()
        time.sleep(1.0)
        windows.append((returned, run.resume()))
        times.append(seconds)
        names.append((set(named), connections))
    for child in (free, frozen, lonely):
        child.terminate()
        child.wait(30)
    fold.terminate()
    stage.end()
    proxy.close()
    unnamed, named_late = 0, 0
    for (begin, end), (named, _connections) in zip(windows, names, strict=True):
        late = [ordinal for at, ordinal in run.arrivals() if begin < at < end]
        unnamed += sum(ordinal not in named for ordinal in late)
        named_late += sum(ordinal in named for ordinal in late)
    return [
        limit("stop cut-off", max(times), "s", 1.5, pauses=given.pauses, median=round(statistics.median(times), 4)),
        limit("stop cut-off unnamed", unnamed, "messages", 0, named_and_handed_over=named_late,
              named=sum(len(each) for each, _c in names)),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
