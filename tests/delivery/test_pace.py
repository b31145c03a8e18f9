"""Senders keep one pace together: by relay, by mailbox provider or domain, slower where a destination asks for it."""

from __future__ import annotations

import time

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.actions.stop_campaign import cancel_campaign
from fairpost.delivery.actions.set_destination_rate import set_destination_rate
from fairpost.delivery.queries.progress import progress
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import boottime
from fairpost.kernel.errors import Forbidden, Invalid
from fairpost.tenants.actors import local_operator


def pace(destination, per_second):
    set_destination_rate(actor=local_operator(), destination=destination, per_second=per_second)


def rate(arrivals):
    """Messages a second between the first and the last, without the burst at the beginning."""
    times = sorted(each.at for each in arrivals)
    skipped = len(times) // 5
    return (len(times) - 1 - skipped) / (times[-1] - times[skipped])


def measured(server, seconds, chosen=""):
    """The rate at which mail arrives at the server during the next seconds."""
    began = boottime()
    time.sleep(seconds)
    return len([each for each in server.after(began) if chosen in each.to]) / seconds


def both_have_work(works):
    until(lambda: all(each.process.feed.batches for each in works.senders), "both senders have leases")
    until(lambda: all(each.process.pace.share == 0.5 for each in works.senders), "each has half of every limit")


def test_two_senders_keep_a_relays_rate_together(works):
    author = make_author()
    author.crowd(8500)
    server = works.server()
    works.relay(server, rate_per_second=200)
    works.fold()
    works.sender(), works.sender()
    number = author.started()
    both_have_work(works)
    assert measured(server, 2.5) == pytest.approx(200, rel=0.15)
    cancel_campaign(**author.who, campaign_id=number)


def test_two_senders_keep_a_destinations_rate_together(works):
    author = make_author()
    author.crowd(8500, "slow.example")
    quick = author.crowd(100, "quick.example", first=8501)
    server = works.server()
    works.relay(server)
    works.fold()
    pace("slow.example", 120)
    for _ in range(2):
        sender = works.sender()
        until(lambda sender=sender: sender.process.pace.limits, "it knows the limit")
    number = author.started()
    until(lambda: set(quick) <= set(server.counts), "the others are not held up", 5)
    until(lambda: all(each.process.feed.waiting() for each in works.senders), "both wait for the slow one")
    both_have_work(works)
    assert measured(server, 2.5, "slow") == pytest.approx(120, rel=0.15)
    cancel_campaign(**author.who, campaign_id=number)


def test_a_sender_without_work_takes_no_share(works):
    """A small campaign is one batch; the sender that has it may use the whole rate."""
    author = make_author()
    people = author.crowd(300)
    server = works.server()
    works.relay(server, rate_per_second=150)
    works.fold()
    works.sender(), works.sender()
    number = author.started()
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    assert rate(server.arrivals) == pytest.approx(150, rel=0.15)


def test_a_slow_destination_holds_nobody_else_up(works):
    """Several thousand wait for one destination; a campaign that starts then is sent at once."""
    author = make_author()
    author.crowd(5000, "slow.example")
    server = works.server()
    works.relay(server)
    works.fold()
    pace("slow.example", 20)
    sender = works.sender()
    until(lambda: sender.process.pace.limits, "it knows the limit")
    first = author.started()
    until(lambda: sum(sender.process.feed.waiting().values()) > 3000, "thousands wait")
    other = make_author(owner="Mallory", from_address="news@other.example")
    quick = other.crowd(50, "quick.example")
    second = other.started()
    reached(other.account_id, second, seconds=5)
    assert set(quick) <= set(server.counts)
    cancel_campaign(**author.who, campaign_id=first)


def test_one_large_batch_for_a_slow_destination_keeps_the_rate(works):
    author = make_author()
    people = author.crowd(250, "slow.example")
    server = works.server()
    works.relay(server)
    works.fold()
    pace("slow.example", 100)
    sender = works.sender()
    until(lambda: sender.process.pace.limits, "it knows the limit")
    number = author.started()
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    assert rate(server.arrivals) == pytest.approx(100, rel=0.15)


def test_hosted_domains_count_with_their_provider(works):
    author = make_author()
    people = [*author.crowd(60, "one.example"), *author.crowd(60, "two.example", first=61)]
    rows(
        "INSERT INTO contact_domain (domain, verdict, provider) VALUES ('one.example', 'ok', 'hoster.example'),"
        " ('two.example', 'ok', 'hoster.example')"
    )
    server = works.server()
    works.relay(server)
    works.fold()
    pace("hoster.example", 60)
    sender = works.sender()
    until(lambda: sender.process.pace.limits, "it knows the limit")
    number = author.started()
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    assert rate(server.arrivals) == pytest.approx(60, rel=0.15)


def test_a_destination_that_complains_is_sent_to_more_slowly(works):
    author = make_author()
    author.crowd(300, "slow.example")
    server = works.server()
    server.behave(Rule("rcpt", reply="450 4.7.28 you are sending too fast", times=1))
    works.relay(server)
    works.fold()
    pace("slow.example", 160)
    sender = works.sender()
    until(lambda: sender.process.pace.limits, "it knows the limit")
    number = author.started()
    until(lambda: progress(author.account_id, number).accepted == 299, "everybody but the one who was put off")
    assert rate(server.arrivals) == pytest.approx(80, rel=0.15), "half of what it was"
    assert progress(author.account_id, number).reasons == (("deferred", "rate_limited", 1),)


def test_a_limit_that_is_taken_away_holds_no_longer(works):
    author = make_author()
    people = author.crowd(400, "slow.example")
    server = works.server()
    works.relay(server)
    works.fold()
    pace("slow.example", 10)
    sender = works.sender()
    until(lambda: sender.process.pace.limits, "it knows the limit")
    number = author.started()
    until(lambda: len(server.arrivals) > 10, "a few are through")
    pace("slow.example", None)
    reached(author.account_id, number, seconds=10)
    assert server.counts == dict.fromkeys(people, 1)


def test_only_operators_set_the_pace(works):
    author = make_author()
    with pytest.raises(Forbidden):
        set_destination_rate(actor=author.actor, destination="x.example", per_second=1)
    for wrong in (0, -1, 2_000_000):
        with pytest.raises(Invalid):
            pace("x.example", wrong)
    with pytest.raises(Invalid):
        pace("  ", 5)
    pace(" Slow.Example ", 5)
    assert rows("SELECT destination, per_second FROM destination_rate") == [("slow.example", 5.0)]
