"""Importing a CSV file with validation, over a bare COPY and INSERT ... ON CONFLICT into a table with the same indexes.

The ceiling does what a script would: the file as it is into an unlogged staging table, then one statement that makes
jsonb of the columns and upserts. No validation, no canonical form, no ordinals kept, no list, no summary.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figure import rate, report, say
from benchmarks.own_database import prepare_own
from benchmarks.stage import FOLDER

ACCOUNT = 1
NAMES = ("Anna", "Marco", "Lucía", "Jean", "Zoë", "Peter", "Ada", "Ben", "Mara", "Noor", "Émile", "Giulia", "Tomás")
CITIES = ("Torino", "Lyon", "Köln", "Bern", "Oslo", "Łódź", "Porto", "Malmö", "Gent", "Brno", "Vaasa", "Cork")

CREATE_BARE = """
    DROP TABLE IF EXISTS bare_staging, bare_contact;
    CREATE UNLOGGED TABLE bare_staging (
        email text, first_name text, last_name text, city text, age integer, joined date, member boolean);
    CREATE TABLE bare_contact (LIKE contact INCLUDING ALL)"""
COPY_BARE = "COPY bare_staging FROM STDIN (FORMAT csv, HEADER true)"
INSERT_BARE = """
    INSERT INTO bare_contact (account_id, ordinal, canonical, attributes, created_at, updated_at)
    SELECT 1, row_number() OVER (), email, jsonb_build_object('first_name', first_name, 'last_name', last_name,
        'city', city, 'age', age, 'joined', joined, 'member', member), %s, %s
    FROM bare_staging
    ON CONFLICT (account_id, canonical) DO UPDATE
    SET attributes = bare_contact.attributes || excluded.attributes, updated_at = excluded.updated_at"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2, help="of each; the best counts")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    prepare_own("fairpost_bench_import")
    path = make_file(given.rows)
    ours, bare = [], []
    for number in range(given.rounds):
        for measure, times in ((ceiling, bare), (whole_import, ours)) if number % 2 == 0 else (
            (whole_import, ours), (ceiling, bare),
        ):  # fmt: skip
            times.append(measure(path, given.rows))
            say(f"{measure.__name__}: {times[-1]['seconds']:.2f} s")
    best, top = min(ours, key=seconds), min(bare, key=seconds)
    return report(
        [
            rate(
                "import", given.rows / seconds(best), "rows/s", given.rows / seconds(top), 0.7,
                rows=given.rows, attributes=6, staging_s=round(best["staging"], 2), merge_s=round(best["merge"], 2),
                bare_copy_s=round(top["copy"], 2), bare_insert_s=round(top["insert"], 2),
            )
        ]
    )  # fmt: skip


def seconds(measured: dict[str, float]) -> float:
    return measured["seconds"]


def make_file(rows: int) -> Path:
    """A file as it might come: six attributes, addresses in no order, some letters beyond ASCII."""
    path = FOLDER / f"import-{rows}.csv"
    if path.exists():
        return path
    say(f"writing {rows} rows")
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(20)
    with path.with_suffix(".part").open("w", encoding="utf-8") as file:
        file.write("email,first_name,last_name,city,age,joined,member\n")
        for number in range(rows):
            person = number * 7_654_321 % 1_000_000_007
            file.write(
                f"person.{person}@example{person % 5003}.org,{chance.choice(NAMES)},Name{person % 90_001},"
                f"{chance.choice(CITIES)},{chance.randrange(18, 95)},20{chance.randrange(10, 25)}-"
                f"{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02},{chance.choice(('yes', 'no'))}\n"
            )
    path.with_suffix(".part").rename(path)
    return path


def ceiling(path: Path, rows: int) -> dict[str, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CREATE_BARE)
        cursor.execute("CHECKPOINT")
        began = time.monotonic()
        with cursor.copy(COPY_BARE) as copy, path.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        copied = time.monotonic()
        now = datetime.now(UTC)
        cursor.execute(INSERT_BARE, [now, now])
        ended = time.monotonic()
        expect(cursor, "bare_contact", rows)
        cursor.execute("DROP TABLE bare_staging, bare_contact")
    return {"seconds": ended - began, "copy": copied - began, "insert": ended - copied}


def whole_import(path: Path, rows: int) -> dict[str, float]:
    """The product's own import into an empty account, from the file's name to the summary."""
    from django.db import connection

    from fairpost.contacts.actions.import_contacts import Source, import_contacts
    from fairpost.tenants.actors import local_operator

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contact, contact_ordinal, list_chunk")
        cursor.execute("CHECKPOINT")
    marks: dict[str, float] = {}

    def watch(progress: Any) -> None:
        if progress.merging:
            marks["staged"] = time.monotonic()

    began = time.monotonic()
    summary = import_contacts(
        actor=local_operator(),
        account_id=ACCOUNT,
        source=Source(path, path.name),
        consent="generated",
        watch=watch,
    )
    ended = time.monotonic()
    if summary.new != rows:
        raise SystemExit(f"{summary.new} of {rows} rows became contacts: the figure would say nothing")
    with connection.cursor() as cursor:
        expect(cursor, "contact", rows)
    return {"seconds": ended - began, "staging": marks["staged"] - began, "merge": ended - marks["staged"]}


def expect(cursor: Any, table: str, rows: int) -> None:
    cursor.execute(f"SELECT count(*) FROM {table}")
    if cursor.fetchone()[0] != rows:
        raise SystemExit(f"{table} has not {rows} rows: the figure would say nothing")


if __name__ == "__main__":
    sys.exit(main())
