"""Segments over what contacts did: who is selected, day by day and campaign by campaign, and whose campaigns count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from pyroaring import BitMap
from tests.builders.api import program
from tests.builders.campaigns import make_author
from tests.builders.contacts import make_list, raw_connection
from tests.builders.tenants import make_account, make_identity, make_person

from fairpost.contacts.actions.change_segments import change_segment, create_segment
from fairpost.contacts.naming import resolve_names
from fairpost.contacts.queries.among import among_segments
from fairpost.contacts.queries.audience import freeze_audience
from fairpost.contacts.queries.segments import count_text, explain_text, saved_segment, select_contacts
from fairpost.events.kinds import BY_MACHINE, CLICK, COMPLAINT, DONATION, HARD_BOUNCE, OPEN, SOFT_BOUNCE, UNSUBSCRIBE
from fairpost.events.members import add_members
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.segments.audience import Audience
from fairpost.segments.parser import parse
from fairpost.tenants.actions.create_unit import create_unit

NOW = datetime(2026, 5, 17, 23, 30, tzinfo=UTC)
TODAY = NOW.date()


class Sender:
    """Ada with ten contacts and campaigns whose sending and answers are written down as they would be."""

    def __init__(self, name: str = "") -> None:
        self.author = make_author(name)
        self.account_id = self.author.account_id
        self.author.people(*(f"p{n}@lake.example" for n in range(1, 11)), country="IT")
        with connection.cursor() as cursor:
            cursor.execute(
                'UPDATE contact SET attributes = \'{"country": "FR"}\' WHERE account_id = %s AND ordinal > 6',
                [self.account_id],
            )

    def campaign(self, name: str, days_ago: int, *, received=range(1, 11), took: int = 1, test=False, unit_id=1) -> int:
        number = self.author.campaign(name=name)
        start = NOW - timedelta(days=days_ago)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id,"
                " content_version_id, unit_id, sending_domain, test, frozen_at, latest_at, finished_at)"
                " VALUES (%s, %s, 'finished', %s, 1, 1, 1, %s, 'x.org', %s, %s, %s, %s)",
                [self.account_id, number, start, unit_id, test, start, start, start + timedelta(days=took)],
            )
            for state, members in (("accepted", received), ("failed", range(20, 23))):
                cursor.execute(
                    "INSERT INTO batch_outcome VALUES (%s, %s, 0, %s, '', %s, %s)",
                    [self.account_id, number, state, len(members), BitMap(members).serialize()],
                )
        return number

    def did(self, kind: int, campaign_id: int, *ordinals: int, day: date = TODAY, link: int = -1) -> None:
        with connection.cursor() as cursor:
            add_members(cursor, self.account_id, campaign_id, kind, BitMap(ordinals), day=day, link=link)

    def selected(self, condition: str, actor=None) -> set[int]:
        tree = resolve_names(actor or self.author.actor, self.account_id, parse(condition))
        return set(select_contacts(raw_connection(), self.account_id, tree, NOW))


@pytest.fixture
def ada(db):
    return Sender()


EVERYBODY = set(range(1, 11))


def test_each_deed_in_a_campaign(ada):
    spring = ada.campaign("Spring", 9, received=range(1, 9))
    other = ada.campaign("Other", 8, received=range(9, 11))
    kinds = {
        "opened": OPEN,
        "clicked": CLICK,
        "donated": DONATION,
        "complained": COMPLAINT,
        "unsubscribed": UNSUBSCRIBE,
    }
    for offset, kind in enumerate(kinds.values()):
        ada.did(kind, spring, 1 + offset, 2 + offset)
        ada.did(kind, other, 9)
    ada.did(HARD_BOUNCE, spring, 7)
    ada.did(SOFT_BOUNCE, spring, 8)
    for offset, deed in enumerate(kinds):
        assert ada.selected(f'{deed} in campaign "Spring"') == {1 + offset, 2 + offset}, deed
        assert ada.selected(f'{deed} any of campaigns ("Spring", "Other")') == {1 + offset, 2 + offset, 9}
        assert ada.selected(f'not {deed} in campaign "Spring"') == EVERYBODY - {1 + offset, 2 + offset}
    assert ada.selected('bounced in campaign "Spring"') == {7, 8}
    assert ada.selected('received campaign "Spring"') == set(range(1, 9))
    assert ada.selected('did not receive campaign "Spring"') == {9, 10}
    assert ada.selected('received campaign "Spring" and did not bounce and not opened ever') == {3, 4, 5, 6}


def test_a_machine_is_told_apart_from_a_person(ada):
    spring = ada.campaign("Spring", 9)
    ada.did(OPEN, spring, 1, 2)
    ada.did(OPEN + BY_MACHINE, spring, 2, 3)
    ada.did(CLICK + BY_MACHINE, spring, 4, link=0)
    assert ada.selected('opened campaign "Spring"') == {1, 2}
    assert ada.selected('opened by machine campaign "Spring"') == {2, 3}
    assert ada.selected("opened by machine in last 3 days") == {2, 3}
    assert ada.selected('clicked link 0 of campaign "Spring"') == set()
    assert ada.selected('clicked by machine link 0 of campaign "Spring"') == {4}


def test_one_link_is_not_another(ada):
    spring, other = ada.campaign("Spring", 9), ada.campaign("Other", 8)
    ada.did(CLICK, spring, 1, 2)
    ada.did(CLICK, spring, 1, link=3)
    ada.did(CLICK, other, 5, link=3)
    assert ada.selected('clicked link 3 of campaign "Spring"') == {1}
    assert ada.selected('clicked link 2 of campaign "Spring"') == set()
    assert ada.selected('clicked campaign "Spring"') == {1, 2}


def test_the_last_campaigns_are_those_started_last_without_tests_and_drafts(ada):
    numbers = [ada.campaign(f"c{days}", days, received=[days]) for days in (8, 6, 4, 2)]
    ada.author.campaign(name="draft")
    ada.campaign("test", 1, received=[10], test=True)
    for number, days in zip(numbers, (8, 6, 4, 2), strict=True):
        ada.did(OPEN, number, days)
    assert ada.selected("received any of last 2 campaigns") == {2, 4}
    assert ada.selected("opened any of the last 3 campaigns") == {2, 4, 6}
    assert ada.selected("did not open any of last 3 campaigns") == EVERYBODY - {2, 4, 6}
    assert ada.selected("opened any of last 100 campaigns") == {2, 4, 6, 8}


def test_a_segment_of_a_unit_counts_the_last_campaigns_of_the_unit(ada):
    here, there = ada.author.tenant.unit_id, 9_999
    for number, (unit, ordinal) in enumerate([(here, 1), (here, 2), (there, 3), (there, 4)]):
        campaign = ada.campaign(f"c{number}", 9 - number, received=[ordinal], unit_id=unit)
        ada.did(OPEN, campaign, ordinal)
    who = ada.author.who
    condition = "opened any of last 2 campaigns"
    own = create_segment(**who, name="own", condition=condition, unit_id=here)
    whole = create_segment(**who, name="whole", condition=condition)
    both = among_segments(raw_connection(), ada.account_id, BitMap(EVERYBODY), [own, whole], TODAY)
    assert (set(both[own]), set(both[whole])) == ({1, 2}, {3, 4})
    assert "of the business unit" in saved_segment(ada.author.actor, ada.account_id, own).explanation
    change_segment(**who, segment_id=own, condition="received any of last 1 campaigns")
    again = among_segments(raw_connection(), ada.account_id, BitMap(EVERYBODY), [own], TODAY)
    assert set(again[own]) == {2}


@pytest.mark.parametrize(
    ("period", "ordinals"),
    [
        ("in last 3 days", {2, 3, 4}),
        ("in last 1 day", {4}),
        ("between 2026-05-13 and 2026-05-14", {1, 2}),
        ("between 2026-05-14 and today", {2, 3, 4}),
        ("between today and 2026-05-14", set()),
        ("since 2026-05-17", {4}),
        ("since 3 days ago", {2, 3, 4}),
        ("until 2026-05-14", {1, 2}),
        ("until 4 days ago", {1}),
        ("ever", {1, 2, 3, 4}),
        ("", {1, 2, 3, 4}),
    ],
)
def test_days_are_whole_and_both_ends_belong_to_the_period(ada, period, ordinals):
    for ordinal, day in enumerate((13, 14, 15, 17), start=1):
        ada.did(OPEN, 1, ordinal, day=date(2026, 5, day))
    assert ada.selected(f"opened {period}") == ordinals
    assert ada.selected(f"did not open {period}") == EVERYBODY - ordinals


@pytest.mark.parametrize(
    ("period", "ordinals"),
    [
        ("in last 7 days", {1}),
        ("in last 8 days", {1, 2}),
        ("between 2026-05-07 and 2026-05-07", {2}),
        ("until 2026-05-06", set()),
        ("ever", {1, 2}),
    ],
)
def test_a_mail_is_received_on_any_day_on_which_its_campaign_was_sent(ada, period, ordinals):
    ada.campaign("late", 2, received=[1])
    ada.campaign("early", 10, received=[2], took=2)  # 7 to 9 May
    ada.campaign("test", 2, received=[3], test=True)
    assert ada.selected(f"received any {period}") == ordinals
    assert ada.selected(f"not received any {period}") == EVERYBODY - ordinals


def test_with_attributes_lists_and_brackets(ada):
    number = ada.campaign("Spring", 9)
    ada.did(OPEN, number, 1, 2, 7)
    ada.did(DONATION, number, 2)
    friends = make_list(ada.author.tenant, "Friends")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO list_chunk VALUES (%s, %s, 0, %s)", [ada.account_id, friends, BitMap([3, 7]).serialize()]
        )
    assert ada.selected('opened any of the last 5 campaigns and did not donate and country = "IT"') == {1}
    assert ada.selected('(opened ever or list("Friends")) and not donated') == {1, 3, 7}
    assert ada.selected('not (opened ever or country = "FR")') == {3, 4, 5, 6}
    assert ada.selected('list("Friends") and not opened') == {3}


def test_a_contact_that_is_gone_is_not_selected(ada):
    number = ada.campaign("Spring", 9)
    ada.did(OPEN, number, 1, 2, 500, 70_000)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE account_id = %s AND ordinal = 2", [ada.account_id])
    assert ada.selected("opened") == {1}
    assert ada.selected('opened campaign "Spring" or received ever') == EVERYBODY - {2}
    assert ada.selected("not opened") == EVERYBODY - {1, 2}


def test_what_is_folded_now_is_counted_now(ada):
    number = ada.campaign("Spring", 9)
    actor, clock = ada.author.actor, FixedClock(NOW)
    condition = 'opened any of last 5 campaigns and country = "IT"'
    counts = []
    for ordinal in (1, 7, 2):
        ada.did(OPEN, number, ordinal)
        counts.append(count_text(actor, ada.account_id, condition, clock).contacts)
    assert counts == [1, 1, 2]


def test_an_audience_is_frozen_with_it_and_without_the_excluded(ada):
    number = ada.campaign("Spring", 9)
    ada.did(OPEN, number, 1, 2, 3)
    ada.did(COMPLAINT, number, 3)
    who = ada.author.who
    opened = create_segment(**who, name="opened", condition='opened campaign "Spring"')
    angry = create_segment(**who, name="angry", condition="complained ever")
    audience = Audience(segments=(opened,), exclude_segments=(angry,))
    found = freeze_audience(raw_connection(), ada.account_id, audience, now=NOW)
    assert (set(found.members), found.excluded) == ({1, 2}, 1)


def test_one_batch_is_asked_alone(ada):
    """As measures that name a segment are asked for each batch: whoever is outside of it is not answered."""
    number = ada.campaign("Spring", 9)
    ada.did(OPEN, number, 1, 2, 66_000)
    who = ada.author.who
    deeds = create_segment(**who, name="one", condition='opened campaign "Spring" or received ever')
    others = create_segment(**who, name="two", condition="did not open")
    found = among_segments(raw_connection(), ada.account_id, BitMap([2, 3, 66_001]), [deeds, others], TODAY)
    assert (set(found[deeds]), set(found[others])) == ({2, 3}, {3, 66_001})


def test_another_accounts_campaign_does_not_exist(ada):
    ben = Sender("bens")
    number = ben.campaign("Theirs", 9)
    ben.did(OPEN, number, 1)
    for condition in ('opened campaign "Theirs"', f'opened campaign "{number}"', 'did not open campaign "Theirs"'):
        with pytest.raises(NotFound):
            create_segment(**ada.author.who, name="spy", condition=condition)
        with pytest.raises(NotFound):
            count_text(ada.author.actor, ada.account_id, condition)
        with pytest.raises(NotFound):
            explain_text(ada.author.actor, ada.account_id, condition)
    assert ada.selected("opened ever") == set()
    assert ben.selected('opened campaign "Theirs"') == {1}
    assert ben.selected(f'opened campaign "{number}"') == {1}


def test_another_units_campaign_does_not_exist(ada):
    tenant = ada.author.tenant
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="south", name="South")
    ben = make_person(tenant.account_id, "Ben", "owner", unit_id=unit)
    ada.campaign("Northern", 9)
    with pytest.raises(NotFound):
        ada.selected('opened campaign "Northern"', actor=ben)
    make_identity(tenant, "south@sender.example", unit_id=unit)
    assert ada.selected("opened any of last 5 campaigns", actor=ben) == set()


def test_only_who_may_see_campaigns_learns_their_names(ada):
    ada.campaign("Spring", 9)
    stranger = make_account("elsewhere").owner
    with pytest.raises((NotFound, Forbidden)):
        ada.selected('opened campaign "Spring"', actor=stranger)


def test_by_the_api(ada):
    number = ada.campaign("Spring", 9)
    ada.did(OPEN, number, 1, 2, 7)
    api = program(ada.author.tenant)
    condition = 'opened campaign "Spring" and country = "IT"'
    made = api.made("segments", {"name": "Readers", "condition": condition}, 201)
    assert made["explanation"] == 'opened a mail in the campaign "Spring" and country is "IT"'
    assert api.get(f"segments/{made['segment_id']}/count").data["contacts"] == 2
    assert api.get("contacts/count?where=did+not+open+ever").data["contacts"] == 7
    unknown = api.post("segments", {"name": "x", "condition": 'opened campaign "Winter"'})
    assert (unknown.status_code, "Winter" in unknown.data["detail"]) == (404, True)
    wrong = api.post("segments", {"name": "x", "condition": "opened any of last campaigns"})
    assert (wrong.status_code, "at character 20" in wrong.data["detail"]) == (422, True)
    unseeing = program(ada.author.tenant, "contacts.read")
    assert unseeing.get("contacts/count?where=opened+ever").status_code == 200
    assert unseeing.get('contacts/count?where=opened+campaign+"Spring"').status_code == 403


def test_a_test_campaign_is_none(ada):
    """Its recipients have ordinals of their own, which would name other people here."""
    real = ada.campaign("Spring", 9)
    test = ada.campaign("Spring test", 8, received=[5], test=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaign SET test_of_id = %s WHERE id = %s", [real, test])
    with pytest.raises(NotFound):
        ada.selected('received campaign "Spring test"')


def test_a_campaign_that_was_never_sent_or_is_gone_holds_nobody(ada):
    ada.author.campaign(name="Draft")
    spring = ada.campaign("Spring", 9)
    ada.did(OPEN, spring, 1)
    assert ada.selected('received campaign "Draft"') == set()
    assert ada.selected('did not open campaign "Draft"') == EVERYBODY
    kept = create_segment(**ada.author.who, name="kept", condition='opened campaign "Spring" or received ever')
    for table in ("event_members", "batch_outcome", "dispatch", "campaign"):
        with connection.cursor() as cursor:
            own = "" if table != "campaign" else "AND id = %s"
            cursor.execute(
                f"DELETE FROM {table} WHERE account_id = %s {own}", [ada.account_id, *([spring] if own else [])]
            )
    found = among_segments(raw_connection(), ada.account_id, BitMap(EVERYBODY), [kept], TODAY)
    assert set(found[kept]) == set()
    assert "Spring" in saved_segment(ada.author.actor, ada.account_id, kept).explanation


@pytest.mark.parametrize(
    "name", ["x') OR true --", "'; DROP TABLE event_members; --", "%s", "%(a)s", "a'b", "9" * 300, "\u0663"]
)
def test_a_campaigns_name_never_becomes_sql(ada, name):
    with pytest.raises(NotFound):
        ada.selected(f'opened campaign "{name}"')
    if len(name) < 100:
        number = ada.campaign(name, 9, received=[4])
        ada.did(OPEN, number, 3)
        assert ada.selected(f'opened campaign "{name}" or received campaign "{name}"') == {3, 4}
