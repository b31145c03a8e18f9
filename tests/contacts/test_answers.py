"""Kept answers never change what a condition selects: whatever changes, in whatever order, seen from anywhere."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.builders.contacts import import_file, raw_connection
from tests.builders.tenants import make_account

from fairpost.audit.holds import Held
from fairpost.contacts.forget_answers import MANY, forget_answers, sum_up_versions
from fairpost.contacts.queries.answers import LOCK, answers, chunks_of, kept_answers, key_of
from fairpost.contacts.queries.audience import suppressed
from fairpost.contacts.queries.scan import EVERYBODY, compiled
from fairpost.contacts.queries.segments import select_contacts
from fairpost.contacts.queries.suppressed_contacts import PARTS, suppressed_contacts, suppression_key
from fairpost.contacts.queries.suppressions import Mailing
from fairpost.segments.parser import parse

TODAY = date(2026, 5, 17)
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
ACCOUNT, OTHER = 71, 72
CHUNK = 1 << 16
PLACES = [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 20 * CHUNK]  # in three chunks, far enough apart for two questions
QUESTIONS = [
    compiled(parse(text), TODAY) for text in ('country = "IT"', "age >= 3", 'added on 2026-05-17 or email contains "1"')
] + [compiled(EVERYBODY, TODAY), compiled(parse("email is set"), TODAY)]  # the last two are one question
INSERT = """
    INSERT INTO contact (account_id, ordinal, canonical, attributes, created_at, updated_at)
    VALUES (%s, %s, %s, %s, '2026-05-17Z', '2026-05-17Z') ON CONFLICT DO NOTHING"""


def directly(on, account_id: int, asked) -> set[int]:
    sql, values = asked
    rows = on.execute(f"SELECT c.ordinal FROM contact c WHERE c.account_id = %s AND {sql}", [account_id, *values])
    return {ordinal for (ordinal,) in rows}


def told(on, account_id: int = ACCOUNT, questions=QUESTIONS, today: date = TODAY) -> list[set[int]]:
    return [set(each) for each in answers(on, account_id, questions, today)]


def suppressed_truth(on, account_id: int = ACCOUNT) -> set[int]:
    return set(suppressed(on, Mailing(account_id)))


def truth(on, account_id: int = ACCOUNT) -> list[set[int]]:
    return [directly(on, account_id, each) for each in QUESTIONS]


def suppress(on, ordinal: int, reach: str = "account", account_id: int = ACCOUNT) -> None:
    on.execute(
        "INSERT INTO suppression VALUES (%s, %s, %s, '', 'x', 'x', '2026-05-17Z') ON CONFLICT DO NOTHING",
        [account_id, f"c{ordinal}@x.org", reach],
    )


def lift(on, ordinal: int, account_id: int = ACCOUNT) -> None:
    on.execute(
        "DELETE FROM suppression WHERE account_id = %s AND canonical = %s AND reach = 'account'",
        [account_id, f"c{ordinal}@x.org"],
    )


def write(on, ordinal: int, country: str = "IT", account_id: int = ACCOUNT) -> None:
    on.execute(INSERT, [account_id, ordinal, f"c{ordinal}@x.org", json.dumps({"country": country, "age": ordinal % 7})])


def change(on, ordinal: int, country: str, account_id: int = ACCOUNT) -> None:
    on.execute(
        "UPDATE contact SET attributes = attributes || %s WHERE account_id = %s AND ordinal = %s",
        [json.dumps({"country": country}), account_id, ordinal],
    )


def remove(on, ordinal: int, account_id: int = ACCOUNT) -> None:
    on.execute("DELETE FROM contact WHERE account_id = %s AND ordinal = %s", [account_id, ordinal])


def fill(on) -> None:
    for account_id in (ACCOUNT, OTHER):
        on.execute("INSERT INTO contact_ordinal VALUES (%s, %s)", [account_id, 20 * CHUNK + 2])
        for ordinal in PLACES:
            write(on, ordinal, "IT" if ordinal % 2 else "FR", account_id)


def spoil(on, asked, chunk: int, members: set[int] = frozenset()) -> None:
    """Puts something false into a kept answer: whoever still believes it shows that nothing was asked anew."""
    on.execute(
        "UPDATE segment_answer SET members = %s WHERE account_id = %s AND condition = %s AND chunk = %s",
        [BitMap(members).serialize(), ACCOUNT, key_of(asked), chunk],
    )


def kept(on) -> int:
    return on.execute("SELECT count(*) FROM segment_answer").fetchone()[0]


@pytest.fixture
def contacts(db):
    fill(raw_connection())
    return raw_connection()


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["write", "change", "remove", "suppress", "lift", "move", "ask", "ask one", "sum up", "undo", "many"]
        ),
        st.sampled_from([*PLACES, 3]),
        st.sampled_from(["IT", "FR"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_the_answer_is_that_of_a_look_at_all_contacts(contacts, steps):
    for act, ordinal, country in steps:
        match act:
            case "write":
                write(contacts, ordinal, country)
            case "change":
                change(contacts, ordinal, country)
            case "remove":
                remove(contacts, ordinal)
            case "suppress":
                suppress(contacts, ordinal, "account" if country == "IT" else "list")
            case "lift":
                lift(contacts, ordinal)
            case "move":
                contacts.execute(
                    "UPDATE contact SET canonical = 'c3@x.org' WHERE account_id = %s AND ordinal = %s AND NOT EXISTS"
                    " (SELECT FROM contact WHERE account_id = %s AND canonical = 'c3@x.org')",
                    [ACCOUNT, ordinal, ACCOUNT],
                )
            case "ask":
                assert told(contacts) == truth(contacts)
                assert set(suppressed_contacts(contacts, ACCOUNT, TODAY)) == suppressed_truth(contacts)
            case "ask one":
                assert told(contacts, questions=QUESTIONS[:1]) == truth(contacts)[:1]
            case "sum up":
                sum_up_versions()
            case "undo":
                contacts.execute("SAVEPOINT undone")
                change(contacts, ordinal, country)
                told(contacts)
                contacts.execute("ROLLBACK TO SAVEPOINT undone")
            case "many":
                contacts.execute(
                    "UPDATE contact SET attributes = %s WHERE account_id IN (%s, %s)",
                    [json.dumps({"country": country, "age": 4}), ACCOUNT, OTHER],
                )
    assert told(contacts) == truth(contacts)
    assert told(contacts, OTHER) == truth(contacts, OTHER)
    assert set(suppressed_contacts(contacts, ACCOUNT, TODAY)) == suppressed_truth(contacts)


def test_only_the_chunk_that_changed_is_asked_again(contacts):
    italians = QUESTIONS[0]
    assert told(contacts) == truth(contacts)
    for chunk in (0, 1, 20):
        spoil(contacts, italians, chunk, {7 + chunk * CHUNK})
    assert told(contacts)[0] == {7, 7 + CHUNK, 7 + 20 * CHUNK}  # believed: nothing changed
    change(contacts, CHUNK, "IT")
    assert told(contacts)[0] == {7, CHUNK, CHUNK + 1, 7 + 20 * CHUNK}
    change(contacts, 2, "IT", OTHER)  # another account's
    assert 7 in told(contacts)[0]
    remove(contacts, 1)
    write(contacts, 20 * CHUNK, "FR")  # is there already: nothing changes
    assert told(contacts)[0] == {CHUNK - 1, CHUNK, CHUNK + 1, 7 + 20 * CHUNK}


def test_another_condition_value_or_day_is_another_question(contacts):
    for text, day, ordinals in (
        ('country = "IT"', TODAY, {1, CHUNK - 1, CHUNK + 1}),
        ('country = "FR"', TODAY, {2, CHUNK, 20 * CHUNK}),
        ("added before today", TODAY, set()),
        ("added before today", TODAY + timedelta(days=1), set(PLACES)),
        ("added before today", TODAY, set()),
    ):
        assert told(contacts, questions=[compiled(parse(text), day)], today=day) == [ordinals]


def test_a_chunk_that_is_new_is_asked(contacts):
    assert told(contacts) == truth(contacts)
    contacts.execute("UPDATE contact_ordinal SET next = %s WHERE account_id = %s", [40 * CHUNK, ACCOUNT])
    write(contacts, 39 * CHUNK)
    assert 39 * CHUNK in told(contacts)[0]
    assert told(contacts) == truth(contacts)


def test_an_import_is_seen(db):
    tenant = make_account()
    account_id, asked = tenant.account_id, [compiled(parse('country = "IT"'), TODAY)]
    counts = []
    for rows in ("a@x.org,IT\nb@x.org,FR\n", "b@x.org,IT\nc@x.org,IT\n", "c@x.org,FR\n"):
        import_file(tenant, "email,country\n" + rows)
        counts.append(len(told(raw_connection(), account_id, asked)[0]))
    assert counts == [1, 3, 2]


def test_an_emptied_table_is_seen(contacts):
    assert told(contacts) == truth(contacts)
    contacts.execute("TRUNCATE contact")
    assert told(contacts) == [set()] * len(QUESTIONS)


def test_many_changes_are_summed_up_and_mean_the_same(contacts):
    assert told(contacts) == truth(contacts)
    spoil(contacts, QUESTIONS[0], 20, {7})
    for number in range(MANY + 2):
        change(contacts, 1, "IT" if number % 2 else "FR")
    assert sum_up_versions() == 1
    assert contacts.execute("SELECT count(*), sum(version) FROM contact_chunk WHERE account_id = %s AND chunk = 0",
                            [ACCOUNT]).fetchone() == (1, MANY + 5)  # fmt: skip
    assert sum_up_versions() == 0
    assert told(contacts)[0] == {1, 7, CHUNK - 1, CHUNK + 1}


def test_answers_go_a_week_after_they_were_last_used(contacts):
    told(contacts, questions=QUESTIONS[:2])
    week = timedelta(days=7)
    told(contacts, questions=QUESTIONS[:1], today=TODAY + week)
    before = kept(contacts)
    assert forget_answers(NOW + timedelta(days=1), Held(frozenset())) == before // 2
    assert forget_answers(NOW + timedelta(days=1), Held(frozenset())) == 0
    spoil(contacts, QUESTIONS[0], 0, {7})
    assert 7 in told(contacts)[0]


def test_who_is_suppressed_is_asked_again_for_the_address_that_changed_alone(contacts):
    def now() -> set[int]:
        return set(suppressed_contacts(contacts, ACCOUNT, TODAY))

    for ordinal in (1, 2, CHUNK):
        suppress(contacts, ordinal)
    suppress(contacts, CHUNK + 1, account_id=OTHER)
    suppress(contacts, CHUNK - 1, "list")
    assert now() == {1, 2, CHUNK}
    part = contacts.execute("SELECT address_chunk('c2@x.org')").fetchone()[0]
    contacts.execute(
        "UPDATE segment_answer SET members = %s WHERE account_id = %s AND chunk = %s",
        [BitMap([7]).serialize(), ACCOUNT, part],
    )
    suppress(contacts, 20 * CHUNK)
    lift(contacts, 1)
    assert now() == {7, CHUNK, 20 * CHUNK}  # what was kept for the second one's address is believed
    contacts.execute("INSERT INTO shared_suppression VALUES ('c1@x.org', 'installation', '', 'x', 'x', '2026-05-17Z')")
    assert now() == {1, 7, CHUNK, 20 * CHUNK}
    remove(contacts, 2)
    write(contacts, 2)
    assert now() == {1, 2, CHUNK, 20 * CHUNK}
    suppress(contacts, 3)
    assert now() == {1, 2, CHUNK, 20 * CHUNK}
    write(contacts, 3)  # the address was suppressed before the contact came
    assert now() == {1, 2, 3, CHUNK, 20 * CHUNK}
    contacts.execute("UPDATE contact SET canonical = 'new@x.org' WHERE account_id = %s AND ordinal = 3", [ACCOUNT])
    assert now() == {1, 2, CHUNK, 20 * CHUNK}
    contacts.execute("TRUNCATE suppression")
    assert now() == {1}


@pytest.fixture
def open_connections(transactional_db, database_url):
    """As many connections to the same contacts as a test asks for."""
    found = []

    def another(**options):
        found.append(psycopg.connect(database_url, **{"autocommit": True, **options}))
        return found[-1]

    fill(another())
    yield another
    for each in found:
        each.close()


def test_what_is_not_committed_is_seen_by_who_does_it_and_by_nobody_else(open_connections):
    writer, reader = open_connections(), open_connections()
    before = truth(reader)
    with writer.transaction():
        change(writer, 1, "FR")
        change(writer, CHUNK, "IT")
        assert told(reader) == before
        assert told(writer) == truth(writer) != before
        assert told(reader) == before
    assert told(reader) == truth(reader) != before
    after = truth(reader)
    with writer.transaction(force_rollback=True):
        change(writer, 1, "IT")
        assert told(writer) == truth(writer) != after
        remove(writer, 2)
        assert told(writer) == truth(writer)
    assert told(writer) == told(reader) == after


def test_an_answer_found_before_a_change_is_not_believed_after_it(open_connections):
    """A reader whose snapshot is older than a change writes down what it found when the change is long committed."""
    slow, writer, reader = open_connections(), open_connections(), open_connections()
    with slow.transaction():
        slow.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old = truth(slow)
        change(writer, 1, "FR")
        remove(writer, 20 * CHUNK)
        assert told(slow) == old
    assert kept(reader)
    assert told(reader) == truth(reader) != old


def test_who_cannot_write_answers_down_counts_all_the_same(open_connections):
    busy, reader = open_connections(), open_connections(options="-c lock_timeout=2s")
    with busy.transaction():
        busy.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, ACCOUNT])
        assert told(reader) == truth(reader)
        assert kept(reader) == 0
    assert told(reader) == truth(reader)
    assert kept(reader) > 0


def test_among_writers_and_readers_every_kept_answer_is_true_in_the_snapshot_that_shows_it(open_connections):
    """The property that all rests on, looked at while four others change, ask, undo and sum up."""
    over = threading.Event()
    failures: list[BaseException] = []

    def until_over(act) -> threading.Thread:
        own = open_connections()

        def run() -> None:
            number = 0
            try:
                while not over.wait(0.002):  # else nothing kept would live long enough to be looked at
                    number += 1
                    act(own, number)
            except BaseException as error:  # told below: a thread's own would be lost
                failures.append(error)

        return threading.Thread(target=run)

    def edit(own, number: int) -> None:
        with own.transaction(force_rollback=number % 5 == 0):
            for ordinal in PLACES[number % 4 : number % 4 + 2]:
                change(own, ordinal, "IT" if number % 3 else "FR")

    def come_and_go(own, number: int) -> None:
        (remove if number % 2 else write)(own, PLACES[number // 2 % len(PLACES)])

    def unsubscribe(own, number: int) -> None:
        (lift if number % 2 else suppress)(own, PLACES[number // 2 % len(PLACES)])
        suppressed_contacts(own, ACCOUNT, TODAY)

    def sum_up(own, _number: int) -> None:
        with own.transaction():
            own.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK + 1, ACCOUNT])
            own.execute(
                "WITH gone AS (DELETE FROM contact_chunk WHERE account_id = %s RETURNING chunk, version)"
                " INSERT INTO contact_chunk SELECT %s, chunk, sum(version) FROM gone GROUP BY chunk",
                [ACCOUNT, ACCOUNT],
            )

    threads = [until_over(each) for each in (edit, come_and_go, sum_up, lambda own, _n: told(own), unsubscribe)]
    looker = open_connections()
    for each in threads:
        each.start()
    seen = 0
    try:
        for _round in range(60):
            told(looker)
            suppressed_contacts(looker, ACCOUNT, TODAY)
            with looker.transaction():
                looker.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                seen += look_at_all_kept(looker)
                seen += look_at_suppressed(looker)
    finally:
        over.set()
        for each in threads:
            each.join()
    assert not failures
    assert seen > 20
    assert told(looker) == truth(looker)
    assert set(suppressed_contacts(looker, ACCOUNT, TODAY)) == suppressed_truth(looker)


def look_at_all_kept(looker) -> int:
    count, seen = chunks_of(looker, ACCOUNT), 0
    by_key = {key_of(each): each for each in QUESTIONS}
    found, missing = kept_answers(looker, ACCOUNT, by_key, range(count), TODAY)
    for key, asked in by_key.items():
        known = {chunk for chunk in range(count) if key not in missing[chunk]}
        expected = {each for each in directly(looker, ACCOUNT, asked) if each >> 16 in known}
        assert set(found[key]) == expected
        seen += len(known & {0, 1, 20})
    return seen


def look_at_suppressed(looker) -> int:
    found, missing = kept_answers(looker, ACCOUNT, [suppression_key(ACCOUNT)], PARTS, TODAY)
    known = {part for part, keys in zip(PARTS, missing, strict=True) if not keys}
    rows = looker.execute("SELECT ordinal, address_chunk(canonical) FROM contact WHERE account_id = %s", [ACCOUNT])
    part_of = dict(rows.fetchall())
    expected = {each for each in suppressed_truth(looker) if part_of[each] in known}
    assert set(found[suppression_key(ACCOUNT)]) == expected
    return len(known & set(part_of.values()))


def test_erased_and_added_again(contacts):
    tree = parse('country = "IT"')
    first = set(select_contacts(contacts, ACCOUNT, tree, NOW))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE account_id = %s AND ordinal = 1", [ACCOUNT])
    assert set(select_contacts(contacts, ACCOUNT, tree, NOW)) == first - {1}
    write(contacts, 1)
    assert set(select_contacts(contacts, ACCOUNT, tree, NOW)) == first
