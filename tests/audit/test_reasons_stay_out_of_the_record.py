"""A reason is read as before, but stands sealed beside the record, and nobody can guess it after an erasure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from tests.builders.audit import ADA, MACHINE, as_owner, asked, kinds, note, whole

from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.chain.walk import verify
from fairpost.audit.payload import commitment, open_payloads
from fairpost.audit.queries import audit_events
from fairpost.audit.vault import destroy_key
from fairpost.audit.vault.ring import installation_keyring, keyring_path
from fairpost.kernel.actor import Actor

OPERATOR = Actor(name="jsmith", via="cli")


def stored() -> str:
    """Everything that the tables of the record and the vault hold, as text."""
    return "".join(
        asked(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")[0][0]
        for table in ("audit_event", "audit_payload", "audit_seal", "subject_key")
    )


def test_a_reason_is_read_but_not_stored_in_clear(db):
    note(ADA, reason="Ben Smith asked for it")
    assert audit_events(1)[0].reason == "Ben Smith asked for it"
    assert "Ben Smith" not in stored()


def test_the_same_reason_twice_has_two_commitments(db):
    first, second = note(ADA, reason="spam"), note(ADA, reason="spam")
    rows = asked("SELECT DISTINCT commitment FROM audit_event WHERE id IN (%s, %s)", first, second)
    assert len(rows) == 2


def test_without_reason_and_personal_name_nothing_is_sealed(db):
    event = note(MACHINE)
    assert asked("SELECT commitment, actor_name FROM audit_event WHERE id = %s", event) == [(None, "machine")]
    assert asked("SELECT count(*) FROM audit_payload WHERE event_id = %s", event) == [(0,)]


@pytest.mark.parametrize(
    ("actor", "account_id", "subject"),
    [
        (ADA, 3, "person:7"),
        (Actor(name="key", via="api", api_key_id=4, account_id=3), 3, "account:3"),
        (Actor(name="key", via="api", api_key_id=4), 3, "account:3"),
        (MACHINE, None, "installation"),
    ],
)
def test_a_reason_is_under_the_key_of_who_gave_it(db, actor, account_id, subject):
    event = note(actor, account_id=account_id, reason="why")
    assert asked("SELECT subject FROM audit_payload WHERE event_id = %s", event) == [(subject,)]


def test_a_user_name_of_the_machine_is_a_pseudonym_that_stays_the_same(db):
    first, second = note(OPERATOR), note(OPERATOR, reason="why")
    other = note(Actor(name="root", via="cli"))
    names = [asked("SELECT actor_name FROM audit_event WHERE id = %s", each)[0][0] for each in (first, second, other)]
    assert names[0] == names[1] != names[2]
    assert all(name.startswith("operator:") and len(name) == 21 for name in names)
    assert "jsmith" not in stored()
    assert audit_events(1)[1].actor_name == "jsmith"


def test_after_an_erasure_nothing_leads_from_the_name_to_its_acts(db):
    old = asked("SELECT actor_name FROM audit_event WHERE id = %s", note(OPERATOR, reason="why"))[0][0]
    assert destroy_key(old) == 1
    row = audit_events(1)[0]
    assert (row.actor_name, row.reason, row.erased) == (old, None, True)
    assert asked("SELECT lookup, wrapped FROM subject_key WHERE subject = %s", old) == [(None, None)]
    new = asked("SELECT actor_name FROM audit_event WHERE id = %s", note(OPERATOR))[0][0]
    assert new != old


def test_an_erased_reason_is_gone_and_the_chain_still_whole(db):
    event = note(ADA, reason="Ben Smith asked for it")
    seal_events()
    before = whole()
    assert destroy_key("person:7") >= 1
    after = whole()
    assert (after.sequence, after.hash) == (before.sequence, before.hash)
    assert after.erased > before.erased
    row = audit_events(1)[0]
    assert (row.id, row.reason, row.erased) == (event, None, True)
    note(ADA, reason="a later one")
    assert audit_events(1)[0].reason == "a later one"


def test_what_follows_from_a_guess_needs_the_erased_salt(db):
    event = note(ADA, reason="spam")
    with connection.cursor() as cursor:
        plain = open_payloads(cursor, [event])[event].plain
    committed = bytes(asked("SELECT commitment FROM audit_event WHERE id = %s", event)[0][0])
    assert commitment(plain) == committed
    assert commitment(b'{"reason": "spam"}') != committed
    salt = plain.partition(b'"salt": "')[2][:64]
    assert len(bytes.fromhex(salt.decode())) == 32


def test_a_payload_that_cannot_be_read_does_not_hide_the_record(db):
    event = note(ADA, reason="why")
    seal_events()
    with as_owner("audit_payload") as cursor:
        cursor.execute("UPDATE audit_payload SET sealed = 'x' WHERE event_id = %s", [event])
    row = audit_events(1)[0]
    assert (row.id, row.reason, row.erased) == (event, None, False)
    assert kinds(verify()) == {"payload_changed"}


def test_reasons_are_read_after_the_key_ring_was_rotated(db):
    note(ADA, reason="before")
    installation_keyring().rotate()
    note(ADA, reason="between")
    note(Actor(name="Ben", via="web", person_id=8), reason="after")
    assert [each.reason for each in audit_events(1, limit=3)] == ["after", "between", "before"]


def test_a_reason_costs_little_more_than_the_event(db):
    note(ADA, reason="warm")
    took = [min(seconds(reason) for _n in range(100)) for reason in (None, "because")]
    assert took[1] < took[0] * 6


def seconds(reason: str | None) -> float:
    began = time.monotonic()
    note(ADA, reason=reason)
    return time.monotonic() - began


def django(url: str, *arguments: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "FAIRPOST_KEYRING": str(keyring_path())}
    environment["DJANGO_SETTINGS_MODULE"] = "fairpost.runtime.settings"
    subprocess.run([sys.executable, "-m", "django", *arguments], env=environment, check=True, capture_output=True)


def test_reasons_of_an_older_installation_are_moved_out_of_its_record(transactional_db, database_url):
    with psycopg.connect(database_url, autocommit=True) as own:
        own.execute("DROP DATABASE IF EXISTS older")
        own.execute("CREATE DATABASE older")
        url = urlunsplit(urlsplit(database_url)._replace(path="/older"))
        try:
            django(url, "migrate", "audit", "0001", "--verbosity", "0")
            check_moved(url)
        finally:
            own.execute("DROP DATABASE older")


def check_moved(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as older:
        older.execute(
            "INSERT INTO audit_event (at, actor_via, actor_name, actor_person_id, act, subject, reason) VALUES"
            " ('2026-01-01', 'web', '', 7, 'a.b', 'c:1', 'Ben Smith asked'),"
            " ('2026-01-02', 'cli', 'jsmith', NULL, 'a.b', 'c:2', NULL),"
            " ('2026-01-03', 'web', 'unsubscribe link', NULL, 'a.b', 'c:3', NULL)"
        )
        django(url, "migrate", "audit", "--verbosity", "0")
        rows = older.execute("SELECT id, actor_name, commitment FROM audit_event ORDER BY id").fetchall()
        assert [row[1][:9] for row in rows] == ["", "operator:", "unsubscri"]
        opened = open_payloads(older.cursor(), [row[0] for row in rows])
        assert opened[1].content["reason"] == "Ben Smith asked" and opened[2].content["name"] == "jsmith"
        assert {number: commitment(each.plain) for number, each in opened.items()} == {
            row[0]: row[2] for row in rows if row[2]
        }
        assert older.execute("SELECT event_id FROM audit_unsealed ORDER BY 1").fetchall() == [(1,), (2,), (3,)]
        assert "Ben Smith" not in str(older.execute("SELECT * FROM audit_event").fetchall())
        with pytest.raises(psycopg.errors.RestrictViolation):
            older.execute("DELETE FROM audit_event")
