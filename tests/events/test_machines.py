"""Machines are told from people by what they do together, and everything that they do is recorded apart."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.builders import hits as build
from tests.builders.hits import AT, MORNING, Edge, fold_all

from fairpost.events.fold.machines import machines
from fairpost.events.hits import HIT, HONEYPOT_LINK, read_hits, write_hit
from fairpost.events.kinds import BURST, CLICK, GATEWAY, HEAD, HONEYPOT, OPEN
from fairpost.kernel.clock import FixedClock

NOBODY = np.empty(0, dtype=HIT)


def told(*clicks: tuple[float, int, int]) -> list[int]:
    """The codes of (seconds, ordinal, link)."""
    data = b"".join(write_hit(MORNING + round(at * 1e6), 1, 1, who, CLICK, link) for at, who, link in clicks)
    return machines(read_hits(data), NOBODY).tolist()


def test_links_within_a_second_are_one_machines_work_all_of_them():
    assert told((0.0, 1, 0), (0.4, 1, 1), (0.9, 1, 2)) == [BURST] * 3
    assert told((0.0, 1, 0), (0.3, 1, 0), (0.9, 1, 1)) == [BURST] * 3, "the first is within a second of another link"


def test_a_person_clicks_twice_on_one_link_and_later_on_another():
    assert told((0.0, 1, 0), (0.2, 1, 0), (1.3, 1, 1)) == [0, 0, 0]


def test_two_people_at_once_are_two_people():
    assert told((0.0, 1, 0), (0.1, 2, 1)) == [0, 0]


def test_who_follows_the_link_that_nobody_sees_is_a_machine_for_a_minute():
    assert told((0, 1, 0), (50, 1, HONEYPOT_LINK), (109, 1, 2), (111, 1, 3), (50, 2, 0)) == [7, 7, 7, 0, 0]


def test_what_the_edge_saw_stands():
    data = write_hit(MORNING, 1, 1, 1, CLICK, 0, agent=GATEWAY) + write_hit(MORNING, 1, 1, 1, CLICK, 1)
    assert machines(read_hits(data), NOBODY).tolist() == [GATEWAY, BURST]


@settings(max_examples=150, deadline=None)
@given(
    some.lists(
        some.tuples(some.integers(0, 70_000_000), some.integers(1, 3), some.sampled_from([0, 1, 2, HONEYPOT_LINK])),
        max_size=14,
    )
)
def test_the_arrays_say_what_the_rule_says(clicks):
    found = told(*((at / 1e6, who, link) for at, who, link in clicks))
    for (at, who, link), code in zip(clicks, found, strict=True):
        own = [(abs(a - at), other) for a, w, other in clicks if w == who]
        trap = any(other == HONEYPOT_LINK and gap <= 60_000_000 for gap, other in own)
        burst = any(other != link and gap <= 1_000_000 for gap, other in own)
        assert code == (HONEYPOT if trap else BURST if burst else 0)


@pytest.mark.django_db(transaction=True)
def test_a_burst_over_the_border_of_two_folds_and_of_two_spools_is_one(tmp_path):
    one, two = Edge(tmp_path), Edge(tmp_path)
    one.click(1, link=0, at=0)
    two.click(1, link=1, at=0.6)
    one.click(2, link=0, at=0)
    two.click(2, link=HONEYPOT_LINK, at=2)
    clock = FixedClock(AT + timedelta(seconds=3.3))
    fold = fold_all(tmp_path, clock)
    assert [row[:4] for row in build.events()] == [(1, CLICK, BURST, 0), (2, CLICK, HONEYPOT, 0)]
    one.click(2, link=5, at=30)
    clock.advance(timedelta(minutes=5))
    fold.close()  # killed, say: what it knew of the last step is read again
    fold_all(tmp_path, clock)
    assert [row[2] for row in build.events()] == [BURST, BURST, HONEYPOT, HONEYPOT, HONEYPOT]
    assert (CLICK, -1) not in build.sets(), "no person clicked"
    assert build.sets()[CLICK + 100, 5] == {2} and build.totals()[CLICK + 100, -1] == 5


@pytest.mark.django_db(transaction=True)
def test_machines_count_apart_and_the_same_recipient_may_open_too(tmp_path):
    edge = Edge(tmp_path)
    edge.open(1, agent=HEAD, at=0)
    edge.open(1, at=30)
    edge.open(2, agent=HEAD, at=0)
    edge.die()
    fold_all(tmp_path)
    assert build.sets() == {(OPEN, -1): {1}, (OPEN + 100, -1): {1, 2}}
