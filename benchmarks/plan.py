"""Freezing and batching an audience of millions: seconds, and the peak memory of the process that does it.

The contacts are generated in a database of the bench's own, once, and kept. The segment is a condition over jsonb
attributes; the audience excludes a list and another segment, and 500,000 addresses are suppressed. The result is two
thirds of the contacts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from pyroaring import BitMap

from benchmarks.figure import Figure, limit, report, say
from benchmarks.own_database import prepare_own

ACCOUNT, CAMPAIGN, LIST, SEGMENT, EXCLUDED = 1, 1, 1, 1, 2
SUPPRESSED = 500_000
SECONDS, MEGABYTES = 60, 300
FULL = 30_000_000
START = datetime(2026, 1, 1, tzinfo=UTC)
CONDITION = 'country in ("FR", "IT", "DE") and joined before 2026-01-01'
EXCLUSION = 'plan = "basic"'

# Without indexes and WAL, in as many connections as asked for; the indexes afterwards, each in one sort.
EMPTY = """
    TRUNCATE contact, contact_ordinal, list_chunk, suppression, shared_suppression, contacts_contactlist,
        contacts_segment, batch, batch_audience, batch_outcome RESTART IDENTITY;
    ALTER TABLE contact SET UNLOGGED;
    ALTER TABLE contact DROP CONSTRAINT IF EXISTS contact_pkey;
    ALTER TABLE contact DROP CONSTRAINT IF EXISTS contact_account_id_canonical_key;
    ALTER TABLE contact DROP CONSTRAINT IF EXISTS contact_account_id_canonical_ordinal_key"""
GENERATE = """
    INSERT INTO contact (account_id, ordinal, canonical, attributes, created_at, updated_at)
    SELECT 1, n, 'person.' || n || '@example' || n %% 5003 || '.org', ('{"first_name": "Name' || n %% 9001
        || '", "country": "' || CASE WHEN n %% 5 = 0 THEN 'US' WHEN n %% 3 = 0 THEN 'IT' WHEN n %% 7 = 0 THEN 'DE'
        ELSE 'FR' END || '", "age": ' || 18 + n %% 70 || ', "joined": "20' || 10 + n %% 16 || '-0' || 1 + n %% 9
        || '-1' || n %% 10 || '", "plan": "' || CASE WHEN n %% 20 = 1 THEN 'basic' ELSE 'full' END
        || '", "member": ' || CASE WHEN n %% 2 = 0 THEN 'true' ELSE 'false' END || '}')::jsonb, %s, %s
    FROM generate_series(%s::integer, %s::integer) n"""
INDEX = (
    "ALTER TABLE contact ADD PRIMARY KEY (account_id, ordinal)",
    "ALTER TABLE contact ADD UNIQUE (account_id, canonical) INCLUDE (ordinal)",
)
SUPPRESS = """
    INSERT INTO suppression (account_id, canonical, reach, reason, created_at)
    SELECT 1, canonical, 'account', 'unsubscribed', %s FROM contact
    WHERE account_id = 1 AND ordinal %% %s = %s LIMIT %s"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=FULL)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    address = prepare_own("fairpost_bench_plan")
    if given.measure:
        print(json.dumps(measure(address)))
        return 0
    made = prepare_contacts(address, given.contacts)
    # A process of its own, so that its peak memory is that of planning alone.
    command = [sys.executable, "-m", "benchmarks.plan", "--measure"]
    measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    if abs(measured["members"] / given.contacts - 2 / 3) > 0.05 and given.contacts >= FULL:
        raise SystemExit(f"{measured['members']} members are not two thirds: the figure would say nothing")
    facts: dict[str, Any] = {"contacts": given.contacts, **measured, "generated_in_s": round(made, 1)}
    memory = limit("plan memory", facts.pop("megabytes"), "MB", MEGABYTES, contacts=given.contacts)
    return report([time_limit(facts), memory])


def time_limit(facts: dict[str, Any]) -> Figure:
    return limit("plan", facts["freeze_s"] + facts["batch_s"], "s", SECONDS, **facts)


def prepare_contacts(address: str, contacts: int) -> float:
    """Generates the contacts where there are not exactly so many; returns the seconds it took."""
    with psycopg.connect(address, autocommit=True) as connection:
        # A condition, not a count: counting 30 M rows takes longer than it helps.
        row = connection.execute("SELECT next - 1 FROM contact_ordinal WHERE account_id = 1").fetchone()
        held = connection.execute("SELECT count(*) FROM contacts_segment").fetchone()
        if row and row[0] == contacts and held == (2,) and exists(connection, contacts):
            return 0.0
        say(f"generating {contacts} contacts; they are kept")
        began = time.monotonic()
        connection.execute(EMPTY)
        generate(address, contacts)
        connection.execute("SET maintenance_work_mem = '1GB'")
        for statement in INDEX:
            connection.execute(statement)  # type: ignore[arg-type]
        connection.execute("INSERT INTO contact_ordinal VALUES (1, %s)", (contacts + 1,))
        every = max(1, contacts // SUPPRESSED)
        connection.execute(SUPPRESS, (START, every, every - 1, SUPPRESSED))
        save_audience(connection, contacts)
        connection.execute("VACUUM ANALYZE")
        return time.monotonic() - began


def exists(connection: Any, ordinal: int) -> bool:
    """Whether the last contact is there: a crash of the server empties an unlogged table."""
    row = connection.execute("SELECT 1 FROM contact WHERE account_id = 1 AND ordinal = %s", (ordinal,)).fetchone()
    return row is not None


def generate(address: str, contacts: int, parts: int = 2) -> None:
    """In several connections at once, each with its own range."""
    from concurrent.futures import ThreadPoolExecutor

    def part(number: int) -> None:
        first, last = contacts * number // parts + 1, contacts * (number + 1) // parts
        with psycopg.connect(address, autocommit=True) as connection:
            for start in range(first, last + 1, 1_000_000):
                connection.execute(GENERATE, (START, START, start, min(start + 999_999, last)))

    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(part, range(parts)))


def save_audience(connection: Any, contacts: int) -> None:
    """The list (one in twenty) and the two segments that the audience names."""
    from fairpost.contacts.membership import add_members
    from fairpost.segments.json_form import to_json
    from fairpost.segments.parser import parse

    connection.execute(
        "INSERT INTO contacts_contactlist (account_id, name, created_at) VALUES (1, 'Lately mailed', %s)", (START,)
    )
    for name, condition in (("Supporters", CONDITION), ("Basic", EXCLUSION)):
        connection.execute(
            "INSERT INTO contacts_segment (account_id, name, condition, tree, created_at, updated_at)"
            " VALUES (1, %s, %s, %s, %s, %s)",
            (name, condition, json.dumps(to_json(parse(condition))), START, START),
        )
    with connection.cursor() as cursor:
        add_members(cursor, ACCOUNT, LIST, BitMap(range(2, contacts + 1, 20)))


def measure(address: str) -> dict[str, Any]:
    """Freezes and batches as a campaign's start does."""
    from fairpost.contacts.queries.audience import freeze_audience
    from fairpost.delivery.plan import write_batches
    from fairpost.segments.audience import Audience

    audience = Audience(segments=(SEGMENT,), exclude_lists=(LIST,), exclude_segments=(EXCLUDED,))
    with psycopg.connect(address, autocommit=True) as connection:
        began = time.monotonic()
        frozen = freeze_audience(connection, ACCOUNT, audience, now=START, unit_id=1, sending_domain="example.org")
        done = time.monotonic()
        batches = write_batches(connection, ACCOUNT, CAMPAIGN, frozen.members, START)
        ended = time.monotonic()
    return {
        "members": len(frozen.members),
        "selected": frozen.selected,
        "excluded": frozen.excluded,
        "suppressed": frozen.suppressed,
        "batches": batches,
        "freeze_s": round(done - began, 2),
        "batch_s": round(ended - done, 2),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
