"""Packed events are all there, whoever asks; and gone where a person or time says so."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.builders import delivery
from tests.builders import hits as build
from tests.builders.hits import ACCOUNT, AT, CAMPAIGN, Edge, fold_all

from fairpost.audit.holds import Held
from fairpost.contacts.holdings import Whom
from fairpost.events.kinds import APPLE, CLICK, OPEN
from fairpost.events.packing import pack_events as packing
from fairpost.events.packing.columns import EVENT, pack, unpack
from fairpost.events.packing.erase import erase, export
from fairpost.events.packing.forget import forget_events
from fairpost.events.packing.pack_events import pack_events
from fairpost.events.queries.single import events_of
from fairpost.kernel.clock import FixedClock

DAYS_LATER = FixedClock(AT + timedelta(days=3))
EVENTS = some.tuples(
    some.integers(0, 2**52), some.integers(0, 2**31 - 1), some.integers(-2, 2**15 - 1), some.integers(1, 7),
    some.integers(0, 8),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(some.lists(EVENTS, max_size=40))
def test_a_pack_loses_nothing(rows):
    packed = pack(np.array(rows, dtype=EVENT))
    assert sorted(map(tuple, unpack(packed).tolist())) == sorted(rows)


def single(ordinal: int, account: int = ACCOUNT) -> list[tuple[int, int, int, int, float]]:
    with connection.cursor() as cursor:
        found = events_of(cursor, account, ordinal)
    return [(each.campaign_id, each.kind, each.machine, each.link, (each.at - AT).total_seconds()) for each in found]


def some_hits(folder) -> None:
    edge = Edge(folder)
    for hour in range(6):
        edge.open(*range(1, 40), at=hour * 3600 + 1.000001)
    edge.click(7, link=2, at=7)
    edge.open(7, agent=APPLE, at=2)
    edge.account = 6
    edge.open(7, at=1)
    edge.account, edge.campaign = ACCOUNT, 10
    edge.click(7, link=0, at=86_400 * 2.5)
    edge.open(7, at=9)
    edge.die()
    fold_all(folder, DAYS_LATER)


@pytest.mark.django_db(transaction=True)
def test_what_one_contact_did_reads_the_same_from_rows_and_packs(tmp_path, monkeypatch):
    some_hits(tmp_path)
    before, others = single(7), single(7, 6)
    assert len(before) == 10 and len(others) == 1
    monkeypatch.setattr(packing, "MOST", 100)
    assert pack_events(DAYS_LATER) == 6 * 39 + 4
    assert build.rows("SELECT count(*) FROM event") == [(1,)], "what is of today stays a row"
    assert single(7) == before and single(7, 6) == others
    packs = build.rows("SELECT campaign_id, sum(events) FROM event_pack WHERE account_id = %s GROUP BY 1 ORDER BY 1", 5)
    assert packs == [(CAMPAIGN, 236), (10, 1)]
    assert build.rows("SELECT count(*) FROM event_pack") == [(3,)], "small packs are put together"
    assert pack_events(DAYS_LATER) == 0


@pytest.mark.django_db(transaction=True)
def test_a_person_is_erased_from_rows_packs_and_sets_and_the_counts_stay(tmp_path):
    some_hits(tmp_path)
    pack_events(DAYS_LATER)
    seven = Whom(ACCOUNT, "ben@lake.example", "ben@lake.example", 7)
    counted = build.rows("SELECT * FROM event_count ORDER BY 1, 2, 3, 4")
    with connection.cursor() as cursor:
        shown = export(cursor, seven)
        assert [each["what"] for each in shown].count("click") == 2 and shown[0]["campaign"] == CAMPAIGN
        assert erase(cursor, seven, AT) > 0
        assert export(cursor, seven) == []
    for campaign in (CAMPAIGN, 10):
        found = build.rows("SELECT members FROM event_members WHERE account_id = %s AND campaign_id = %s", 5, campaign)
        assert found and all(7 not in build.BitMap.deserialize(bytes(members)) for (members,) in found)
    assert 7 not in set().union(*build.day_sets().values()) and 8 in build.day_sets()[OPEN, "2027-01-04"]
    assert len(single(8)) == 6 and single(7, 6), "nobody else, and no other account"
    assert build.rows("SELECT * FROM event_count ORDER BY 1, 2, 3, 4") == counted


@pytest.mark.django_db(transaction=True)
def test_after_their_time_events_and_names_go_and_counts_stay(tmp_path):
    some_hits(tmp_path)
    pack_events(DAYS_LATER)
    for campaign in (CAMPAIGN, 10):
        delivery.dispatch(ACCOUNT, campaign, build.BitMap([7]))
    held = Held(frozenset({"campaign:10"}))
    before = AT + timedelta(days=1)
    while forget_events(before, held):
        pass
    assert build.rows("SELECT campaign_id FROM event_pack") == [(10,)]
    emptied = build.rows("SELECT campaign_id, bool_and(octet_length(members) < 10) FROM event_members"
                         " WHERE account_id = %s GROUP BY 1 ORDER BY 1", ACCOUNT)  # fmt: skip
    assert emptied == [(CAMPAIGN, True), (10, False)]
    people = build.rows("SELECT people FROM event_count WHERE campaign_id = %s AND kind = %s AND link = -1 AND"
                        " account_id = 5", CAMPAIGN, CLICK)  # fmt: skip
    assert people == [(1,)]
    assert (OPEN, str(date(2027, 1, 4))) in build.day_sets(), "an account's days are kept for a hold on its campaign"
