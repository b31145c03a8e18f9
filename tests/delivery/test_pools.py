"""Relays of a pool share the load by weight and stand in for one another."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.queries.campaigns import campaign_status
from fairpost.delivery.actions.resume_relay import resume_relay, stop_relay
from fairpost.delivery.queries.progress import progress
from fairpost.delivery.queries.relays import relays
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.errors import NotFound
from fairpost.tenants.actors import local_operator


class Pool:
    """Two relays of one pool, a sender, and a campaign that lasts some seconds."""

    def __init__(self, works, people=900, first=None, second=None, rate=300):
        self.author = make_author()
        self.people = self.author.crowd(people)
        self.one, self.two = works.server(), works.server()
        self.one_id = works.relay(self.one, **{"rate_per_second": rate, **(first or {})})
        self.two_id = works.relay(self.two, **{"rate_per_second": rate, **(second or {})})
        works.fold()
        self.works = works
        self.sender = works.sender(connections=8)

    def start(self):
        self.number = self.author.started()
        return self.number

    def flowing(self, server, more=50):
        began = len(server.arrivals)
        until(lambda: len(server.arrivals) > began + more, "mail flows")

    def everybody(self, doubtful=0):
        counts = reached(self.author.account_id, self.number, seconds=30)
        both = self.one.counts + self.two.counts
        assert set(both) == set(self.people)
        assert sum(count > 1 for count in both.values()) <= counts.possibly_doubled <= doubtful
        assert counts.accepted == len(self.people)


def test_weights_are_roughly_kept(works):
    pool = Pool(works, people=2000, first={"weight": 3}, second={"weight": 1}, rate=None)
    for server in (pool.one, pool.two):
        server.behave(delay=0.004)  # both as slow as each other, whatever else this machine does
    pool.start()
    pool.everybody()
    assert len(pool.one.arrivals) / len(pool.two.arrivals) == pytest.approx(3, rel=0.4)


def test_when_one_relay_falls_the_other_takes_all(works):
    pool = Pool(works)
    pool.start()
    pool.flowing(pool.one), pool.flowing(pool.two)
    pool.one.down()
    pool.everybody(doubtful=8)
    assert progress(pool.author.account_id, pool.number).failed == 0


def test_a_relay_that_refuses_us_is_left_and_the_other_takes_all(works):
    pool = Pool(works, first={"username": "ada", "password": "old"})
    pool.one.behave(auth=("ada", "new"))
    pool.start()
    pool.everybody()
    assert {each.id: each.state for each in relays()} == {pool.one_id: "stopped", pool.two_id: "active"}
    assert not pool.one.arrivals


def test_a_relay_that_an_operator_stops_gets_nothing_more(works):
    pool = Pool(works, people=1500)
    pool.start()
    pool.flowing(pool.one), pool.flowing(pool.two)
    stop_relay(actor=local_operator(), relay_id=pool.one_id, reason="maintenance")
    until(
        lambda: not pool.sender.process.lanes.parting and pool.one_id not in pool.sender.process.lanes.by_relay, "left"
    )
    seen = len(pool.one.arrivals)
    pool.flowing(pool.two, 100)
    assert len(pool.one.arrivals) == seen
    resume_relay(actor=local_operator(), relay_id=pool.one_id)
    pool.flowing(pool.one)
    pool.everybody()


def test_with_every_relay_stopped_the_campaign_waits_and_says_so(works):
    pool = Pool(works)
    for number in (pool.one_id, pool.two_id):
        stop_relay(actor=local_operator(), relay_id=number, reason="power cut")
    until(lambda: not pool.sender.process.lanes.by_relay, "the sender took notice")
    number = pool.start()
    status = campaign_status(pool.author.actor, pool.author.account_id, number)
    assert status.progress.pending == len(pool.people)
    assert len(status.waiting_for) == 2 and "power cut" in status.waiting_for[0]
    resume_relay(actor=local_operator(), relay_id=pool.two_id)
    pool.everybody()
    assert not pool.one.arrivals


def test_a_relay_that_joins_the_pool_takes_its_part(works):
    pool = Pool(works, people=1800, rate=150)
    pool.start()
    pool.flowing(pool.one)
    third = works.server()
    works.relay(third)
    until(lambda: len(third.arrivals) > 50, "the new relay has its part", 8)
    reached(pool.author.account_id, pool.number, seconds=30)
    assert pool.one.counts + pool.two.counts + third.counts == dict.fromkeys(pool.people, 1)


def test_a_relay_that_recovers_gets_its_part_again(works):
    pool = Pool(works, people=1500)
    pool.one.behave(Rule("mail", reply="451 4.3.2 one moment", times=4))
    pool.start()
    until(lambda: len(pool.one.arrivals) > 100, "it is in use again")
    pool.everybody()


def test_a_cap_of_messages_on_a_connection_loses_nothing(works):
    pool = Pool(works, people=400, first={"max_messages": 7}, second={"max_connections": 1})
    pool.start()
    pool.everybody()
    assert pool.one.connections > 10 and pool.two.connections == 1


def test_a_campaign_goes_through_its_accounts_pool(works):
    ada, mallory = make_author(), make_author(owner="Mallory", from_address="news@other.example")
    ada.crowd(5)
    mallory.crowd(5)
    for_all, hers = works.server(), works.server()
    works.relay(for_all)
    works.relay(hers, pool="own", pool_account_id=ada.account_id)
    works.fold()
    works.sender()
    for author in (ada, mallory):
        number = author.started()
        reached(author.account_id, number)
    assert len(hers.arrivals) == len(for_all.arrivals) == 5
    own = rows("SELECT id FROM relay_pool WHERE name = 'own'")[0][0]
    with pytest.raises(NotFound):
        mallory.campaign(pool_id=own)


def test_without_a_relay_nothing_starts(works):
    author = make_author()
    author.crowd(1)
    with pytest.raises(NotFound, match="no relay"):
        author.started()
    assert rows("SELECT state FROM campaign") == [("draft",)]
