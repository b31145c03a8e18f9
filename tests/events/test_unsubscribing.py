"""Many who leave at once are each noted once, with the hour in which they asked."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from pyroaring import BitMap
from tests.builders.campaigns import make_author
from tests.builders.mails import signing_relay
from tests.builders.sending import rows, until

from fairpost.delivery.connect import connect
from fairpost.events.unsubscribing import Raced, unsubscribe_all
from fairpost.kernel.clock import SYSTEM_CLOCK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author():
    signing_relay()
    made = make_author()
    made.crowd(6)
    return made


def test_many_at_once_are_each_noted_once(author):
    campaign = author.started()
    now = SYSTEM_CLOCK.now().replace(minute=30)
    early = now - timedelta(hours=25)
    with connection.cursor() as cursor:
        known, first = unsubscribe_all(cursor, author.account_id, campaign, {1: early, 2: now, 3: now, 99: now})
        assert (set(known), set(first)) == ({1, 2, 3}, {1, 2, 3}), "nobody is number 99"
        known, first = unsubscribe_all(cursor, author.account_id, campaign, {3: now, 4: now})
        assert (set(known), set(first)) == ({3, 4}, {4})
        assert unsubscribe_all(cursor, author.account_id, campaign, {1: now}) == (BitMap([1]), BitMap())
        assert unsubscribe_all(cursor, author.account_id + 1, campaign, {1: now}) == (BitMap(), BitMap())
    assert rows("SELECT total FROM event_hour WHERE kind = 3 ORDER BY hour") == [(1,), (3,)]
    assert rows("SELECT day FROM event_day_members WHERE kind = 3 ORDER BY 1") == [(early.date(),), (now.date(),)]
    assert rows("SELECT count(*), count(DISTINCT canonical) FROM consent WHERE act = 'withdrawn'") == [(4, 4)]
    assert rows("SELECT at FROM consent ORDER BY at LIMIT 1") == [(early,)]
    assert rows("SELECT canonical, reach FROM suppression ORDER BY 1") == [
        (f"person{each}@lake.example", "account") for each in (1, 2, 3, 4)
    ]


def test_two_who_note_the_same_people_at_once_count_them_once(author):
    """The one that comes second is told so, and finds what stands when it begins again."""
    campaign, now = author.started(), SYSTEM_CLOCK.now()
    raced = threading.Event()

    def second() -> None:
        with connect() as other, other.cursor() as cursor:
            try:
                with other.transaction():
                    unsubscribe_all(cursor, author.account_id, campaign, {1: now, 2: now})
            except Raced:
                raced.set()
                with other.transaction():
                    unsubscribe_all(cursor, author.account_id, campaign, {1: now, 2: now})

    with connect() as one:
        with one.transaction(), one.cursor() as cursor:
            unsubscribe_all(cursor, author.account_id, campaign, {1: now})
            thread = threading.Thread(target=second)
            thread.start()
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            until(lambda: rows(waiting), "the second waits for the first")
        thread.join(10)
    assert raced.is_set()
    assert rows("SELECT sum(total) FROM event_hour WHERE kind = 3") == [(2,)]
    assert rows("SELECT canonical FROM consent ORDER BY 1") == [(f"person{each}@lake.example",) for each in (1, 2)]
