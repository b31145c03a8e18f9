"""Every type of record is deleted after its days, in small steps, except what a legal hold names."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from tests.builders.audit import asked

from fairpost.audit.actions.place_legal_hold import place_legal_hold
from fairpost.audit.actions.set_retention import set_retention
from fairpost.audit.queries import audit_events
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.runtime import retention
from fairpost.runtime.retention import RECORD_TYPES, RecordType, delete_what_is_past, kept, record_type

pytestmark = pytest.mark.django_db
OFFICER = Actor(name="Lea", via="web", capabilities=frozenset({"legal.order", "audit.seal"}))
INSERT = """
INSERT INTO journal_segment (account_id, campaign_id, batch_no, sender_id, position, folded_at, records)
SELECT %s, %s, n, gen_random_uuid(), 0, %s, '' FROM generate_series(1, %s) n"""


def segments(account_id: int, campaign_id: int, days: int, number: int = 1) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [account_id, campaign_id, SYSTEM_CLOCK.now() - timedelta(days=days), number])


def left() -> list[tuple[int, int]]:
    return asked("SELECT account_id, campaign_id FROM journal_segment WHERE account_id > 900000 ORDER BY 1, 2")


def test_every_type_of_record_says_what_deletes_it():
    for each in RECORD_TYPES:
        assert callable(each.function()) and each.days >= 1
    assert len({each.name for each in RECORD_TYPES}) == len(RECORD_TYPES)


def test_what_is_past_its_days_goes_and_the_rest_stays():
    segments(900_001, 1, 31)
    segments(900_001, 2, 29)
    assert delete_what_is_past() >= 1
    assert left() == [(900_001, 2)]


def test_more_than_one_step_is_deleted():
    segments(900_001, 1, 31, 5_003)
    assert delete_what_is_past() >= 5_003
    assert left() == []


def test_what_a_hold_names_stays_until_it_is_released():
    from fairpost.audit.actions.release_legal_hold import release_legal_hold

    for account_id, campaign_id in ((900_001, 910_001), (900_001, 910_002), (900_002, 910_003)):
        segments(account_id, campaign_id, 31)
    items = ["campaign:910002", "account:900002", "person:910001"]
    placed = place_legal_hold(actor=OFFICER, name="case", items=items, legal_basis="order", reason="because")
    delete_what_is_past()
    assert left() == [(900_001, 910_002), (900_002, 910_003)]
    release_legal_hold(actor=OFFICER, hold_id=placed.id, reason="over")
    delete_what_is_past()
    assert left() == []


def test_other_days_can_be_set_and_are_on_record():
    segments(900_001, 1, 8)
    delete_what_is_past()
    assert len(left()) == 1
    set_retention(actor=OFFICER, record_type="journal_segment", days=7, reason="less is more")
    assert {each.name: (each.days, each.default_days) for each in kept()}["journal_segment"] == (7, 30)
    delete_what_is_past()
    assert left() == []
    last = audit_events(None, limit=1)[0]
    assert (last.act, last.subject, last.facts) == ("retention.set", "record_type:journal_segment", {"days": 7})
    for days in (0, -1, 36_501):
        with pytest.raises(Invalid):
            set_retention(actor=OFFICER, record_type="journal_segment", days=days)
    with pytest.raises(Forbidden):
        set_retention(actor=Actor(name="x", via="web"), record_type="journal_segment", days=7)
    with pytest.raises(NotFound, match="journal_segment"):
        record_type("nothing")


def test_one_type_that_fails_does_not_keep_the_others(monkeypatch):
    broken = RecordType("broken", 1, f"{__name__}:fails", "")
    monkeypatch.setattr(retention, "RECORD_TYPES", (broken, *RECORD_TYPES))
    segments(900_001, 1, 31)
    delete_what_is_past()
    assert FAILED.is_set() and left() == []


FAILED = threading.Event()


def fails(before, held):
    FAILED.set()
    raise RuntimeError("as this test wants it")
