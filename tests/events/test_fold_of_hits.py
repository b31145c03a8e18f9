"""The fold of hits: each is a row, in its sets and in its counts, once; whatever dies and whenever."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from tests.builders import hits as build
from tests.builders.hits import ACCOUNT, AT, CAMPAIGN, Edge, fold_all

from fairpost.delivery.connect import connect
from fairpost.events.fold.hits import HitFold
from fairpost.events.hits import SIZE
from fairpost.events.kinds import APPLE, CLICK, OPEN
from fairpost.kernel.clock import FixedClock

pytestmark = [pytest.mark.django_db(transaction=True)]
MACHINE_OPEN = OPEN + 100


def test_a_hit_becomes_a_row_a_member_and_a_count(tmp_path):
    edge = Edge(tmp_path)
    edge.open(7, 70_000, at=1)
    edge.open(7, at=3700)
    edge.click(7, link=3, at=5)
    edge.click(7, link=3, at=86_400)
    edge.open(8, agent=APPLE, at=2)
    edge.die()
    fold_all(tmp_path, FixedClock(AT + timedelta(days=2)))
    assert build.events() == [
        (7, OPEN, 0, -1, 1), (7, OPEN, 0, -1, 3700), (7, CLICK, 0, 3, 5), (7, CLICK, 0, 3, 86_400),
        (8, OPEN, APPLE, -1, 2), (70_000, OPEN, 0, -1, 1),
    ]  # fmt: skip
    assert build.sets() == {
        (OPEN, -1): {7, 70_000}, (CLICK, -1): {7}, (CLICK, 3): {7}, (MACHINE_OPEN, -1): {8},
    }  # fmt: skip
    assert build.totals() == {(OPEN, -1): 3, (CLICK, -1): 2, (CLICK, 3): 2, (MACHINE_OPEN, -1): 1}
    assert build.day_sets() == {
        (OPEN, "2027-01-04"): {7, 70_000}, (CLICK, "2027-01-04"): {7}, (CLICK, "2027-01-05"): {7},
        (MACHINE_OPEN, "2027-01-04"): {8},
    }  # fmt: skip
    assert not list(tmp_path.iterdir()) and not build.rows("SELECT 1 FROM spool_offset"), "a dead spool is done with"


def test_what_is_young_waits_and_what_a_living_edge_adds_is_folded_later(tmp_path):
    edge, clock = Edge(tmp_path), FixedClock(AT + timedelta(seconds=12))
    edge.open(1, at=0)
    edge.open(2, at=11)
    fold = fold_all(tmp_path, clock)
    assert build.sets() == {(OPEN, -1): {1}}
    edge.open(3, at=12)
    clock.advance(timedelta(seconds=60))
    fold_all(tmp_path, fold=fold)
    assert build.sets() == {(OPEN, -1): {1, 2, 3}}
    assert list(tmp_path.iterdir()), "its edge lives"


def test_a_fold_does_not_chase_its_edge(tmp_path):
    edge, clock = Edge(tmp_path), FixedClock(AT + timedelta(seconds=9))
    fold = HitFold(tmp_path, clock)
    with connect() as own:
        edge.open(1)
        assert fold.step(own) == 1
        edge.open(2)
        clock.advance(timedelta(milliseconds=900))
        assert fold.step(own) == 0
        clock.advance(timedelta(milliseconds=100))
        assert fold.step(own) == 1


def test_a_damaged_record_is_left_out_and_the_rest_goes_on(tmp_path):
    edge = Edge(tmp_path)
    edge.open(*range(1, 11))
    path = edge.writer.path
    with path.open("r+b") as file:
        file.seek(4 * SIZE + 9)
        file.write(b"\x99")
    edge.writer.append(b"torn")
    edge.die()
    fold = fold_all(tmp_path)
    assert build.sets() == {(OPEN, -1): set(range(1, 11)) - {5}}
    assert fold.damaged == 1 and not path.exists()


def test_hits_of_tests_count_nowhere(tmp_path):
    edge = Edge(tmp_path)
    edge.open(1, test=True)
    edge.click(1, link=0, test=True)
    edge.open(2)
    edge.die()
    fold_all(tmp_path)
    assert [row[0] for row in build.events()] == [2] and build.totals() == {(OPEN, -1): 1}


def test_accounts_and_campaigns_stay_apart(tmp_path):
    edge = Edge(tmp_path)
    for edge.account in (5, 6):
        for edge.campaign in range(300):
            edge.open(edge.account * 1000 + edge.campaign)
    edge.die()
    fold_all(tmp_path)
    for account in (5, 6):
        for campaign in (0, 255, 256, 299):
            assert build.sets(campaign, account) == {(OPEN, -1): {account * 1000 + campaign}}


def test_a_pixel_hit_a_million_times_is_one_person_and_a_million_opens(tmp_path):
    edge = Edge(tmp_path)
    edge.open(7)
    one = edge.writer.path.read_bytes()
    for _ in range(10):
        edge.writer.append(one * 100_000)
    edge.die()
    began = time.monotonic()
    fold_all(tmp_path)
    assert time.monotonic() - began < 60, "linear, and no Python object for each"
    assert build.sets() == {(OPEN, -1): {7}} and build.totals() == {(OPEN, -1): 1_000_001}


def test_a_second_fold_of_the_same_folder_counts_nothing_twice(tmp_path):
    edge, clock = Edge(tmp_path), FixedClock(AT + timedelta(hours=1))
    edge.open(*range(100))
    first, second = HitFold(tmp_path, clock), HitFold(tmp_path, clock)
    with connect() as own:
        assert first.step(own) == 100
        edge.open(*range(100, 150))
        assert second.step(own) == 50
        clock.advance(timedelta(seconds=1))
        edge.open(*range(150, 160))
        assert first.step(own) == 0, "its offset is out of date"
        assert first.step(own) == 10
    assert build.totals() == {(OPEN, -1): 160}


KILLED = """
import django, sys
from datetime import datetime, UTC
from pathlib import Path
django.setup()
from fairpost.delivery.connect import connect
from fairpost.events.fold.hits import HitFold
from fairpost.kernel.clock import FixedClock
fold = HitFold(Path(sys.argv[1]), FixedClock(datetime(2027, 1, 5, tzinfo=UTC)), most=500)
with connect() as own:
    while fold.step(own):
        print("on", flush=True)
"""


def test_a_fold_that_is_killed_loses_nothing_and_counts_nothing_twice(tmp_path, database_url):
    edge = Edge(tmp_path)
    count = 30_000
    for ordinal in range(count):
        edge.open(ordinal % 7000, at=ordinal / 10)
    edge.die()
    environment = {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "fairpost.runtime.settings"}
    chance = random.Random(4)
    for _ in range(2):
        program = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], env=environment, stdout=subprocess.PIPE
        )
        assert program.stdout is not None and program.stdout.readline() == b"on\n"
        time.sleep(chance.random() * 0.1)
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()
    between = sum(build.totals().values())
    assert 0 < between < count, "it was killed in the middle of its work"
    fold_all(tmp_path)
    assert build.totals() == {(OPEN, -1): count} and len(build.sets()[OPEN, -1]) == 7000
    assert build.rows("SELECT count(*) FROM event WHERE account_id = %s AND campaign_id = %s", ACCOUNT, CAMPAIGN) == [
        (count,)
    ]
