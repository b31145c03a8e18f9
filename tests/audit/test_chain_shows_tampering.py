"""Whoever owns the database can write what they like; the chain says where they did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.builders.audit import (
    ADA,
    as_owner,
    asked,
    kinds,
    note,
    rewrite_chain,
    sealed_notes,
    sequence_of,
    whole,
)

from fairpost.audit.actions.publish_head import publish_head
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.chain import walk
from fairpost.audit.chain.walk import verify
from fairpost.audit.queries import current_head, heads
from fairpost.kernel.clock import SystemClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[5000, 2])
def pages(monkeypatch, request):
    monkeypatch.setattr(walk, "PAGE", request.param)


def places(verdict):
    return [(each.kind, each.sequence, each.event_id) for each in verdict.findings]


def test_an_untouched_chain_is_whole():
    before = whole()
    sealed_notes(5)
    after = whole()
    assert after.sequence == before.sequence + 5
    assert after.payloads == before.payloads + 5
    assert after.hash == current_head().hash != before.hash


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor_via = 'api'",
        "actor_name = 'somebody'",
        "actor_person_id = 8",
        "actor_person_id = NULL",
        "actor_api_key_id = 1",
        "act = 'thing.undone'",
        "account_id = 2",
        "account_id = NULL",
        "subject = 'thing:2'",
        "facts = '{\"n\": 7}'",
        "facts = '{\"n\": 1.0}'",
    ],
)
def test_a_changed_column_is_found_where_it_is(change):
    events = sealed_notes(4)
    with as_owner("audit_event") as cursor:
        cursor.execute(f"UPDATE audit_event SET {change} WHERE id = %s", [events[1]])
    assert places(verify()) == [("event_changed", sequence_of(events[1]), events[1])]


def test_a_reason_that_is_put_in_place_of_another_is_found():
    events = sealed_notes(3)
    with as_owner("audit_payload") as cursor:
        cursor.execute(
            "UPDATE audit_payload SET sealed = (SELECT sealed FROM audit_payload WHERE event_id = %s)"
            " WHERE event_id = %s",
            [events[0], events[1]],
        )
    assert places(verify()) == [("payload_changed", sequence_of(events[1]), events[1])]


def test_a_reason_that_is_deleted_is_not_taken_for_erased():
    events = sealed_notes(3)
    with as_owner("audit_payload") as cursor:
        cursor.execute("DELETE FROM audit_payload WHERE event_id = %s", [events[1]])
    assert places(verify()) == [("payload_missing", sequence_of(events[1]), events[1])]


def test_a_key_that_is_deleted_is_not_taken_for_destroyed():
    sealed_notes(1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subject_key")
    assert kinds(verify()) == {"payload_changed"}


def test_an_event_deleted_in_the_middle_is_named():
    events = sealed_notes(4)
    with as_owner("audit_event") as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [events[2]])
    assert places(verify()) == [("event_missing", sequence_of(events[2]), events[2])]


def test_an_event_deleted_with_its_seal_leaves_a_gap():
    events = sealed_notes(4)
    gone = sequence_of(events[2])
    with as_owner("audit_event", "audit_seal") as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [events[2]])
        cursor.execute("DELETE FROM audit_seal WHERE event_id = %s", [events[2]])
    assert places(verify()) == [("seal_missing", gone, None)]


def test_closing_the_gap_breaks_the_link():
    events = sealed_notes(4)
    gone = sequence_of(events[2])
    with as_owner("audit_event", "audit_seal") as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [events[2]])
        cursor.execute("DELETE FROM audit_seal WHERE event_id = %s", [events[2]])
        cursor.execute("UPDATE audit_seal SET sequence = %s WHERE sequence = %s", [gone, gone + 1])
    assert places(verify()) == [("link_broken", gone, events[3]), ("event_changed", gone, events[3])]


def test_an_event_inserted_behind_the_triggers_is_found():
    sealed_notes(2)
    with as_owner("audit_event") as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, actor_via, act, subject) VALUES ('2199-01-01', 'cli', 'a.b', 'c:1')"
            " RETURNING id"
        )
        forged = cursor.fetchone()[0]
    seal_events()
    assert places(verify()) == [("event_forged", None, forged)]


def test_a_forged_event_with_a_forged_seal_is_found():
    events = sealed_notes(2)
    with as_owner("audit_event", "audit_seal") as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, actor_via, act, subject) VALUES ('2020-01-01', 'cli', 'a.b', 'c:1')"
            " RETURNING id"
        )
        forged = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO audit_seal SELECT sequence + 1, %s, hash, sha256('x'), sealed_at FROM audit_seal"
            " WHERE event_id = %s",
            [forged, events[-1]],
        )
    assert places(verify()) == [("event_changed", sequence_of(forged), forged)]


def test_two_events_that_change_places_are_found():
    events = sealed_notes(4)
    with as_owner("audit_event") as cursor:
        cursor.execute(
            "UPDATE audit_event e SET facts = o.facts, at = o.at, commitment = o.commitment FROM audit_event o"
            " WHERE (e.id, o.id) IN ((%s, %s), (%s, %s))",
            [events[1], events[2], events[2], events[1]],
        )
    assert {place for place in places(verify()) if place[0] == "event_changed"} == {
        ("event_changed", sequence_of(each), each) for each in events[1:3]
    }


def test_two_seals_that_change_places_are_found():
    events = sealed_notes(4)
    first, second = sequence_of(events[1]), sequence_of(events[2])
    with as_owner("audit_seal") as cursor:
        cursor.execute("UPDATE audit_seal SET sequence = -1 + 2147483647 WHERE sequence = %s", [first])
        cursor.execute("UPDATE audit_seal SET sequence = %s WHERE sequence = %s", [first, second])
        cursor.execute("UPDATE audit_seal SET sequence = %s WHERE sequence = -1 + 2147483647", [second])
    found = places(verify())
    assert {("event_changed", first, events[2]), ("event_changed", second, events[1])} <= set(found)
    assert ("link_broken", first, events[2]) in found


def test_a_chain_written_anew_contradicts_the_heads_that_were_published():
    events = sealed_notes(3)
    publish_head()
    published = heads(limit=1000)
    assert published[-1].sequence == sequence_of(events[-1])
    with as_owner("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET act = 'thing.undone' WHERE id = %s", [events[0]])
    rewrite_chain(sequence_of(events[0]))
    assert places(verify()) == [("head_differs", published[-1].sequence, events[-1])]
    with as_owner("audit_head") as cursor:
        cursor.execute("DELETE FROM audit_head")
    whole()
    assert places(verify(published)) == [("head_differs", published[-1].sequence, events[-1])]


def test_a_tail_cut_off_shows_in_the_heads_kept_inside():
    events = sealed_notes(5)
    publish_head()
    last = sequence_of(events[-1])
    with as_owner("audit_event", "audit_seal", "audit_payload") as cursor:
        for table, column in (("audit_event", "id"), ("audit_seal", "event_id"), ("audit_payload", "event_id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} >= %s", [events[3]])
    verdict = verify()
    assert places(verdict) == [("tail_missing", last, None)]
    assert f"Sequence {last} was published, but the table ends at {last - 2}" in verdict.findings[0].text


def test_a_tail_cut_off_with_all_heads_shows_in_those_kept_outside():
    events = sealed_notes(5)
    publish_head()
    outside = heads(limit=1000)
    with as_owner("audit_event", "audit_seal", "audit_payload", "audit_head") as cursor:
        for table, column in (("audit_event", "id"), ("audit_seal", "event_id"), ("audit_payload", "event_id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} >= %s", [events[3]])
        cursor.execute("DELETE FROM audit_head WHERE sequence > %s", [sequence_of(events[2])])
    whole()
    assert places(verify(outside)) == [("tail_missing", sequence_of(events[2]) + 2, None)]


def test_a_tail_grown_again_differs_from_what_was_published():
    events = sealed_notes(3)
    outside = [current_head()]
    with as_owner("audit_event", "audit_seal", "audit_payload") as cursor:
        for table, column in (("audit_event", "id"), ("audit_seal", "event_id"), ("audit_payload", "event_id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [events[-1]])
    note(ADA, reason="something else")
    seal_events()
    whole()
    assert kinds(verify(outside)) == {"head_differs"}


def test_an_event_that_nobody_seals_is_told_after_some_seconds():
    seal_events()
    event = note()
    whole()
    assert places(verify(clock=SystemClock(timedelta(seconds=11)))) == [("event_unsealed", None, event)]


@pytest.mark.parametrize("table", ["audit_seal", "audit_head", "audit_payload"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {column} = 1 WHERE false"])
def test_the_database_refuses_to_change_what_is_appended(table, deed):
    sealed_notes(1)
    publish_head()
    column = "event_id" if table == "audit_payload" else "sequence"
    for replica in (False, True):
        with (
            pytest.raises(DatabaseError, match=f"{table} is append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            if replica:
                cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(deed.format(table, column=column))
    assert asked(f"SELECT count(*) FROM {table}")[0][0] > 0
