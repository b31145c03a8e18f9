"""What did this contact get, and if nothing, why not: one answer for everybody, with the relay's own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.queries.recipients import outcome_for_address, outcomes_in_state
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.delivery.queries.progress import progress
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import SystemClock
from fairpost.kernel.errors import NotFound

LONG = "550 5.1.1 <failed@lake.example>: " + "Recipient address rejected, übrigens, " * 8 + "end"


@pytest.fixture
def sent(works):
    """A campaign in which everything that can happen to a contact has happened to one."""
    author = make_author()
    names = ("accepted", "suppressed", "failed", "greylisted", "excluded", "dead")
    author.people(*(f"{name}@{name if name == 'dead' else 'lake'}.example" for name in names))
    who = author.who
    rows("INSERT INTO contact_domain (domain, verdict) VALUES ('dead.example', 'dead')")
    suppress_addresses(**who, addresses=["excluded@lake.example"], reach="account", reason="left long ago")
    server = works.server()
    server.behave(
        Rule("rcpt", match="failed@", reply=LONG),
        Rule("rcpt", match="greylisted@", reply="450 4.2.0 greylisted, try again", times=1),
        Rule("dot", match="accepted@", reply="250 2.0.0 Ok: queued as 4XyZ12abc"),
    )
    works.relay(server)
    number = author.started()
    suppress_addresses(**who, addresses=["suppressed@lake.example"], reach="account", reason="unsubscribed")
    works.fold()
    clock = SystemClock()
    works.sender(clock=clock)
    until(lambda: progress(author.account_id, number).deferred == 1, "one is greylisted")
    clock.offset += timedelta(minutes=10)
    reached(author.account_id, number)
    return author, number


def ask(sent, name):
    author, number = sent
    return outcome_for_address(author.actor, author.account_id, number, f"{name}@lake.example")


def test_everybody_has_an_answer(sent):
    author, number = sent
    accepted = ask(sent, "accepted")
    assert (accepted.state, accepted.reason) == ("accepted", "")
    [attempt] = accepted.attempts
    assert (attempt.code, attempt.enhanced, attempt.relay_id > 0) == (250, "2.0.0", True)
    assert attempt.reply == "2.0.0 Ok: queued as 4XyZ12abc", "with the relay's queue id"
    suppressed = ask(sent, "suppressed")
    assert (suppressed.state, suppressed.reason) == ("withheld", "unsubscribed")
    failed = ask(sent, "failed")
    assert (failed.state, failed.reason) == ("failed", "unknown_user")
    assert failed.attempts[0].reply == LONG[4:], "the whole of a long reply"
    again = ask(sent, "greylisted")
    assert again.state == "accepted" and [each.code for each in again.attempts] == [450, 250]
    assert again.attempts[0].state == "deferred"
    left_out = ask(sent, "excluded")
    assert (left_out.state, left_out.reason, left_out.attempts) == ("not_in_audience", "suppressed", ())
    dead = outcome_for_address(author.actor, author.account_id, number, "dead@dead.example")
    assert (dead.state, dead.reason) == ("not_in_audience", "dead_domain")


def test_whoever_came_later_was_not_selected(sent):
    author, number = sent
    author.people("later@lake.example", first=7)
    later = ask(sent, "later")
    assert (later.state, later.reason) == ("not_in_audience", "not_selected")
    with pytest.raises(NotFound):
        ask(sent, "nobody")


def test_an_address_is_found_in_any_form(sent):
    author, number = sent
    asked = outcome_for_address(author.actor, author.account_id, number, " Accepted@LAKE.example")
    assert asked.state == "accepted"


def test_states_are_listed_with_addresses_and_reasons(sent):
    author, number = sent
    listed = {
        state: [
            (each.address, each.reason) for each in outcomes_in_state(author.actor, author.account_id, number, state)
        ]
        for state in ("accepted", "withheld", "failed", "deferred", "pending")
    }
    assert listed == {
        "accepted": [("accepted@lake.example", ""), ("greylisted@lake.example", "")],
        "withheld": [("suppressed@lake.example", "unsubscribed")],
        "failed": [("failed@lake.example", "unknown_user")],
        "deferred": [],
        "pending": [],
    }
    page = outcomes_in_state(author.actor, author.account_id, number, "accepted", after=1, limit=1)
    assert [each.address for each in page] == ["greylisted@lake.example"]


def test_a_contact_removed_since_keeps_its_line_without_an_address(sent):
    author, number = sent
    rows("DELETE FROM contact WHERE canonical = 'accepted@lake.example'")
    lines = outcomes_in_state(author.actor, author.account_id, number, "accepted")
    assert [(each.ordinal, each.address) for each in lines] == [(1, ""), (4, "greylisted@lake.example")]
