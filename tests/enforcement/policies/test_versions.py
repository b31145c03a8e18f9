"""A clause has one version at any time, dated to the instant; what was published stays as it was."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from tests.builders.policies import CATEGORY, KEYWORD, TEXTS, make_clause, policy_manager
from tests.builders.tenants import make_account, make_person

from fairpost.audit.models import AuditEvent
from fairpost.enforcement.actions.publish_clause import publish_clause
from fairpost.enforcement.models import PolicyClause
from fairpost.enforcement.policies.digest import digest
from fairpost.enforcement.queries.policies import clause, clause_by_id, clauses, versions
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actors import local_operator

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def clock(db: None) -> FixedClock:
    return FixedClock(NOON)


def test_a_first_version_holds_from_the_moment_it_is_published(clock: FixedClock):
    made = make_clause(clock=clock)
    assert (made.label, made.effective_from, made.effective_to) == ("violence@1", NOON, None)
    assert clause("violence", at=NOON) == made == clause_by_id(made.id) == clause("violence@1") == clause("violence", 1)
    with pytest.raises(NotFound, match="violence"):
        clause("violence", at=NOON - timedelta(microseconds=1))


def test_the_next_version_begins_in_the_instant_in_which_the_one_before_ends(clock: FixedClock):
    make_clause(clock=clock)
    change = NOON + timedelta(days=7)
    make_clause(clock=clock, effective_from=change)
    assert clause("violence", at=change - timedelta(microseconds=1)).version == 1
    assert clause("violence", at=change).version == 2
    assert clause("violence", 1).effective_to == change
    assert [each.label for each in clauses(change)] == ["violence@2"]
    assert [each.version for each in versions("violence")] == [2, 1]


def test_a_date_in_a_time_zone_is_that_instant(clock: FixedClock):
    """02:30 is there twice in the night in which Paris goes back to winter time."""
    make_clause(clock=clock)
    second_time = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)
    made = make_clause(clock=clock, effective_from=second_time)
    assert made.effective_from == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert clause("violence", at=datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=PARIS)).version == 1
    assert clause("violence", at=second_time).version == 2


def test_the_hash_does_not_depend_on_the_zone_in_which_a_date_is_written(clock: FixedClock):
    there = (NOON + timedelta(days=1)).astimezone(timezone(timedelta(hours=-5)))
    made = make_clause(clock=clock, effective_from=there)
    published = {
        "code": "violence",
        "version": 1,
        "texts": TEXTS,
        "dsa_category": CATEGORY,
        "dsa_keywords": [KEYWORD],
        "ground": "incompatible",
        "effective_from": NOON + timedelta(days=1),
    }
    assert made.hash == digest(published)


def test_a_time_without_zone_is_refused(clock: FixedClock):
    with pytest.raises(Invalid, match="time zone") as caught:
        make_clause(clock=clock, effective_from=datetime(2026, 7, 1))
    assert caught.value.field == "effective_from"


def test_nothing_holds_from_a_time_in_the_past(clock: FixedClock):
    with pytest.raises(Invalid, match="in the past"):
        make_clause(clock=clock, effective_from=NOON - timedelta(seconds=1))


def test_versions_cannot_overlap(clock: FixedClock):
    make_clause(clock=clock)
    make_clause(clock=clock, effective_from=NOON + timedelta(days=9))
    for days in (8, 9):
        with pytest.raises(Conflict, match="must begin later"):
            make_clause(clock=clock, effective_from=NOON + timedelta(days=days))
    assert len(versions("violence")) == 2


def test_a_clause_whose_time_has_not_come_is_read_by_number_only(clock: FixedClock):
    make_clause(clock=clock, effective_from=NOON + timedelta(days=1))
    assert clauses(NOON) == []
    assert clause("violence", 1).version == 1
    with pytest.raises(NotFound):
        clause("violence", at=NOON)


def test_two_who_publish_at_once_get_two_versions_in_a_row(transactional_db: None):
    actor = policy_manager()
    made: list[int] = []

    def publish() -> None:
        try:
            made.append(make_clause("fraud", actor=actor).version)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(made) == [1, 2, 3, 4]
    rows = versions("fraud")[::-1]
    assert [before.effective_to for before in rows[:-1]] == [after.effective_from for after in rows[1:]]


CHANGES = {
    "texts": "'{}'",
    "code": "'hate'",
    "version": "7",
    "ground": "'illegal'",
    "dsa_category": "'x'",
    "dsa_keywords": "'[]'",
    "hash": "'x'",
    "effective_from": "now()",
    "created_at": "now()",
}


@pytest.mark.parametrize("column", CHANGES)
def test_the_owner_of_the_table_cannot_change_what_was_published(clock: FixedClock, column: str):
    make_clause(clock=clock)
    refused(f"UPDATE policy_clause SET {column} = {CHANGES[column]}")
    refused(f"UPDATE policy_clause SET effective_to = '2030-01-01', {column} = {CHANGES[column]}")


def test_an_end_is_set_once(clock: FixedClock):
    make_clause(clock=clock)
    make_clause(clock=clock, effective_from=NOON + timedelta(days=1))
    refused("UPDATE policy_clause SET effective_to = '2030-01-01' WHERE version = 1")
    refused("UPDATE policy_clause SET effective_to = NULL WHERE version = 1")


def test_nothing_published_can_be_removed(clock: FixedClock):
    make_clause(clock=clock)
    refused("DELETE FROM policy_clause")


def test_replication_mode_does_not_switch_the_guard_off(clock: FixedClock):
    make_clause(clock=clock)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    refused("UPDATE policy_clause SET hash = 'x'")


@pytest.mark.parametrize(
    ("version", "begins"), [(1, "2026-07-01"), (3, "2026-07-01"), (2, "2026-06-30"), (2, "2026-08-01")]
)
def test_the_database_refuses_a_wrong_number_a_gap_and_an_overlap(clock: FixedClock, version: int, begins: str):
    first = make_clause(clock=clock)
    PolicyClause.objects.filter(id=first.id).update(effective_to=datetime(2026, 7, 1, tzinfo=UTC))
    refused(
        "INSERT INTO policy_clause (code, version, effective_from, texts, dsa_category, dsa_keywords, ground, hash,"
        f" created_at) SELECT code, {version}, '{begins}', texts, dsa_category, dsa_keywords, ground, 'x', created_at"
        " FROM policy_clause"
    )


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError, match="policy_clause"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute(sql)


WRONG = [
    ({"code": "Violence"}, "code"),
    ({"code": "a--b"}, "code"),
    ({"code": "x" * 61}, "code"),
    ({"texts": {}}, "texts"),
    ({"texts": {"EN": {"title": "a", "text": "b"}}}, "texts"),
    ({"texts": {"en": {"title": "a"}}}, "texts.en"),
    ({"texts": {"en": {"title": "a", "text": " "}}}, "texts.en.text"),
    ({"texts": {"en": {"title": "a\nb", "text": "b"}}}, "texts.en.title"),
    ({"texts": {"en": {"title": "a", "text": "b\u202e"}}}, "texts.en.text"),
    ({"texts": {"en": {"title": 1, "text": "b"}}}, "texts.en.title"),
    ({"dsa_category": "VIOLENCE"}, "dsa_category"),
    ({"dsa_keywords": ["KEYWORD_PHISHING", "PHISHING"]}, "dsa_keywords"),
    ({"ground": "because"}, "ground"),
]


@pytest.mark.parametrize(("given", "field"), WRONG)
def test_what_cannot_be_published_says_where_it_is_wrong(clock: FixedClock, given: dict, field: str):
    with pytest.raises(Invalid) as caught:
        make_clause(clock=clock, **given)
    assert caught.value.field == field
    assert not PolicyClause.objects.exists()


def test_only_a_person_who_may_publishes(clock: FixedClock):
    account = make_account(clock=clock)
    given = {"code": "violence", "texts": TEXTS, "dsa_category": CATEGORY, "clock": clock}
    for actor in (account.owner, make_person(None, "Mara", "reviewer"), local_operator()):
        with pytest.raises(Forbidden):
            publish_clause(actor=actor, **given)
    assert not PolicyClause.objects.exists()


def test_publishing_is_recorded_without_the_text(clock: FixedClock):
    made = make_clause(clock=clock)
    event = AuditEvent.objects.get(act="policy.published")
    assert (event.subject, event.account_id) == (f"policy_clause:{made.id}", None)
    assert event.facts["hash"] == made.hash and event.facts["version"] == 1
    assert TEXTS["en"]["text"] not in str(event.facts)


def test_a_reader_gets_the_language_asked_for_else_english(clock: FixedClock):
    made = make_clause(clock=clock)
    assert [made.title(each) for each in ("it", "fr-CH", "de", "en_US")] == [
        "Violenza", "Violence (fr)", "Violence", "Violence",
    ]  # fmt: skip
    only_french = make_clause("hate", clock=clock, texts={"fr": TEXTS["fr"]})
    assert only_french.text("en") == TEXTS["fr"]["text"]
