"""The fold: hits a second from spool to rows, sets and counts, over a bare COPY of the same rows.

The hits are those of campaigns to `--recipients` people: opens and clicks, a part of them by machines, in the order of
time. The ceiling is COPY in binary form into a table without index, from memory, in one transaction for each part that
the fold takes.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.figure import Figure, rate, report
from benchmarks.own_database import prepare_own

BEGIN = datetime(2027, 1, 4, 9, tzinfo=UTC)
ACCOUNT = 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--recipients", type=int, default=20_000_000)
    parser.add_argument("--campaigns", type=int, default=2)
    parser.add_argument("--hours", type=float, default=2, help="the time that the hits are spread over")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    prepare_own("fairpost_fold")
    return report(measure(given))


def measure(given: argparse.Namespace) -> list[Figure]:
    from fairpost.delivery.connect import connect
    from fairpost.events.fold.hits import MOST

    hits = made_hits(given.events, given.recipients, given.campaigns, given.hours)
    with connect() as own, TemporaryDirectory() as folder:
        empty(own)
        ceiling = bare_copy(own, hits, MOST)
        empty(own)
        own.execute("CHECKPOINT")
        seconds, steps, taken = folded(own, hits, Path(folder))
        rows = own.execute("SELECT count(*) FROM event").fetchone()[0]
        if rows != given.events or taken != given.events:
            raise SystemExit(f"{rows} rows for {given.events} hits")
        own.execute("DROP TABLE bare_event")
    return [
        rate(
            "fold", given.events / seconds, "events/s", given.events / ceiling, 0.3, events=given.events, steps=steps,
            recipients=given.recipients, campaigns=given.campaigns, seconds=round(seconds, 2),
        )
    ]  # fmt: skip


def made_hits(count: int, recipients: int, campaigns: int, hours: float, account: int = ACCOUNT) -> np.ndarray:
    """Four opens to a click; every seventh open by a mail program that fetches ahead, some clicks by gateways."""
    from fairpost.events.fold.records import checksums
    from fairpost.events.hits import HIT, NO_LINK, SIZE
    from fairpost.events.kinds import APPLE, CLICK, GATEWAY, OPEN

    chance = np.random.default_rng(4)
    hits = np.zeros(count, dtype=HIT)
    span = int(hours * 3_600_000_000)
    begin = int(BEGIN.timestamp()) * 1_000_000
    hits["at"] = begin + np.sort(chance.integers(0, span, count))
    hits["account"] = account
    hits["campaign"] = chance.integers(1, campaigns + 1, count)
    hits["ordinal"] = chance.integers(1, recipients + 1, count)
    clicked = chance.random(count) < 0.2
    hits["kind"] = np.where(clicked, CLICK, OPEN)
    hits["link"] = np.where(clicked, np.minimum(chance.geometric(0.3, count), 10), NO_LINK)
    machine = chance.random(count) < 1 / 7
    hits["agent"] = np.where(machine, np.where(clicked, GATEWAY, APPLE), 0)
    hits["crc"] = checksums(np.frombuffer(hits.tobytes(), dtype=np.uint8).reshape(-1, SIZE))
    return hits


def bare_copy(connection: Any, hits: np.ndarray, part: int) -> float:
    """Seconds that COPY takes for the rows of these hits."""
    from fairpost.events.fold.gather import COPY_HEAD, COPY_TAIL, copy_rows

    connection.execute("DROP TABLE IF EXISTS bare_event")
    connection.execute("CREATE TABLE bare_event (LIKE event)")
    parts = [hits[start : start + part] for start in range(0, len(hits), part)]
    packed = [COPY_HEAD + copy_rows(each, each["agent"]) + COPY_TAIL for each in parts]
    began = time.perf_counter()
    for each in packed:
        with connection.cursor() as cursor, cursor.copy("COPY bare_event FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(each)
    return time.perf_counter() - began


def folded(connection: Any, hits: np.ndarray, folder: Path) -> tuple[float, int, int]:
    """(seconds, steps, hits taken) of a fold of one spool that holds all of them."""
    from fairpost.events.fold.hits import HitFold
    from fairpost.events.spool import SpoolWriter
    from fairpost.kernel.clock import FixedClock

    writer = SpoolWriter(folder, "hits")
    writer.append(hits.tobytes())
    writer.close()
    fold = HitFold(folder, FixedClock(BEGIN + timedelta(days=3)))
    steps = taken = 0
    began = time.perf_counter()
    while count := fold.step(connection):
        steps, taken = steps + 1, taken + count
    return time.perf_counter() - began, steps, taken


def empty(connection: Any) -> None:
    connection.execute(
        "TRUNCATE event, event_pack, event_members, event_day_members, event_hour, event_count, spool_offset"
    )


if __name__ == "__main__":
    sys.exit(main())
