"""A test goes to a few addresses through the same gate and accounting, is marked, and respects suppressions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows

from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.campaigns.actions.stop_campaign import pause_campaign
from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.campaigns.queries.campaigns import campaign, campaigns
from fairpost.campaigns.queries.recipients import outcome_for_address, outcomes_in_state
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.delivery.queries.progress import progress
from fairpost.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author(works):
    made = make_author()
    made.people("ada@lake.example", "ben@lake.example")
    works.server_for_tests = works.server()
    works.relay(works.server_for_tests)
    return made


def test_contacts_and_strangers_get_a_marked_mail(works, author):
    server = works.server_for_tests
    number = author.campaign(name="March")
    works.fold()
    works.sender()
    addresses = ["Stranger@Shore.example", "ben@lake.example"]
    view = send_test(**author.who, campaign_id=number, addresses=addresses, attributes={"first_name": "You"})
    assert (view.name, view.test_of) == ("March (test 1)", number)
    reached(author.account_id, view.id)
    assert set(server.counts.items()) == {("Stranger@shore.example", 1), ("ben@lake.example", 1)}
    assert server.to("Stranger@shore.example")[0].message["Subject"] == "[Test] News for You"
    assert server.to("ben@lake.example")[0].message["Subject"] == "[Test] News for N2", "a contact's own attributes"
    assert campaign(author.actor, author.account_id, number).state == "draft", "the campaign itself stays a draft"
    assert [each.id for each in campaigns(author.actor, author.account_id)] == [number]
    assert [each.id for each in campaigns(author.actor, author.account_id, tests=True)] == [view.id, number]
    author.send(number)
    reached(author.account_id, number)
    [real] = server.to("ada@lake.example")
    assert not real.message["Subject"].startswith("[Test]")
    assert len({each.message_id for each in server.to("ben@lake.example")}) == 2, "a test is another message"


def test_suppressed_addresses_stay_suppressed(works, author):
    for address in ("ben@lake.example", "stranger@shore.example"):
        suppress_addresses(**author.who, addresses=[address], reach="account", reason="left")
    number = author.campaign()
    works.fold()
    works.sender()
    to = ["ada@lake.example", "ben@lake.example", "stranger@shore.example"]
    view = send_test(**author.who, campaign_id=number, addresses=to)
    counts = reached(author.account_id, view.id)
    assert set(works.server_for_tests.counts) == {"ada@lake.example"}
    assert counts.reasons == (("withheld", "left", 2),)


def test_what_a_test_recipient_got_can_be_asked_by_address(works, author):
    """A test numbers its recipients from one, like the account its contacts: they must not be mixed up."""
    number = author.campaign()
    works.fold()
    works.sender()
    suppress_addresses(**author.who, addresses=["ben@lake.example"], reach="account", reason="left")
    view = send_test(**author.who, campaign_id=number, addresses=["ben@lake.example", "stranger@shore.example"])
    reached(author.account_id, view.id)
    asked = outcome_for_address(author.actor, author.account_id, view.id, "ben@lake.example")
    assert (asked.state, asked.reason) == ("withheld", "left")
    asked = outcome_for_address(author.actor, author.account_id, view.id, "stranger@shore.example")
    assert (asked.state, asked.attempts[0].code) == ("accepted", 250)
    with pytest.raises(NotFound, match="did not go to"):
        outcome_for_address(author.actor, author.account_id, view.id, "ada@lake.example")
    [line] = outcomes_in_state(author.actor, author.account_id, view.id, "accepted")
    assert line.address == "stranger@shore.example"


def test_an_address_given_twice_gets_one_mail(works, author):
    number = author.campaign()
    works.fold()
    works.sender()
    view = send_test(**author.who, campaign_id=number, addresses=["ada@lake.example", "ada@LAKE.example"])
    assert reached(author.account_id, view.id).accepted == 1
    assert sum(works.server_for_tests.counts.values()) == 1


def test_tests_are_numbered_and_never_collide(author):
    number = author.campaign(name="March")
    author.campaign(name="March (test 2)")
    names = [send_test(**author.who, campaign_id=number, addresses=["a@b.example"]).name for _ in range(3)]
    assert names == ["March (test 1)", "March (test 3)", "March (test 4)"]


@pytest.mark.parametrize("addresses", [[], ["x@y.example"] * 51, ["nonsense"], ["a@b\r\nc.example"]])
def test_wrong_addresses_are_refused_whole(author, addresses):
    number = author.campaign()
    with pytest.raises(Invalid):
        send_test(**author.who, campaign_id=number, addresses=["ada@lake.example", *addresses] if addresses else [])
    assert not rows("SELECT 1 FROM test_recipient") and not rows("SELECT 1 FROM dispatch")


def test_a_test_is_a_campaign_that_can_be_paused_and_ends_by_itself(author):
    number = author.campaign()
    view = send_test(**author.who, campaign_id=number, addresses=["ada@lake.example"])
    assert pause_campaign(**author.who, campaign_id=view.id).state == "paused"
    assert progress(author.account_id, view.id).latest_at - view.started_at == timedelta(hours=1)
    with pytest.raises(Conflict):
        send_campaign(**author.who, campaign_id=view.id)
