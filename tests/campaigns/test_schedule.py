"""What is scheduled starts on time, or not at all and says why; what is late is withheld, never sent late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, start_due_campaigns, unschedule_campaign
from fairpost.campaigns.actions.stop_campaign import cancel_campaign, pause_campaign, resume_campaign
from fairpost.campaigns.queries.campaigns import campaign
from fairpost.delivery.jobs import withhold_what_ended
from fairpost.delivery.queries.progress import progress
from fairpost.kernel.clock import FixedClock, SystemClock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.runtime.retention import delete_what_is_past

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def author(works):
    made = make_author()
    made.crowd(5)
    works.relay(works.server())
    return made


def schedule(author, number, clock, after=HOUR, **options):
    return schedule_campaign(**author.who, campaign_id=number, at=clock.now() + after, clock=clock, **options)


def view(author, number):
    return campaign(author.actor, author.account_id, number)


def test_it_starts_when_its_time_has_come(author, clock):
    number = author.campaign()
    assert schedule(author, number, clock).state == "scheduled"
    clock.advance(HOUR - timedelta(seconds=1))
    assert start_due_campaigns(clock) == 0 and view(author, number).state == "scheduled"
    clock.advance(timedelta(seconds=1))
    assert start_due_campaigns(clock) == 1
    assert start_due_campaigns(clock) == 0
    seen = view(author, number)
    assert (seen.state, seen.started_at) == ("running", NOW + HOUR)
    assert progress(author.account_id, number).latest_at == NOW + HOUR + timedelta(days=3)


def test_it_can_be_scheduled_anew_and_taken_back(author, clock):
    number = author.campaign()
    schedule(author, number, clock, latest_at=NOW + 2 * HOUR)
    schedule(author, number, clock, after=3 * HOUR, latest_at=NOW + 4 * HOUR)
    clock.advance(2 * HOUR)
    assert start_due_campaigns(clock) == 0
    taken = unschedule_campaign(**author.who, campaign_id=number)
    assert (taken.state, taken.scheduled_at, taken.latest_at) == ("draft", None, None)
    clock.advance(2 * HOUR)
    assert start_due_campaigns(clock) == 0
    with pytest.raises(Conflict, match="not scheduled"):
        unschedule_campaign(**author.who, campaign_id=number)


def test_a_start_after_the_latest_time_is_no_start(author, clock):
    """The worker was down; nobody gets the mail late."""
    number = author.campaign()
    schedule(author, number, clock, latest_at=NOW + 2 * HOUR)
    clock.advance(2 * HOUR)
    assert start_due_campaigns(clock) == 0
    seen = view(author, number)
    assert (seen.state, seen.state_reason) == ("draft", "Its latest time passed before it could start.")
    assert not rows("SELECT 1 FROM dispatch")


def test_a_late_one_can_be_sent_anew(author, clock):
    """Its old latest time is gone; else all of it would be withheld at once."""
    number = author.campaign()
    schedule(author, number, clock, latest_at=NOW + 2 * HOUR)
    clock.advance(3 * HOUR)
    start_due_campaigns(clock)
    author.send(number, clock=clock)
    assert progress(author.account_id, number).latest_at == clock.now() + timedelta(days=3)


def test_a_scheduled_one_sent_by_hand_too_late_is_refused(author, clock):
    number = author.campaign()
    schedule(author, number, clock, latest_at=NOW + 2 * HOUR)
    clock.advance(3 * HOUR)
    with pytest.raises(Conflict, match="latest time"):
        author.send(number, clock=clock)
    author.send(number, clock=clock, latest_at=clock.now() + HOUR)


def test_times_are_checked_when_they_are_given(author, clock):
    number = author.campaign()
    with pytest.raises(Invalid, match="has passed"):
        schedule(author, number, clock, after=-HOUR)
    with pytest.raises(Invalid, match="latest time"):
        schedule(author, number, clock, latest_at=NOW + HOUR)
    with pytest.raises(Invalid, match="latest time"):
        schedule(author, number, clock, latest_at=NOW + HOUR + timedelta(days=31))


def test_a_scheduled_one_can_be_cancelled(author, clock):
    number = author.campaign()
    schedule(author, number, clock)
    answer = cancel_campaign(**author.who, campaign_id=number, reason="changed our minds")
    assert answer.state == "cancelled"
    clock.advance(2 * HOUR)
    assert start_due_campaigns(clock) == 0
    assert (view(author, number).state, view(author, number).state_reason) == ("cancelled", "changed our minds")
    with pytest.raises(Conflict):
        author.send(number)


@pytest.mark.parametrize("state", ["running", "paused"])
def test_what_is_not_sent_by_the_latest_time_is_withheld(author, clock, state):
    number = author.campaign()
    author.send(number, latest_at=NOW + HOUR, clock=clock)
    if state == "paused":
        pause_campaign(**author.who, campaign_id=number)
    clock.advance(HOUR - timedelta(seconds=1))
    assert withhold_what_ended(clock) == 0
    clock.advance(timedelta(seconds=1))
    assert withhold_what_ended(clock) == 5
    counts = progress(author.account_id, number)
    assert (counts.state, counts.withheld) == ("finished", 5)
    assert counts.reasons == (("withheld", "latest time passed", 5),)
    assert withhold_what_ended(clock) == 0
    if state == "paused":
        with pytest.raises(Conflict):
            resume_campaign(**author.who, campaign_id=number)


def test_nothing_is_sent_after_the_latest_time_though_it_was_leased_in_time(works):
    author = make_author()
    author.crowd(2000)
    server = works.server()
    works.relay(server, rate_per_second=100)
    works.fold()
    clock = SystemClock()
    works.sender(clock=clock)
    latest = clock.now() + timedelta(seconds=2)
    number = author.campaign()
    author.send(number, latest_at=latest)
    until(lambda: len(server.arrivals) > 50, "mail flows")

    def ended():
        withhold_what_ended()
        return progress(author.account_id, number).state == "finished"

    until(ended, "the campaign is ended by its latest time", 8)
    counts = progress(author.account_id, number)
    assert counts.accepted == len(server.arrivals) < 300 and counts.pending == 0
    assert counts.reasons == (("withheld", "latest time passed", 2000 - counts.accepted),)
    sent = [each.message["Date"].datetime for each in server.arrivals]
    assert max(sent) <= latest, "not one was made after it"


def test_the_trail_of_single_messages_is_forgotten_after_a_month(works):
    author = make_author()
    author.crowd(5)
    works.relay(works.server())
    works.fold()
    works.sender()
    number = author.started()
    counts = reached(author.account_id, number)
    clock = FixedClock(counts.finished_at + timedelta(days=29))
    delete_what_is_past(clock)
    assert rows("SELECT 1 FROM journal_segment")
    clock.advance(timedelta(days=2))
    assert delete_what_is_past(clock) >= 1 and not rows("SELECT 1 FROM journal_segment")
    assert progress(author.account_id, number).accepted == 5, "the bitmaps stay"
