"""The watch goes by rates over enough mail: it warns, proposes a limit to a person, or brakes one campaign itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pyroaring import BitMap
from tests.builders.campaigns import make_author
from tests.builders.content import page
from tests.builders.enforcement import make_staff
from tests.builders.sending import rows
from tests.builders.tenants import make_account

from fairpost.delivery.connect import connect
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.approve_decision import approve_decision
from fairpost.enforcement.queries.cases import cases, read_evidence
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.events.providers import count_by_provider, note_returned
from fairpost.events.queries.watch import alarms, rates
from fairpost.events.watch.keep import keep_watch
from fairpost.events.watch.thresholds import Thresholds, thresholds_of
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
SENT = 4000


@pytest.fixture
def staff():
    return make_staff()


@pytest.fixture
def ada():
    """Ada with more contacts than she writes to."""
    made = make_author()
    made.crowd(SENT)
    return made


def sent(author, accepted=SENT, *, first=1, started=timedelta(0), **options):
    """A campaign of which relays took so many, all of one provider, that began so long ago."""
    number = author.campaign(**options)
    at = SYSTEM_CLOCK.now() - started
    members = BitMap(range(first, first + accepted))
    rows(
        "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
        " unit_id, sending_domain, latest_at, frozen_at, audience_size)"
        " SELECT account_id, id, 'running', %s, 1, identity_id, content_version_id,"
        " unit_id, 'sender.example', %s, %s, %s FROM campaign WHERE id = %s",
        at, at + timedelta(days=3), at, accepted, number,
    )  # fmt: skip
    rows(
        "INSERT INTO batch_audience (account_id, campaign_id, batch_no, size, members) VALUES (%s, %s, 0, %s, %s)",
        author.account_id, number, accepted, members.serialize(),
    )  # fmt: skip
    rows(
        "INSERT INTO batch_outcome (account_id, campaign_id, batch_no, state, size, members)"
        " VALUES (%s, %s, 0, 'accepted', %s, %s)",
        author.account_id, number, accepted, members.serialize(),
    )  # fmt: skip
    return number


def came_back(author, number, kind, count, provider="lake.example", **options):
    with connect() as own, own.transaction():
        note_returned(own, author.account_id, number, kind, {provider: count}, **options)


def looked():
    count_by_provider()
    return keep_watch()


def on(author):
    """(sign, level, of one campaign) of each alarm."""
    found = alarms(author.actor, author.account_id)
    return sorted((each.sign, each.level, each.campaign_id is not None) for each in found)


def test_mail_is_counted_by_provider_and_again_when_more_was_taken():
    ada = make_author()
    ada.crowd(30, "lake.example")
    ada.crowd(10, "mail.hill.example", first=31)
    rows("INSERT INTO contact_domain (domain, provider) VALUES ('mail.hill.example', 'hill')")
    number = sent(ada, 35)
    count_by_provider()
    seen = "SELECT provider, accepted FROM sent_provider WHERE campaign_id = %s ORDER BY provider"
    assert rows(seen, number) == [("hill", 5), ("lake.example", 30)]
    more = BitMap(range(2, 41)).serialize()
    rows("UPDATE batch_outcome SET size = 39, members = %s WHERE campaign_id = %s", more, number)
    assert count_by_provider() == 1
    assert rows(seen, number) == [("hill", 10), ("lake.example", 29)]
    assert count_by_provider() == 0


def test_of_little_mail_no_rate_is_made(staff, ada):
    number = sent(ada, 1500)
    came_back(ada, number, "complaint", 30)
    assert looked() == 0 and on(ada) == []
    assert rates(ada.actor, ada.account_id)[0].complaint_share is None


def test_one_in_a_thousand_warns_and_restricts_nothing(staff, ada):
    number = sent(ada)
    came_back(ada, number, "complaint", 4)
    assert looked() == 2  # at this provider, and over all
    assert on(ada) == [("complaints", "warn", False)] * 2
    assert cases(staff.mara) == []
    assert looked() == 0, "the same is not said twice"


def test_two_in_a_thousand_propose_a_limit_that_a_person_must_approve(staff, ada):
    number = sent(ada)
    came_back(ada, number, "complaint", 9, provider="hill")
    looked()
    alarm = next(each for each in alarms(ada.actor, ada.account_id) if each.level == "throttle")
    decision = decision_view(int(alarm.decision[2:]), SYSTEM_CLOCK.now())
    (limit,) = decision.measures
    assert (limit.kind, limit.state) == ("limit", "proposed")
    assert "9 of 4,000 recipients complained (0.22%)" in decision.facts
    assert [each.code for each in decision.clauses] == ["consent"]
    with pytest.raises(Conflict):
        activate_decision(actor=staff.mara, decision_id=decision.id)
    read_evidence(staff.noor, decision.case_id)
    approve_decision(actor=staff.noor, decision_id=decision.id, version=decision.version)
    activate_decision(actor=staff.mara, decision_id=decision.id)
    assert decision_view(decision.id, SYSTEM_CLOCK.now()).measures[0].state == "active"


def test_three_in_a_thousand_brake_that_campaign_and_no_other(staff, ada):
    bad, good = sent(ada), sent(ada)
    came_back(ada, bad, "complaint", 13)
    looked()
    braked = [each for each in alarms(ada.actor, ada.account_id) if each.campaign_id]
    assert [(each.campaign_id, each.level) for each in braked] == [(bad, "brake")]
    (measure,) = decision_view(int(braked[0].decision[2:]), SYSTEM_CLOCK.now()).measures
    assert (measure.kind, measure.state) == ("brake", "active")
    held = {row[0] for row in rows("SELECT campaign_id FROM dispatch WHERE held_at IS NOT NULL")}
    assert held == {bad} and good not in held


def test_hard_bounces_that_the_relay_said_at_once_count_too(staff, ada):
    number = sent(ada, 3700)
    came_back(ada, number, "hard_bounce", 420, by_relay=True)
    looked()
    assert ("bounces", "brake", True) in on(ada)
    assert "420 of 4,120 messages" in alarms(ada.actor, ada.account_id)[-1].sentence


def test_a_spike_brakes_below_the_limit_of_the_brake(staff, ada):
    """Five times what is usual for this sender, past the second level."""
    sent(ada, 8000, started=timedelta(days=10))
    number = sent(ada)
    came_back(ada, number, "complaint", 9)
    looked()
    alarm = next(each for each in alarms(ada.actor, ada.account_id) if each.campaign_id == number)
    assert alarm.level == "brake" and "Usual for this sender is 0.00%" in alarm.sentence


def test_without_a_past_the_second_level_brakes_nothing(staff, ada):
    number = sent(ada)
    came_back(ada, number, "complaint", 9)
    looked()
    assert not any(each.campaign_id for each in alarms(ada.actor, ada.account_id))


def test_a_refusal_for_everyone_brakes(staff, ada):
    number = sent(ada)
    came_back(ada, number, "refusal", 2100)
    looked()
    assert on(ada) == [("refused", "brake", True)]


def test_what_the_relay_refused_at_once_was_never_taken(staff, ada):
    number = sent(ada)
    came_back(ada, number, "refusal", 2100, by_relay=True)
    assert looked() == 0


def test_a_campaign_unlike_all_before_it_from_a_new_key_is_braked(staff, ada):
    for each in range(6):
        sent(ada, 50, started=timedelta(days=20 - each))
    looked()
    assert on(ada) == [], "earlier campaigns are usual"
    rows("INSERT INTO contact (account_id, ordinal, canonical, created_at, updated_at)"
         " SELECT %s, n, 'p' || n || '@far.example', %s, %s FROM generate_series(5000, 6999) AS n",
         ada.account_id, SYSTEM_CLOCK.now(), SYSTEM_CLOCK.now())  # fmt: skip
    other = ada.version(page('<a href="https://evil.example/x">Go</a>'))
    number = sent(ada, 2000, first=5000, content_version_id=other)
    looked()
    assert on(ada) == [("hijacked", "brake", True)]
    (alarm,) = alarms(ada.actor, ada.account_id)
    assert alarm.campaign_id == number and "the audience is 40 times what is usual" in alarm.sentence


def test_where_the_brake_is_refused_the_alarm_says_why(staff, ada, settings):
    settings.FAIRPOST = replace(settings.FAIRPOST, watch_clause="no-such-clause")
    number = sent(ada)
    came_back(ada, number, "complaint", 13)
    looked()
    assert all("no-such-clause" in each.not_done for each in alarms(ada.actor, ada.account_id) if each.level == "brake")


def test_another_account_sees_nothing_of_it(staff, ada):
    mallory = make_account(owner="Mallory").owner
    sent(ada)
    for look in (alarms, rates):
        with pytest.raises(NotFound):
            look(mallory, ada.account_id)


@pytest.mark.parametrize("text", ["0.3,0.2,0.1", "1,2", "a,b,c", "0,1,2", "1,2,300"])
def test_settings_that_are_no_rising_percentages_are_refused(text):
    with pytest.raises(Invalid):
        thresholds_of(Configuration(watch_complaints=text))


def test_levels_begin_at_their_share_exactly():
    limits = Thresholds({"warn": 0.001, "throttle": 0.002, "brake": 0.003}, {"throttle": 0.05, "brake": 0.1}, 2000)
    at = [limits.level("complaints", count, 10_000) for count in (9, 10, 19, 20, 29, 30)]
    assert at == ["", "warn", "warn", "throttle", "throttle", "brake"]
    assert limits.level("bounces", 2, 2000) == limits.level("bounces", 1999, 1999) == ""
