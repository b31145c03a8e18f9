"""Every event is sealed once, in the order in which it became visible, by however many sealers."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import psycopg
from django.db import connection, transaction
from tests.builders.audit import MACHINE, asked, note, sealed_notes, sequence_of, whole

from fairpost.audit.actions import record
from fairpost.audit.actions import seal_events as module
from fairpost.audit.actions.publish_head import publish_head
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.chain.walk import verify
from fairpost.audit.queries import current_head, heads
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.runtime.jobs import JOBS
from fairpost.runtime.worker import Worker

INSERT = "INSERT INTO audit_event (at, actor_via, act, subject) VALUES (now(), 'system', 'a.b', 'c:1') RETURNING id"


def test_an_event_that_commits_late_is_sealed_later_and_not_missed(transactional_db, database_url):
    with psycopg.connect(database_url) as slow:
        late = slow.execute(INSERT).fetchone()[0]
        early = note()
        assert late < early
        seal_events()
        seal_events()
        assert asked("SELECT count(*) FROM audit_seal WHERE event_id = %s", late) == [(0,)]
        slow.commit()
    assert seal_events() == 1
    assert sequence_of(late) == sequence_of(early) + 1
    whole()


def test_an_event_that_is_rolled_back_leaves_no_gap_in_the_chain(transactional_db, database_url):
    with psycopg.connect(database_url) as gone:
        gone.execute(INSERT)
        gone.rollback()
    first, second = note(), note()
    seal_events()
    assert sequence_of(second) == sequence_of(first) + 1
    whole()


def test_sealers_that_run_at_once_seal_each_event_once(transactional_db, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 7)
    seal_events()
    wanted = 200
    written = threading.Event()
    counts, faults = [], []

    def sealer():
        try:
            count = 0
            while True:
                ended = written.is_set()
                count += seal_events()
                if ended:
                    counts.append(count)
                    return
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sealer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(wanted):
        note(n=n)
    written.set()
    for thread in threads:
        thread.join(60)
    assert not faults and sum(counts) == wanted
    whole()


def test_what_waits_again_though_it_is_sealed_is_left_alone(db):
    (event,) = sealed_notes(1)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_unsealed VALUES (%s)", [event])
    assert seal_events() == 0
    whole()


def test_the_worker_seals_within_a_second(transactional_db, database_url):
    seal_events()
    worker = Worker([job for job in JOBS if job.name == "seal the record"], database_url)
    worker.start()
    try:
        waited = [until_sealed(note()) for _n in range(6)]
    finally:
        assert worker.stop()
    assert sorted(waited)[1] < 1.0, "a busy machine may delay some of them"
    whole()


def until_sealed(event: int) -> float:
    began = time.monotonic()
    while not asked("SELECT 1 FROM audit_seal WHERE event_id = %s", event):
        assert time.monotonic() < began + 20
        time.sleep(0.01)
    return time.monotonic() - began


def test_thousands_of_events_a_second_are_sealed(transactional_db):
    seal_events()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, actor_via, act, subject, facts)"
            " SELECT now(), 'system', 'a.b', 'c:' || n, jsonb_build_object('n', n) FROM generate_series(1, 10000) n"
        )
    began = time.monotonic()
    assert seal_events() == 10_000
    assert 10_000 / (time.monotonic() - began) > 1000, "on a busy machine; a quiet one does many times that"
    whole()


def test_a_head_is_published_at_most_every_minute_and_only_after_something_new(db):
    clock = FixedClock(SYSTEM_CLOCK.now() + timedelta(days=1))
    sealed_notes(1)
    assert publish_head(clock) == 1
    assert publish_head(clock) == 0
    sealed_notes(1)
    clock.advance(timedelta(seconds=59))
    assert publish_head(clock) == 0
    clock.advance(timedelta(seconds=1))
    assert publish_head(clock) == 1
    clock.advance(timedelta(hours=1))
    assert publish_head(clock) == 0
    last = heads(limit=100_000)[-1]
    assert (last.sequence, last.hash) == (current_head().sequence, current_head().hash)
    assert heads(after=last.sequence) == []


def test_texts_of_every_alphabet_and_odd_facts_are_sealed_alike_by_both(db):
    record(
        actor=MACHINE,
        act="thing.done",
        account_id=None,
        subject="thing:1",
        reason='Größe "\\" \x1f \u2028 日本 😀',
        facts={"ü": [1, 2.50, None, True, {"b": 1e30, "a": '"'}], "tab": "\t\x7f"},
    )
    with transaction.atomic():
        seal_events()
    assert verify().findings == ()
