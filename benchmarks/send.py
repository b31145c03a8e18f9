"""The whole pipeline at full speed: database, gate, render, sign, SMTP, journal, fold; counted at the sink.

Signed, the ceiling is one core's RSA-2048 rate by `cryptography`; unsigned, it is Postfix's `smtp-source` to Postfix's
`smtp-sink`, both C. The sink itself must take 1.3 times the figure of `smtp-source`, or the run is void.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time

from benchmarks import stage as staging
from benchmarks.figure import Figure, rate, report, say

PORT = 28025


def rsa_rate(seconds: float = 3.0) -> float:
    """RSA-2048 signatures a second on one core by `cryptography` (PKCS#1 v1.5, SHA-256, as DKIM has it)."""
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    key = rsa.generate_private_key(65537, 2048)
    scheme, digest, data = padding.PKCS1v15(), SHA256(), b"x" * 300
    count, until = 0, time.perf_counter() + seconds
    began = time.perf_counter()
    while time.perf_counter() < until:
        for _ in range(100):
            key.sign(data, scheme, digest)
        count += 100
    return count / (time.perf_counter() - began)


def source_rate(port: int, size: int, messages: int) -> float:
    """Messages a second of `smtp-source -d -s 16` to what listens on `port`."""
    command = ["smtp-source", "-d", "-s", "16", "-l", str(size), "-m", str(messages), "-f", "a@bench.example",
               "-t", "b@example.test", f"127.0.0.1:{port}"]  # fmt: skip
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return messages / (time.perf_counter() - began)


def c_ceiling(size: int, messages: int) -> float:
    """`smtp-source` to `smtp-sink`, both Postfix's; the best of three."""
    for tool in ("smtp-source", "smtp-sink"):
        if shutil.which(tool) is None:
            raise SystemExit(f"{tool} is missing: install Postfix (apt-get install postfix) to measure this ceiling")
    user = ["-u", "nobody"] if staging.os.geteuid() == 0 else []
    sink = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{PORT}", "128"])
    try:
        time.sleep(0.5)
        return max(source_rate(PORT, size, messages) for _ in range(3))
    finally:
        sink.terminate()
        sink.wait()


def sink_headroom(stage: staging.Stage, size: int, messages: int, ceiling: float) -> float:
    """How much more than `ceiling` the counting sink takes from `smtp-source`."""
    port, _stats = staging.sink(stage)
    best = max(source_rate(port, size, messages) for _ in range(3))
    stage.end()
    return best / ceiling


def run(stage: staging.Stage, size: int, messages: int, processes: int, *, signed: int) -> dict[str, float]:
    """Sends `messages` and returns what was seen: rate from the call to the last message at the sink."""
    staging.contacts(stage, messages)
    version = staging.content(stage, size)
    port, stats = staging.sink(stage)
    pool = staging.relay(stage, port, signs=not signed)
    number = staging.campaign(stage, version, pool)
    staging.senders(stage, processes)
    time.sleep(1.0)
    from fairpost.kernel.clock import boottime

    began = boottime()
    staging.start(stage, number)
    planned = boottime() - began
    while staging.figures_of(stats)["messages"] < messages and boottime() - began < 600:
        time.sleep(0.25)
    while staging.status(stage, number).state == "running" and boottime() - began < 600:
        time.sleep(0.1)
    finished = boottime() - began
    seen, counts = staging.figures_of(stats), staging.status(stage, number)
    stage.end()
    return {
        "messages": seen["messages"],
        "recipients": seen["recipients"],
        "doubled": seen["doubled"],
        "lost": messages - seen["recipients"],
        "accounted": counts.accepted,
        "octets": seen["octets"] // max(1, seen["messages"]),
        "seconds": round(seen["last"] - began, 3),
        "rate_at_sink": seen["rate"],
        "planned_after": round(planned, 3),
        "folded_after": round(finished, 3),
        "rate": seen["messages"] / (seen["last"] - began),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signed", type=int, nargs="?", const=1, default=0, choices=[0, 1, 2])
    parser.add_argument("--size", type=int, default=30000)
    parser.add_argument("--messages", type=int, default=60000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    platform = {"platform_dkim_selector": "bench"} if given.signed == 2 else {}
    staging.prepare(**platform)
    stage = staging.build()
    try:
        return report([measure(stage, given)])
    finally:
        stage.end()


def measure(stage: staging.Stage, given: argparse.Namespace) -> Figure:
    if given.signed:
        ceiling, details, goal = rsa_rate(), {"ceiling_is": "RSA-2048 signatures/s, one core"}, 0.9
        if given.signed == 2:
            platform_key(stage)
            goal = 0.5
    else:
        count = 20000 if given.size > 10000 else 50000
        ceiling = c_ceiling(given.size, count)
        headroom = sink_headroom(stage, given.size, count, ceiling)
        details = {"ceiling_is": "smtp-source to smtp-sink, messages/s", "sink_over_ceiling": round(headroom, 2)}
        goal = 0.8 if given.size > 10000 else 0.5
        if headroom < 1.3:
            say(f"The counting sink takes only {headroom:.2f} times the ceiling; below 1.3 the run is void.")
            details["void"] = True
    seen = run(stage, given.size, given.messages, given.processes, signed=given.signed)
    value = seen.pop("rate")
    if seen["lost"] or seen["doubled"] or seen["accounted"] != given.messages:
        say(f"The count is wrong: {seen}")
        goal = float("inf")
    name = f"send {'signed x' + str(given.signed) if given.signed else 'unsigned'} {given.size}"
    return rate(name, value, "messages/s", ceiling, goal, **details, **seen)


def platform_key(stage: staging.Stage) -> None:
    """Gives the installation its own DKIM key, once."""
    from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
    from fairpost.tenants.actions.create_platform_key import create_platform_key
    from fairpost.tenants.queries.sending_identity import platform_signature

    if platform_signature() is None:
        key = create_platform_key(actor=stage.actor, domain="platform.example", selector="bench")
        activate_dkim_key(actor=stage.actor, account_id=None, key_id=key.id, force=True)


if __name__ == "__main__":
    sys.exit(main())
