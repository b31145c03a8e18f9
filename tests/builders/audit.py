"""Writes into the record, and tampers with it as the owner of the database can."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from fairpost.audit.actions import record
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.chain.encoding import TEXTS, seal_hash
from fairpost.audit.chain.walk import Verdict, verify
from fairpost.kernel.actor import Actor

MACHINE = Actor(name="machine", via="system")
ADA = Actor(name="Ada Person", via="web", person_id=7)


def note(actor: Actor = MACHINE, *, account_id: int | None = 1, reason: str | None = None, **facts: object) -> int:
    return record(actor=actor, act="thing.done", account_id=account_id, subject="thing:1", reason=reason, facts=facts)


def sealed_notes(number: int) -> list[int]:
    """So many fresh events, sealed one after the other at the end of the chain."""
    seal_events()
    events = [note(ADA, reason=f"because {n}", n=n) for n in range(number)]
    seal_events()
    return events


def sequence_of(event_id: int) -> int:
    return asked("SELECT sequence FROM audit_seal WHERE event_id = %s", event_id)[0][0]


def asked(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@contextmanager
def as_owner(*tables: str):
    """The owner of the tables switches their triggers off, and on again when the deed is done."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def rewrite_chain(first: int) -> None:
    """What a careful forger does: every seal from `first` on is computed anew over the record as it is now."""
    with as_owner("audit_seal") as cursor:
        cursor.execute("SELECT hash FROM audit_seal WHERE sequence = %s", [first - 1])
        previous = bytes((cursor.fetchone() or [bytes(32)])[0])
        cursor.execute(
            "SELECT s.sequence, to_char(s.sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
            f" {TEXTS} FROM audit_seal s JOIN audit_event e ON e.id = s.event_id WHERE s.sequence >= %s ORDER BY 1",
            [first],
        )
        for sequence, sealed_at, *event in cursor.fetchall():
            link = seal_hash(sequence, previous, sealed_at, event)
            cursor.execute(
                "UPDATE audit_seal SET previous = %s, hash = %s WHERE sequence = %s", [previous, link, sequence]
            )
            previous = link


def kinds(verdict: Verdict) -> set[str]:
    return {finding.kind for finding in verdict.findings}


def whole() -> Verdict:
    """The verdict on a chain without fault; fails where it has one."""
    verdict = verify()
    assert verdict.findings == ()
    return verdict
