"""Counting "opened any of the last 5, did not donate, lives in X" over millions of contacts and what came back of them.

The contacts are generated in a database of the bench's own, once, and kept; so are the sets of who did what, which is
all that a segment reads of events: single events are not written. Cold: no answer is kept, the server is started anew
where it is the embedded one, and the system is asked to forget its files. Warm: counted again, each time after more
was folded, which must be in the count. The ceilings are a bare count in SQL of the attribute alone, and a bare union
of the same bitmaps in memory.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from pyroaring import BitMap

from benchmarks import plan
from benchmarks.figure import Figure, limit, report, say
from benchmarks.own_database import prepare_own
from benchmarks.stage import run_fairpost

NAME = "fairpost_bench_segment"
ACCOUNT = 1
CONTACTS, EVENTS = 20_000_000, 100_000_000
CAMPAIGNS, LAST, DAYS_BETWEEN, ACTIVE_DAYS = 20, 5, 18, 7
COLD_S, WARM_S, WARM_COUNTS = 10, 1, 5
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CONDITION = f'opened any of the last {LAST} campaigns and did not donate and country = "IT"'
BARE_COUNT = "SELECT count(*) FROM contact WHERE account_id = 1 AND attributes ->> 'country' = 'IT'"
DISPATCH = """
    INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id, unit_id,
        sending_domain, audience_size, frozen_at, latest_at, finished_at)
    VALUES (1, %s, 'finished', %s, 1, 1, 1, 1, 'bench.example', %s, %s, %s, %s)"""
# Of the events of a campaign: how many are the first of their kind by their contact.
SHARES = {"OPEN": 0.70, "MACHINE_OPEN": 0.20, "CLICK": 0.095, "DONATION": 0.005}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=CONTACTS)
    parser.add_argument("--events", type=int, default=0, help="default: 5 for each contact")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    address = prepare_own(NAME)
    events = given.events or given.contacts * EVENTS // CONTACTS
    made = prepare(address, given.contacts, events)
    say("dropping caches")
    forgotten = forget(address)
    facts = {"contacts": given.contacts, "events": events, "generated_in_s": round(made, 1), "caches": forgotten}
    return report(measure(address, facts))


def prepare(address: str, contacts: int, events: int) -> float:
    """Generates contacts and sets where there are not exactly so many; returns the seconds it took."""
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute("SELECT next - 1 FROM contact_ordinal WHERE account_id = 1").fetchone()
        held = connection.execute("SELECT min(audience_size) FROM dispatch WHERE account_id = 1").fetchone()
        if row == (contacts,) and held == (events,) and plan.exists(connection, contacts):
            return 0.0
        say(f"generating {contacts} contacts and sets of {events} events; they are kept")
        began = time.monotonic()
        connection.execute(plan.EMPTY)
        connection.execute("TRUNCATE dispatch, event_members, event_day_members, segment_answer")
        plan.generate(address, contacts)
        connection.execute("SET maintenance_work_mem = '1GB'")
        for statement in plan.INDEX:
            connection.execute(statement)  # type: ignore[arg-type]
        connection.execute("INSERT INTO contact_ordinal VALUES (1, %s)", (contacts + 1,))
        behave(connection, contacts, events)
        every = 100
        connection.execute(plan.SUPPRESS, (NOW, every, every - 1, contacts // every))
        connection.execute("VACUUM ANALYZE")
        return time.monotonic() - began


def behave(connection: Any, contacts: int, events: int) -> None:
    """One campaign every 18 days, the last one a week ago; what comes back comes within a week of it."""
    chance = np.random.default_rng(4)
    for number in range(CAMPAIGNS):
        start = NOW - timedelta(days=7 + DAYS_BETWEEN * (CAMPAIGNS - 1 - number))
        campaign_id = number + 1
        for kind, share in SHARES.items():
            count = int(events / CAMPAIGNS * share)
            doers = np.unique(chance.integers(1, contacts + 1, count, dtype=np.uint32))
            days = chance.integers(0, ACTIVE_DAYS, len(doers))
            for day in range(ACTIVE_DAYS):
                fold(connection, campaign_id, kind, BitMap(doers[days == day]), start.date() + timedelta(days=day))
        # Last: so that a generation that was cut off is begun anew.
        connection.execute(DISPATCH, (campaign_id, start, events, start, start, start))


def fold(connection: Any, campaign_id: int, kind: str, members: BitMap, day: date) -> None:
    from fairpost.events import kinds
    from fairpost.events.members import add_members

    number = kinds.OPEN + kinds.BY_MACHINE if kind == "MACHINE_OPEN" else getattr(kinds, kind)
    with connection.transaction(), connection.cursor() as cursor:
        add_members(cursor, ACCOUNT, campaign_id, number, members, day=day)


def forget(address: str) -> str:
    """Empties what the server and the system hold of the database, as far as this process may; says how far."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DELETE FROM segment_answer")
        connection.execute("VACUUM segment_answer")
        connection.execute("CHECKPOINT")
        row = connection.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    folder = Path(row[0]) / "base" / str(row[1]) if row else Path()
    if "FAIRPOST_DATA_DIR" not in os.environ or not str(folder).startswith(os.environ["FAIRPOST_DATA_DIR"]):
        return "only connections"
    run_without_address("db", "stop")
    try:
        for each in folder.iterdir():
            forget_file(each)
    except OSError:
        return "server restarted"
    finally:
        run_without_address("db", "start")
    return "server restarted, files forgotten"


def run_without_address(*arguments: str) -> None:
    """The embedded server: `DATABASE_URL` would say that there is another."""
    held = os.environ.pop("DATABASE_URL", "")
    run_fairpost(*arguments)
    os.environ["DATABASE_URL"] = held


def forget_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def measure(address: str, facts: dict[str, Any]) -> list[Figure]:
    from fairpost.segments.parser import parse

    tree = parse(CONDITION)
    cold, first = counted(address, tree)
    with psycopg.connect(address, autocommit=True) as connection:
        italians = selection(connection, 'country = "IT"')
        donors = selection(connection, "donated")
        openers = selection(connection, f"opened any of last {LAST} campaigns")
        if first != len((openers & italians) - donors):
            raise SystemExit(f"{first} counted cold, {len((openers & italians) - donors)} expected")
        warm, worst, last = again(address, connection, tree, italians, donors, openers)
        union, first_whole = bare_union(connection), with_suppressed(connection, tree)
        whole = with_suppressed(connection, tree)
        changed = after_changes(address, connection, tree, facts["contacts"])
        bare = timed(lambda: connection.execute(BARE_COUNT).fetchone())
    shown = {**facts, "counted_cold": first, "counted_last": last, "condition": CONDITION}
    return [
        limit("segment cold", cold, "s", COLD_S, bare_count_s=round(bare, 3), over_bare=round(cold / bare, 2), **shown),
        limit(
            "segment warm", worst, "s", WARM_S, median_s=round(warm, 4), bare_union_s=round(union, 4),
            over_bare=round(warm / union, 2), with_suppressed_s=round(whole, 3),
            first_with_suppressed_s=round(first_whole, 3),
            after_1000_contacts_changed_s=round(changed, 3), **shown,
        ),
    ]  # fmt: skip


def counted(address: str, tree: Any) -> tuple[float, int]:
    """(seconds, contacts) of one count on a new connection."""
    from fairpost.contacts.queries.segments import select_contacts

    began = time.perf_counter()
    with psycopg.connect(address, autocommit=True) as connection:
        found = len(select_contacts(connection, ACCOUNT, tree, NOW))
    return time.perf_counter() - began, found


def with_suppressed(connection: Any, tree: Any) -> float:
    """Seconds of the command `segment count`, which also says how many of them are suppressed: one in a hundred."""
    from fairpost.contacts.queries.segments import count_condition

    return timed(lambda: count_condition(connection, ACCOUNT, tree, NOW))


def selection(connection: Any, condition: str) -> BitMap:
    from fairpost.contacts.queries.segments import select_contacts
    from fairpost.segments.parser import parse

    return select_contacts(connection, ACCOUNT, parse(condition), NOW)


def again(
    address: str, connection: Any, tree: Any, italians: BitMap, donors: BitMap, openers: BitMap
) -> tuple[float, float, int]:
    """(median, longest seconds, the last count) with openers and donors folded before each, who must be in it."""
    chance = np.random.default_rng()
    highest, times, found = italians.max(), [], 0
    for _ in range(WARM_COUNTS):
        new = BitMap(chance.integers(1, highest, 10_000, dtype=np.uint32))
        gave = BitMap(chance.integers(1, highest, 1_000, dtype=np.uint32))
        fold(connection, CAMPAIGNS, "OPEN", new, NOW.date())
        fold(connection, CAMPAIGNS, "DONATION", gave, NOW.date())
        openers |= new
        donors |= gave
        seconds, found = counted(address, tree)
        times.append(seconds)
        if found != len((openers & italians) - donors):
            raise SystemExit(f"{found} counted, {len((openers & italians) - donors)} expected")
    return sorted(times)[len(times) // 2], max(times), found


def bare_union(connection: Any) -> float:
    """Seconds to read the same sets from memory and join them, with no database in between."""
    rows = connection.execute(
        "SELECT members FROM event_members WHERE account_id = 1 AND campaign_id > %s AND kind = 1 AND link = -1",
        [CAMPAIGNS - LAST],
    ).fetchall()
    rows += connection.execute("SELECT members FROM event_day_members WHERE account_id = 1 AND kind = 7").fetchall()
    held = [bytes(each) for (each,) in rows]
    return timed(lambda: BitMap.union(*(BitMap.deserialize(each) for each in held)))


def after_changes(address: str, connection: Any, tree: Any, contacts: int) -> float:
    """Seconds of a count after 1,000 contacts changed that lie far apart, so that most chunks are asked anew."""
    every = max(1, contacts // 1_000)
    connection.execute(
        "UPDATE contact SET updated_at = %s WHERE account_id = 1 AND ordinal = ANY(%s)",
        [NOW, list(range(1, contacts, every))],
    )
    return counted(address, tree)[0]


def timed(function: Any) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
