"""A campaign that begins with a canary writes to a small part first, and to the rest only when nothing is wrong."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, until

from fairpost.campaigns.actions.create_campaign import change_campaign
from fairpost.campaigns.actions.release_canary import let_canaries_go_on, release_canary
from fairpost.campaigns.actions.stop_campaign import cancel_campaign
from fairpost.campaigns.queries.campaigns import campaign_status
from fairpost.delivery.canary import by_provider, choose_canary, quotas
from fairpost.delivery.connect import connect
from fairpost.delivery.jobs import withhold_what_ended
from fairpost.delivery.queries.progress import progress
from fairpost.events.providers import count_by_provider, note_returned
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict, Invalid, NotFound


class Later:
    """A clock that many minutes ahead."""

    def __init__(self, minutes: float) -> None:
        self.ahead = timedelta(minutes=minutes)

    def now(self):
        return SYSTEM_CLOCK.now() + self.ahead


def sending(works, author, count=1000, **options):
    author.crowd(count)
    server = works.server()
    works.relay(server)
    works.fold()
    works.sender(clock=Later(60))  # what is due within the hour is due for it
    return author.started(canary_percent=2, canary_minutes=30, **options), server


def state(author, number):
    return campaign_status(author.actor, author.account_id, number).canary.state


def go_on_until(author, number, wanted, clock=SYSTEM_CLOCK):
    def look():
        let_canaries_go_on(clock)
        return state(author, number) == wanted

    until(look, f"the canary is {wanted}")


def test_two_percent_go_first_and_the_rest_after_the_wait(works):
    author = make_author()
    number, server = sending(works, author)
    go_on_until(author, number, "waiting")
    assert progress(author.account_id, number).accepted == len(server.arrivals) == 20
    said = campaign_status(author.actor, author.account_id, number).waiting_for
    assert any("the rest waits until" in each for each in said)
    let_canaries_go_on(Later(29))
    assert state(author, number) == "waiting", "the wait is not over"
    assert let_canaries_go_on(Later(31)) == 1
    assert reached(author.account_id, number).accepted == 1000
    assert set(server.counts.values()) == {1}
    assert state(author, number) == "passed"


def test_what_is_wrong_keeps_the_rest_back_until_its_sender_says_so(works, settings):
    settings.FAIRPOST = settings.FAIRPOST.__class__(watch_volume=20)
    author = make_author()
    number, server = sending(works, author)
    go_on_until(author, number, "waiting")
    count_by_provider()
    with connect() as own:
        note_returned(own, author.account_id, number, "complaint", {"lake.example": 4})
    assert let_canaries_go_on(Later(31)) == 1
    status = campaign_status(author.actor, author.account_id, number)
    assert status.canary.state == "troubled"
    assert any("4 of 20 recipients complained" in said for said in status.waiting_for)
    assert let_canaries_go_on(Later(600)) == 0
    assert len(server.arrivals) == 20
    release_canary(actor=author.actor, account_id=author.account_id, campaign_id=number, reason="they were colleagues")
    assert reached(author.account_id, number).accepted == 1000
    with pytest.raises(Conflict):
        release_canary(actor=author.actor, account_id=author.account_id, campaign_id=number)


def test_cancelled_behind_its_canary_nobody_else_is_written_to(works):
    author = make_author()
    number, server = sending(works, author)
    go_on_until(author, number, "waiting")
    cancel_campaign(**author.who, campaign_id=number)
    withhold_what_ended()
    let_canaries_go_on(Later(31))
    counts = progress(author.account_id, number)
    assert (counts.accepted, counts.withheld, counts.pending) == (20, 980, 0)
    assert len(server.arrivals) == 20


def test_another_account_releases_nothing(works):
    author, mallory = make_author(), make_author(owner="Mallory", from_address="news@other.example")
    number, _server = sending(works, author)
    for account_id in (author.account_id, mallory.account_id):
        with pytest.raises(NotFound):
            release_canary(actor=mallory.actor, account_id=account_id, campaign_id=number)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", [{"canary_percent": 60}, {"canary_percent": -1}, {"canary_minutes": 0}])
def test_what_makes_no_sense_is_refused(wrong):
    author = make_author()
    number = author.campaign(canary_percent=2, canary_minutes=30)
    with pytest.raises(Invalid) as error:
        change_campaign(**author.who, campaign_id=number, **wrong)
    assert error.value.field in wrong


@pytest.mark.django_db(transaction=True)
def test_small_providers_are_in_a_small_canary():
    author = make_author()
    author.crowd(9000, "large.example")
    author.crowd(600, "small.example", first=9001)
    author.crowd(30, "tiny.example", first=9601)
    with connect() as own:
        everybody = BitMap(range(1, 9631))
        chosen = choose_canary(own, author.account_id, everybody, 96, Random(7))
        groups = {name: len(group) for name, group in by_provider(own, author.account_id, chosen).items()}
    assert len(chosen) == 96 and chosen <= everybody
    assert 80 <= groups["large.example"] <= 94 and groups["small.example"] >= 2


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 5000), min_size=1, max_size=30), st.integers(1, 4000))
def test_quotas_fill_what_is_wanted_and_leave_no_large_group_out(sizes, wanted):
    share = quotas(sizes, wanted)
    assert sum(share.values()) == min(wanted, sum(sizes[name] for name in share))
    assert all(1 <= share[name] <= sizes[name] for name in share)
    assert len(share) == min(wanted, len(sizes))
