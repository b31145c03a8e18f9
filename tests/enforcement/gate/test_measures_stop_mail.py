"""A measure in force stops exactly the mail of its scope, at once, and every reason is on record."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import page
from tests.builders.enforcement import decided, make_staff, measure, until
from tests.builders.sending import reached
from tests.builders.sending import until as wait_until

from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, start_due_campaigns
from fairpost.enforcement.actions.confirm_campaign import confirm_campaign
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.review_campaign import end_overdue_reviews, review_campaign
from fairpost.enforcement.models import Disposition, HeldCampaign
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock, boottime
from fairpost.kernel.errors import Conflict, Restricted

ASKS = page('<p><a href="https://give.example/now" data-donation>Give now</a></p>')
LOOK = 0.3


def flowing(server, more=50):
    began = len(server.arrivals)
    wait_until(lambda: len(server.arrivals) >= began + more, f"{more} messages more at the mail server")


def lines(author, number):
    rows = Disposition.objects.filter(account_id=author.account_id, campaign_id=number).order_by("pk")
    return [(each.effect, each.reasons) for each in rows]


def test_a_measure_stops_a_running_campaign_and_leaves_the_other_account_alone(works):
    staff = make_staff()
    author, other = make_author(), make_author(owner="Mallory", from_address="other@other.example")
    author.crowd(3000)
    people = other.crowd(600, domain="hill.example")
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=8)
    number, beside = author.started(), other.started()
    flowing(server)
    done = decided(
        staff, measure("suspend_sending", {"account": [author.account_id]}, mechanism={"queue": "hold"})
    )
    returned = boottime()
    assert done.held == ((author.account_id, number),) and done.fence.uncertain == ()
    reached(other.account_id, beside)
    time.sleep(LOOK)
    assert [each for each in server.after(returned) if each.to.endswith("@lake.example")] == []
    assert {each for each in server.counts if each.endswith("@hill.example")} == set(people)
    (measured,) = done.decision.measures
    assert lines(author, number) == [("held", [f"measure {measured.label}"])]


def test_what_was_held_goes_out_only_once_the_measure_is_over_and_its_sender_confirms(works):
    staff = make_staff()
    author = make_author()
    people = author.crowd(1500)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=4)
    number = author.started()
    flowing(server)
    done = decided(
        staff, measure("suspend_sending", {"account": [author.account_id]}, mechanism={"queue": "hold"})
    )
    with pytest.raises(Restricted) as refused:
        confirm_campaign(**author.who, campaign_id=number)
    assert refused.value.decision == done.decision.label
    lift_measure(actor=staff.noor, measure_id=done.decision.measures[0].id, reason="It was a quotation.")
    returned = boottime()
    time.sleep(LOOK)
    assert server.after(returned) == [], "lifting does not send"
    confirm_campaign(**author.who, campaign_id=number)
    reached(author.account_id, number, seconds=30)
    assert server.counts == dict.fromkeys(people, 1)
    assert [effect for effect, _reasons in lines(author, number)] == ["held", "confirmed"]


def test_starting_a_campaign_under_a_measure_is_refused_with_decision_and_address(works):
    works.relay(works.server())
    staff = make_staff()
    author = make_author(html=ASKS)
    author.crowd(3)
    done = decided(
        staff,
        measure("capability_off", {"account": [author.account_id]}, mechanism={"capability": "fundraising"}),
    )
    number = author.campaign()
    with pytest.raises(Restricted) as refused:
        author.send(number)
    assert refused.value.decision == done.decision.label
    assert refused.value.url.endswith(f"/decision/{done.decision.label}")
    plain = author.campaign(content_version_id=author.version(page("<p>No ask.</p>")))
    assert author.send(plain).campaign.state in ("running", "finished"), "mail without an ask is not in it"


def test_a_scheduled_campaign_that_comes_under_a_measure_is_held_and_not_lost(works):
    works.relay(works.server())
    clock = FixedClock(SYSTEM_CLOCK.now())
    staff = make_staff(clock)
    author = make_author()
    author.crowd(5)
    number = author.campaign()
    schedule_campaign(**author.who, campaign_id=number, at=clock.now() + timedelta(hours=1), clock=clock)
    done = decided(
        staff,
        measure(
            "suspend_sending", {"account": [author.account_id]}, until(clock), clock=clock, mechanism={"queue": "hold"}
        ),
        clock=clock,
    )
    assert done.decision.measures[0].coverage["campaigns"]["scheduled"] == 1
    clock.advance(timedelta(hours=2))
    assert start_due_campaigns(clock) == 1
    row = HeldCampaign.objects.get(campaign_id=number)
    assert row.state == "held" and row.reasons == [f"measure {done.decision.measures[0].label}"]


def test_recipients_in_a_territory_are_withheld_with_the_reason_and_taken_up_after_the_end(works):
    staff = make_staff()
    author = make_author()
    author.people(*(f"fr{n}@lake.example" for n in range(20)), first=1, country="FR")
    author.people(*(f"it{n}@lake.example" for n in range(20)), first=100, country="IT")
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=2)
    scope = {"account": [author.account_id], "territory": ["FR"]}
    done = decided(staff, measure("suspend_sending", scope, mechanism={"queue": "hold"}))
    number = author.started()
    seen = reached(author.account_id, number)
    label = done.decision.measures[0].label
    assert (seen.accepted, seen.withheld) == (20, 20)
    assert seen.reasons == (("withheld", f"restricted: measure {label}", 20),)
    assert all(each.startswith("it") for each in server.counts)


def test_a_campaign_that_waits_for_review_goes_on_when_a_person_releases_it(works):
    staff = make_staff()
    author = make_author()
    people = author.crowd(30)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=2)
    decided(
        staff,
        measure(
            "pre_review", {"account": [author.account_id]}, mechanism={"deadline_hours": 24, "default": "block"}
        ),
    )
    number = author.started()
    row = HeldCampaign.objects.get(campaign_id=number)
    assert row.review and row.on_time_out == "block"
    with pytest.raises(Restricted):
        confirm_campaign(**author.who, campaign_id=number)
    time.sleep(LOOK)
    assert server.counts == {}
    review_campaign(
        actor=staff.mara, account_id=author.account_id, campaign_id=number, verdict="release", reason="News only."
    )
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    again = author.started()
    reached(author.account_id, again)
    with pytest.raises(Conflict):
        review_campaign(
            actor=staff.mara, account_id=author.account_id, campaign_id=number, verdict="block", reason="Too late."
        )


def test_a_review_that_nobody_does_in_time_gets_what_was_stated(works):
    works.relay(works.server())
    clock = FixedClock(SYSTEM_CLOCK.now())
    staff = make_staff(clock)
    author = make_author()
    author.crowd(3)
    mechanism = {"deadline_hours": 2, "default": "block"}
    decided(
        staff,
        measure("pre_review", {"account": [author.account_id]}, until(clock), clock=clock, mechanism=mechanism),
        clock=clock,
    )
    number = author.started()
    assert end_overdue_reviews(clock) == 0
    clock.advance(timedelta(hours=3))
    assert end_overdue_reviews(clock) == 1
    assert HeldCampaign.objects.get(campaign_id=number).state == "blocked"


def test_a_limit_slows_a_campaign_to_so_many_messages_an_hour(works):
    staff = make_staff()
    author = make_author()
    author.crowd(200)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=4)
    decided(staff, measure("limit", {"account": [author.account_id]}, mechanism={"per_hour": 36_000}))
    author.started()
    flowing(server, 5)
    time.sleep(2.0)
    seen = len(server.arrivals)
    assert 10 <= seen <= 40, f"ten a second are allowed; {seen} came"


def test_a_cap_on_the_audience_keeps_a_larger_campaign_from_being_sent(works):
    staff = make_staff()
    author = make_author()
    author.crowd(50)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(connections=2)
    decided(staff, measure("limit", {"account": [author.account_id]}, mechanism={"audience": 49}))
    author.started()
    time.sleep(1.0)
    assert server.counts == {}
