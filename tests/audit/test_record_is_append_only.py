"""What was recorded can be neither changed nor removed, not even by SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from fairpost.audit.actions import record
from fairpost.audit.queries import audit_events
from fairpost.kernel.actor import Actor

MACHINE = Actor(name="machine", via="system")


def note(account_id: int | None = 1, **facts: object) -> int:
    return record(actor=MACHINE, act="thing.done", account_id=account_id, subject="thing:1", facts=facts)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_event SET reason = 'nothing to see'",
        "UPDATE audit_event SET reason = '' WHERE false",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "INSERT INTO audit_event (id, at, actor_via, act, subject) VALUES (1, '2020-01-01', 'cli', 'a.b', 'c:1')"
        " ON CONFLICT (id) DO UPDATE SET act = 'x.y'",
    ],
)
def test_the_database_refuses_to_change_the_record(db, attack):
    event = note()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert audit_events(1)[0].id == event


def test_triggers_hold_in_a_replica_session_too(db):
    note()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_event")


def test_an_act_that_is_rolled_back_leaves_no_row(db):
    before = [each.id for each in audit_events(1)]
    with pytest.raises(RuntimeError), transaction.atomic():
        note()
        raise RuntimeError
    assert [each.id for each in audit_events(1)] == before


def test_pages_by_id_and_keeps_accounts_apart(db):
    mine = [note(account_id=900_001) for _ in range(5)]
    note(account_id=900_002)
    first = audit_events(900_001, limit=3)
    rest = audit_events(900_001, before=first[-1].id, limit=3)
    assert [each.id for each in [*first, *rest]] == mine[::-1]


def test_no_address_gets_into_the_facts(db):
    for facts in ({"to": "ada@example.org"}, {"all": ["x", {"deep": "a@b.example"}]}):
        with pytest.raises(ValueError, match="addresses"):
            note(**facts)


def test_a_persons_name_stays_out_of_the_record(db):
    event = record(
        actor=Actor(name="Ada Person", via="web", person_id=7), act="thing.done", account_id=1, subject="thing:1"
    )
    row = audit_events(1)[0]
    assert (row.id, row.actor_name, row.actor_person_id) == (event, "", 7)


def test_an_act_must_be_noun_and_verb(db):
    with pytest.raises(ValueError, match=r"noun\.verbed"):
        record(actor=MACHINE, act="did something", account_id=1, subject="thing:1")
