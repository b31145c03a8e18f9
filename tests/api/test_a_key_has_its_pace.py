"""Each key has a bucket of requests that fills up within a minute, whoever answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.api import program
from tests.builders.sending import rows
from tests.builders.tenants import make_account

from fairpost.api.pace import take

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


def test_a_full_bucket_then_none_then_one_more_with_time():
    assert [take(1, 3, NOW).wait for _n in range(3)] == [0, 0, 0]
    refused = take(1, 3, NOW)
    assert (refused.wait, refused.left) == (20, 0)
    assert take(1, 3, NOW + timedelta(seconds=19)).wait == 1
    assert take(1, 3, NOW + timedelta(seconds=20)).wait == 0


def test_asking_while_refused_takes_nothing():
    for _n in range(3):
        take(1, 3, NOW)
    for second in range(19):
        assert take(1, 3, NOW + timedelta(seconds=second)).wait > 0
    assert take(1, 3, NOW + timedelta(seconds=20)).wait == 0


def test_no_more_than_a_bucket_is_saved_up():
    take(1, 3, NOW)
    later = NOW + timedelta(days=1)
    assert [take(1, 3, later).wait > 0 for _n in range(4)] == [False, False, False, True]


def test_a_clock_that_goes_back_gives_nothing():
    for _n in range(3):
        take(1, 3, NOW)
    assert take(1, 3, NOW - timedelta(hours=1)).wait > 0


def test_each_key_has_its_own():
    assert take(1, 1, NOW).wait == 0
    assert take(2, 1, NOW).wait == 0
    assert take(1, 1, NOW).wait > 0


def test_the_answer_says_how_much_is_left(settings):
    settings.FAIRPOST = replace(settings.FAIRPOST, api_requests_per_minute=2)
    ada = program(make_account())
    first, second, third = (ada.get("lists") for _n in range(3))
    assert first["RateLimit-Policy"] == '"key";q=2;w=60'
    assert first["RateLimit"].startswith('"key";r=1;')
    assert second["RateLimit"].startswith('"key";r=0;')
    assert third.status_code == 429
    assert third.data["type"] == "urn:fairpost:problem:too-many-requests"
    assert 0 < int(third["Retry-After"]) <= 30


def test_a_refused_request_does_nothing(settings):
    settings.FAIRPOST = replace(settings.FAIRPOST, api_requests_per_minute=1)
    ada = program(make_account())
    assert ada.get("lists").status_code == 200
    assert ada.post("lists", {"name": "News"}).status_code == 429
    assert rows("SELECT count(*) FROM contacts_contactlist")[0][0] == 0
