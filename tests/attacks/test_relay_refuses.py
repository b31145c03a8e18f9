"""A relay's fault is not a contact's fault: whatever a relay refuses, contacts stay pending and get their mail later.

Whole campaigns on real senders; the relay misbehaves, is mended, and everybody is counted.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.certificates import Authority
from tests.builders.delivery import parts
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.actions.stop_campaign import resume_campaign
from fairpost.campaigns.queries.campaigns import campaign_status
from fairpost.campaigns.queries.recipients import outcome_for_address
from fairpost.cli.sink import server_context
from fairpost.delivery.actions.resume_relay import resume_relay
from fairpost.delivery.queries.progress import progress
from fairpost.delivery.queries.relays import relays
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import SYSTEM_CLOCK, SystemClock
from fairpost.tenants.actors import local_operator

PEOPLE = 30


class Case:
    """A campaign to thirty people through one relay, started."""

    def __init__(self, works, *rules, relay=None, clock=None, people=PEOPLE, server=None, connections=4, **behaviour):
        self.works = works
        self.author = make_author()
        self.people = self.author.crowd(people)
        self.server = server or works.server()
        self.server.behave(*rules, **behaviour)
        self.relay_id = works.relay(self.server, **(relay or {}))
        works.fold()
        self.sender = works.sender(connections, clock or SYSTEM_CLOCK)
        self.number = self.author.started()

    @property
    def counts(self):
        return progress(self.author.account_id, self.number)

    @property
    def status(self):
        return campaign_status(self.author.actor, self.author.account_id, self.number)

    def stopped(self):
        """Everybody is pending in a campaign that was stopped; its reason."""
        counts = reached(self.author.account_id, self.number, "stopped")
        self.all_pending()
        return counts.state_reason

    def relay_stopped(self):
        """Everybody is pending in a running campaign without a relay; the relay's reason."""
        until(lambda: relays()[0].state == "stopped", "the relay is stopped")
        self.all_pending()
        assert self.counts.state == "running"
        [waits] = self.status.waiting_for
        assert relays()[0].state_reason in waits, "whoever looks at the campaign is told"
        return relays()[0].state_reason

    def all_pending(self):
        assert self.counts.pending == self.counts.audience == len(self.people), self.counts
        assert self.server.arrivals == []

    def resume(self):
        resume_campaign(**self.author.who, campaign_id=self.number)

    def leases_are_back(self):
        until(lambda: all(row[2] != "leased" for row in self.parts()), "leases came back")

    def parts(self):
        return parts(self.author.account_id, self.number)

    def everybody_once(self, doubtful=0):
        counts = reached(self.author.account_id, self.number)
        assert self.server.counts == dict.fromkeys(self.people, 1)
        assert counts.accepted == len(self.people) and counts.failed == 0
        assert counts.possibly_doubled <= doubtful


def test_an_expired_password_stops_the_relay(works):
    case = Case(works, relay={"username": "ada", "password": "old"}, auth=("ada", "new"))
    assert "535" in case.relay_stopped() and "wrong user name or password" in relays()[0].state_reason
    case.works.servers[0].connections = 0
    resume_relay(actor=local_operator(), relay_id=case.relay_id, password="new")
    case.everybody_once()


def test_a_stopped_relay_is_not_asked_again_and_again(works):
    case = Case(works, relay={"username": "ada", "password": "old"}, auth=("ada", "new"))
    case.relay_stopped()
    seen = case.server.connections
    until(lambda: case.relay_id not in case.sender.process.lanes.by_relay, "the sender took notice")
    assert case.server.connections - seen <= 4 and seen <= 8


def test_a_relay_resumed_at_once_is_used_again(works):
    """Before the sender has even looked at the relays again."""
    case = Case(works, Rule("banner", reply="554 5.3.2 closed for today", close=True))
    assert "closed for today" in case.relay_stopped()
    case.server.behave()
    resume_relay(actor=local_operator(), relay_id=case.relay_id)
    case.everybody_once()


@pytest.mark.parametrize(
    "rule",
    [
        Rule("ehlo", reply="550 5.7.1 go away"),
        Rule("starttls", reply="554 5.7.0 no TLS today"),
    ],
    ids=lambda rule: rule.stage,
)
def test_a_refusal_before_mail_stops_the_relay(works, rule, tmp_path):
    authority = Authority(tmp_path)
    server = works.server(tls=server_context(authority.issue("127.0.0.1")))
    helo = () if rule.stage == "starttls" else (Rule("helo", reply="550 5.7.1 go away"),)
    case = Case(works, rule, *helo, server=server, relay={"tls": "starttls", "ca_file": str(authority.ca_file)})
    assert rule.reply[10:] in case.relay_stopped()
    case.server.behave()
    resume_relay(actor=local_operator(), relay_id=case.relay_id)
    case.everybody_once()


def test_a_wrong_certificate_stops_the_relay(works, tmp_path):
    authority = Authority(tmp_path)
    case = Case(
        works,
        server=works.server(tls=server_context(authority.issue("other.example"))),
        relay={"tls": "starttls", "ca_file": str(authority.ca_file)},
    )
    assert "certificate is not valid" in case.relay_stopped()
    case.server.tls = server_context(authority.issue("127.0.0.1"))
    resume_relay(actor=local_operator(), relay_id=case.relay_id)
    case.everybody_once()


def test_a_refused_sender_stops_the_campaign(works):
    case = Case(works, Rule("mail", reply="550 5.7.1 sender domain is not yours"))
    assert case.stopped() == "MAIL: 550 5.7.1 sender domain is not yours"
    assert "sender domain is not yours" in case.status.waiting_for[0]
    case.server.behave()
    case.resume()
    case.everybody_once()


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_policy_refusals_of_everybody_stop_the_campaign_and_nobody_fails(works, stage):
    """A slip in DNS: SPF or DKIM fails for every message."""
    case = Case(works, Rule(stage, reply="550 5.7.26 unauthenticated mail is not taken"), people=300)
    assert case.stopped() == f"{stage.upper()}: 550 5.7.26 unauthenticated mail is not taken"
    case.leases_are_back()
    tried = [ordinal for row in case.parts() if row[5] for ordinal in row[3]]
    assert 10 <= len(tried) <= 10 + 2 * 4, "ten refusals, and what was on its way"
    case.server.behave()
    case.resume()
    case.everybody_once()


def test_a_campaign_that_is_resumed_too_early_stops_again(works):
    case = Case(works, Rule("rcpt", reply="554 5.7.1 not today"), people=200)
    for _ in range(6):  # more often than a single recipient may be refused
        case.stopped()
        case.leases_are_back()
        case.resume()
    case.stopped()
    case.leases_are_back()
    case.server.behave()
    case.resume()
    case.everybody_once()


def test_one_whom_policy_refuses_is_tried_five_times_and_then_failed(works):
    clock = SystemClock()
    case = Case(works, Rule("rcpt", match="person7@", reply="550 5.7.1 you I do not like"), clock=clock)
    until(lambda: case.counts.accepted == PEOPLE - 1, "everybody else has it")
    for attempts in range(1, 5):
        until(lambda n=attempts: [r[5] for r in case.parts() if r[2] == "ready"] == [n], f"attempt {attempts} is over")
        assert case.counts.pending == 1
        clock.offset += timedelta(hours=1)
    reached(case.author.account_id, case.number)
    assert case.counts.reasons == (("failed", "refused by policy", 1),)
    assert case.server.counts == {each: 1 for each in case.people if each != "person7@lake.example"}


def test_a_relay_that_puts_everybody_off_gets_another_try_later(works):
    clock = SystemClock()
    case = Case(works, Rule("rcpt", reply="451 4.3.0 try again"), clock=clock)
    until(lambda: case.counts.deferred == PEOPLE, "everybody is deferred")
    assert case.counts.reasons == (("deferred", "local_error", PEOPLE),)
    case.server.behave()
    clock.offset += timedelta(minutes=3)
    assert case.counts.state == "running" and not case.server.arrivals, "five minutes, more or less, are not over"
    clock.offset += timedelta(minutes=4)
    case.everybody_once()


def test_a_relay_that_puts_off_every_sender_counts_as_the_relays_fault(works):
    case = Case(works, Rule("mail", reply="451 4.7.1 not now", times=6))
    case.everybody_once()
    assert case.sender.process.lanes.by_relay[case.relay_id].failures == 0, "it is well again"


@pytest.mark.parametrize(
    "rule",
    [
        Rule("banner", reply="421 4.3.2 too busy", close=True, times=5),
        Rule("mail", reply="421 4.3.2 going down", close=True, times=5),
        Rule("rcpt", reply="421 4.3.2 going down", close=True, times=5),
        Rule("data", reply="421 4.3.2 going down", close=True, times=5),
        Rule("data", close=True, times=5),
    ],
    ids=lambda rule: f"{rule.stage} {rule.reply[:3] or 'closes'}",
)
def test_a_relay_that_closes_delays_and_loses_nobody(works, rule):
    case = Case(works, rule)
    case.everybody_once()


def test_a_relay_that_closes_while_it_reads_leaves_a_doubt_that_is_named(works):
    case = Case(works, Rule("content", close=True, times=5))
    case.everybody_once(doubtful=5)


def test_421_instead_of_taking_the_mail_is_nobodys_refusal(works):
    """Twelve connections, so more of them at once than refusals stop a campaign."""
    case = Case(works, Rule("dot", reply="421 4.3.2 shutting down", close=True, times=12), connections=12)
    case.everybody_once()
    outcome = outcome_for_address(case.author.actor, case.author.account_id, case.number, case.people[0])
    assert [each.code for each in outcome.attempts] == [421, 250]
    assert [row[5] for row in case.parts()] == [0], "nobody's attempts were counted"


def test_a_relay_that_is_down_is_waited_for(works):
    server = works.server()
    server.down()
    case = Case(works, server=server)
    until(lambda: case.sender.process.lanes.by_relay[case.relay_id].failures >= 2, "it was tried")
    case.all_pending()
    assert case.counts.state == "running" and relays()[0].state == "active"
    server.up()
    case.everybody_once()


def test_a_relay_that_goes_down_in_the_middle_and_comes_back(works):
    case = Case(works, people=600, relay={"rate_per_second": 300})
    until(lambda: len(case.server.arrivals) > 100, "mail flows")
    case.server.down()
    until(lambda: case.sender.process.lanes.by_relay[case.relay_id].failures >= 1, "the sender noticed")
    case.server.up()
    counts = reached(case.author.account_id, case.number, seconds=30)
    assert set(case.server.counts) == set(case.people)
    doubled = [address for address, count in case.server.counts.items() if count > 1]
    assert len(doubled) <= counts.possibly_doubled <= 4, "only whose dot was unanswered when it fell"
    assert counts.failed == counts.pending == 0


def test_only_what_is_said_of_the_address_is_final(works):
    replies = {
        1: Rule("rcpt", match="person1@", reply="550 5.1.1 no such user"),
        2: Rule("rcpt", match="person2@", reply="550 mailbox unavailable"),
        3: Rule("dot", match="person3@", reply="550 5.1.1 no such user here"),
        4: Rule("dot", match="person4@", reply="552 5.2.2 mailbox full"),
        5: Rule("dot", match="person5@", reply="554 5.6.0 cannot be read"),
        6: Rule("dot", match="person6@", reply="554 5.7.1 spam"),
        7: Rule("data", match="person7@", reply="554 5.3.0 something"),
        8: Rule("dot", match="person8@", reply="452 4.2.2 mailbox full just now"),
    }
    case = Case(works, *replies.values(), people=9)
    until(lambda: case.counts.accepted == 1 and case.counts.failed == 4 and case.counts.deferred == 1, "all tried")
    assert case.counts.pending == 3 and case.counts.state == "running"
    failed = {reason: count for state, reason, count in case.counts.reasons if state == "failed"}
    assert failed == {"unknown_user": 2, "recipient_refused": 1, "mailbox_full": 1}


def test_a_certificate_fault_is_not_met_by_giving_up_encryption(works, tmp_path):
    case = Case(works, relay={"tls": "starttls"})
    assert "does not offer STARTTLS" in case.relay_stopped()
    assert not rows("SELECT 1 FROM batch_outcome")
