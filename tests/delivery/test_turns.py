"""Accounts that send at once get turns, and a broken relay of one holds up no other."""

from __future__ import annotations

from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.actions.stop_campaign import cancel_campaign
from fairpost.delivery.queries.progress import progress


def pool_named(name):
    return rows("SELECT id FROM relay_pool WHERE name = %s", name)[0][0]


def two_authors():
    return make_author(), make_author(owner="Mallory", from_address="news@other.example")


def test_a_small_campaign_is_not_stuck_behind_a_large_one(works):
    large, small = two_authors()
    large.crowd(5000)
    people = small.crowd(40, "small.example")
    server = works.server()
    works.relay(server, rate_per_second=50)
    works.fold()
    works.sender()
    first = large.started()
    until(lambda: len(server.arrivals) > 10, "the large one is on its way")
    second = small.started()
    reached(small.account_id, second, seconds=8)  # behind a batch of the large one it would take 80
    assert set(people) <= set(server.counts)
    assert progress(large.account_id, first).accepted > 20, "the large one went on meanwhile"
    cancel_campaign(**large.who, campaign_id=first)


def test_three_campaigns_get_equal_shares(works):
    authors = [*two_authors(), make_author(owner="Noor", from_address="news@third.example")]
    server = works.server()
    works.relay(server, rate_per_second=60)
    works.fold()
    works.sender()
    for number, author in enumerate(authors):
        author.crowd(1000, f"part{number}.example")
    numbers = [author.started() for author in authors]
    shares = [0, 0, 0]

    def enough():
        for number in range(3):
            shares[number] = sum(f"@part{number}." in each.to for each in server.arrivals)
        return sum(shares) > 150

    until(enough, "enough mail to compare")
    assert min(shares) > 0.4 * max(shares)
    for author, number in zip(authors, numbers, strict=True):
        cancel_campaign(**author.who, campaign_id=number)


def test_a_pool_that_is_down_holds_up_no_other_pool(works):
    """The broken one's leases are full and stay so; the other account does not notice."""
    broken, healthy = two_authors()
    broken.crowd(9000)
    people = healthy.crowd(200, "healthy.example")
    down, server = works.server(), works.server()
    down.down()
    works.relay(down, pool="broken")
    works.relay(server, pool="healthy")
    works.fold()
    sender = works.sender()
    first = broken.started(pool_id=pool_named("broken"))
    until(lambda: sender.process.feed.batches, "leased and stuck")
    second = healthy.started(pool_id=pool_named("healthy"))
    reached(healthy.account_id, second, seconds=8)
    assert server.counts == dict.fromkeys(people, 1)
    assert progress(broken.account_id, first).pending == 9000
    cancel_campaign(**broken.who, campaign_id=first)
