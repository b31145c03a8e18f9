"""Rates are kept over any stretch of time, cut when a destination says so, and won back step by step."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.engine.pacing.backoff import AdaptiveRate, RetrySchedule
from fairpost.engine.pacing.destination import destination, registered_name
from fairpost.engine.pacing.token_bucket import TokenBucket

# token bucket


@given(
    st.floats(0.5, 500),
    st.floats(1, 100),
    st.floats(0.01, 1),
    st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_more_than_rate_and_burst_over_any_time(
    rate: float, burst: float, share: float, pauses: list[float]
) -> None:
    now, taken = 100.0, 0
    bucket = TokenBucket(rate, burst, now, share)
    for pause in pauses:
        now += pause
        while taken < 5000 and bucket.take(now):
            taken += 1
    assert taken <= max(1.0, burst * share) + (now - 100.0) * rate * share + 0.01


def test_waiting_as_told_is_enough() -> None:
    bucket = TokenBucket(rate=10, burst=5, now=0)
    assert all(bucket.take(0) for _ in range(5)) and not bucket.take(0)
    assert bucket.wait(0) == pytest.approx(0.1)
    assert not bucket.take(0.09) and bucket.take(0.1 + 1e-6)


def test_shares_of_all_senders_make_one_rate() -> None:
    buckets = [TokenBucket(rate=100, burst=10, now=0, share=0.25) for _ in range(4)]
    taken = sum(bucket.take(tick / 1000) for tick in range(10_000) for bucket in buckets)
    assert 1000 <= taken <= 1012


def test_a_share_of_nothing_lets_nothing_through() -> None:
    bucket = TokenBucket(rate=100, burst=10, now=0, share=0)
    assert not bucket.take(1000) and bucket.wait(1000) == float("inf")
    bucket.change(1000, share=1)
    assert not bucket.take(1000) and bucket.take(1000.02)


def test_tokens_can_be_given_back_but_not_hoarded() -> None:
    bucket = TokenBucket(rate=1, burst=2, now=0)
    assert bucket.take(0, 2)
    bucket.give_back(1)
    assert bucket.take(0) and not bucket.take(0)
    bucket.give_back(50)
    assert bucket.take(0, 2) and not bucket.take(0)
    assert bucket.wait(0, 3) == float("inf"), "three never fit"


def test_a_clock_that_steps_back_gives_nothing() -> None:
    bucket = TokenBucket(rate=1, burst=1, now=100)
    assert bucket.take(100) and not bucket.take(50) and not bucket.take(100.5) and bucket.take(101.1)


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"burst": 0}, {"share": 1.1}, {"share": -1}])
def test_nonsense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        TokenBucket(**{"rate": 1.0, "burst": 1.0, "now": 0.0, **wrong})


# back-off


def test_rate_halves_once_per_burst_of_deferrals_and_recovers_in_steps() -> None:
    rate = AdaptiveRate(100, interval=30)
    assert rate.deferred("rate_limited", 0) and rate.rate == 50
    assert not any(rate.deferred("rate_limited", t) for t in (1, 5, 29)), "answers to what had left before"
    assert rate.deferred("rate_limited", 30) and rate.rate == 25
    assert not rate.accepted(40)
    assert rate.accepted(60) and rate.rate == 30
    for step in range(3, 40):
        rate.accepted(step * 30)
    assert rate.rate == 100, "never above the ceiling"


def test_rate_never_falls_below_its_floor() -> None:
    rate = AdaptiveRate(10, floor=1)
    for step in range(20):
        rate.deferred("rate_limited", step * 30)
    assert rate.rate == 1


@pytest.mark.parametrize("reason", ["mailbox_full", "greylisted", "recipient_unverified", "smtputf8_not_offered"])
def test_one_contacts_trouble_slows_nobody(reason: str) -> None:
    rate = AdaptiveRate(100)
    assert not rate.deferred(reason, 0) and rate.rate == 100


def test_retries_double_spread_and_end_at_the_longest() -> None:
    schedule = RetrySchedule(first=300, longest=3600, jitter=0.2)
    delays = [[schedule.delay(n, Random(seed)) for seed in range(200)] for n in range(1, 8)]
    for base, spread in zip([300, 600, 1200, 2400, 3600, 3600, 3600], delays, strict=True):
        assert all(0.8 * base <= delay <= 1.2 * base for delay in spread)
        assert max(spread) - min(spread) > 0.3 * base
    assert schedule.delay(10_000, Random(1)) <= 1.2 * 3600
    assert schedule.delay(3, Random(7)) == schedule.delay(3, Random(7)), "a replay waits as long"
    with pytest.raises(ValueError):
        schedule.delay(0, Random(1))


# destinations


@pytest.mark.parametrize(
    ("domain", "mx", "expected"),
    [
        ("gmail.com", [(5, "gmail-smtp-in.l.google.com"), (10, "alt1.gmail-smtp-in.l.google.com")], "google"),
        ("firm.example", [(1, "ASPMX.L.GOOGLE.COM."), (5, "alt1.aspmx.l.google.com")], "google"),
        ("firm.example", [(1, "smtp.google.com")], "google"),
        ("city.example", [(0, "city-example.mail.protection.outlook.com")], "microsoft"),
        ("hotmail.com", [(2, "hotmail-com.olc.protection.outlook.com")], "microsoft"),
        ("yahoo.com", [(1, "mta5.am0.yahoodns.net")], "yahoo"),
        ("aol.com", [(10, "mx-aol.mail.gm0.yahoodns.net")], "yahoo"),
        ("party.example", [(20, "backup.example.net"), (10, "mx1.mail.hoster.example")], "hoster.example"),
        ("party.example", [(10, "mx.hoster.co.uk")], "hoster.co.uk"),
        ("party.example", [], "party.example"),
        ("none.example", [(0, ".")], "none.example"),
        ("own.example", [(10, "own.example")], "own.example"),
        ("trick.example", [(10, "google.com.trick.example")], "trick.example"),
        ("trick.example", [(10, "notgoogle.com")], "notgoogle.com"),
    ],
)
def test_hosted_domains_count_with_their_host(domain: str, mx: list[tuple[int, str]], expected: str) -> None:
    assert destination(domain, mx) == expected


def test_order_of_the_answer_does_not_matter() -> None:
    mx = [(10, "b.two.example"), (10, "a.one.example"), (20, "c.three.example")]
    assert destination("x.example", mx) == destination("x.example", mx[::-1]) == "one.example"


def test_registered_names() -> None:
    assert registered_name("a.b.example.org") == "example.org"
    assert registered_name("mx.ministry.gouv.fr") == "ministry.gouv.fr"
    assert registered_name("localhost") == "localhost"
