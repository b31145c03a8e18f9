"""Campaigns are suspended and bounced in KumoMTA by both of their names, and the admin API is not trusted further."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows
from tests.delivery.reach.kumo_server import KumoServer

from fairpost.delivery.actions.change_relay_queue import change_relay_queue
from fairpost.delivery.actions.hold_queued import discard_queued, hold_queued, release_queued
from fairpost.delivery.queries.relays import relays
from fairpost.delivery.reach import admin_http
from fairpost.delivery.reach.admin_http import checked_url
from fairpost.delivery.reach.attend import queue_troubles
from fairpost.delivery.reach.jobs import keep_queued_held
from fairpost.delivery.reach.kumomta import KumoQueue, seconds_of
from fairpost.kernel.clock import SYSTEM_CLOCK, SystemClock
from fairpost.kernel.errors import Invalid
from fairpost.tenants.actors import local_operator


@pytest.fixture
def server():
    made = KumoServer("lake", "word")
    yield made
    made.end()


class Sent:
    """A campaign of 40 that the relay took; KumoMTA still has 30 of them."""

    def __init__(self, works, server):
        self.author = make_author()
        self.author.crowd(40)
        access = {"url": server.url, "username": "lake"}
        self.relay = works.relay(works.server(), kind="kumomta", queue=access, queue_secret="word")
        works.fold()
        works.sender()
        self.campaign = (self.author.account_id, self.author.started())
        reached(*self.campaign)
        self.names = (f"fairpost-{self.campaign[0]}", f"fairpost-{self.campaign[1]}")
        server.queued[self.names] = 30
        server.queued["somebody", "else"] = 7


@pytest.fixture
def sent(works, server):
    return Sent(works, server)


def test_a_campaign_is_suspended_counted_and_resumed(sent, server):
    counts = hold_queued([sent.campaign]).total
    assert (counts.accepted, counts.held, counts.gone, counts.out_of_reach) == (40, 30, 10, 0)
    [entry] = server.suspended
    assert (entry["tenant"], entry["campaign"]) == sent.names
    release_queued([sent.campaign])
    assert server.suspended == [] and rows("SELECT * FROM relay_hold") == []


def test_a_second_hold_adds_no_second_suspension(sent, server):
    hold_queued([sent.campaign])
    hold_queued([sent.campaign])
    assert len(server.suspended) == 1


def test_a_server_that_forgot_its_suspensions_gets_them_again(sent, server):
    hold_queued([sent.campaign])
    server.restart()
    keep_queued_held(clock=SYSTEM_CLOCK)
    assert server.suspended == [], "looked at a moment ago"
    keep_queued_held(clock=SystemClock(timedelta(seconds=KumoQueue.recheck + 1)))
    assert len(server.suspended) == 1


def test_a_suspension_that_runs_out_is_renewed_before_the_old_one_goes(sent, server):
    hold_queued([sent.campaign])
    server.suspended[0]["duration"] = "29m 59s 207ms 320us 231ns"
    old = server.suspended[0]["id"]
    server.requests.clear()
    hold_queued([sent.campaign])
    assert len(server.suspended) == 1 and server.suspended[0]["id"] != old
    order = [each for each in server.requests if not each.startswith("GET")]
    assert order == ["POST /api/admin/suspend/v1", "DELETE /api/admin/suspend/v1"]


def test_suspensions_of_others_stay(sent, server):
    mine = {"tenant": sent.names[0], "campaign": sent.names[1], "duration": "5h", "domain": None}
    server.suspended.append({**mine, "id": "by-hand", "reason": "a postmaster's"})
    hold_queued([sent.campaign])
    release_queued([sent.campaign])
    assert [each["id"] for each in server.suspended] == ["by-hand"]


def test_discarding_bounces_that_campaign_only(sent, server):
    discard_queued([sent.campaign])
    assert [(each["tenant"], each["campaign"]) for each in server.bounced] == [sent.names]
    assert server.queued == {("somebody", "else"): 7}


def test_a_hold_waits_for_a_server_that_is_away(sent, server):
    server.spoil = lambda request: request.say(503, b"")
    report = hold_queued([sent.campaign])
    assert (report.total.out_of_reach, report.total.held) == (40, 0)
    assert "503" in report.relays[0].reason
    server.spoil = None
    keep_queued_held(clock=SYSTEM_CLOCK)
    assert len(server.suspended) == 1


def test_without_metrics_it_is_held_and_the_answer_says_that_nobody_counted(sent, server):
    def no_metrics(request):
        if request.path == "/metrics":
            request.say(401, b"")
        else:
            server.spoil = None
            try:
                request.handle_one(request.command)
            finally:
                server.spoil = no_metrics

    server.spoil = no_metrics
    report = hold_queued([sent.campaign])
    assert len(server.suspended) == 1 and report.total.queued == 40
    assert "/metrics" in report.relays[0].reason


@pytest.mark.parametrize("answer", [b"[", b'"words"', b'{"id": 1}', b"[1]", b"null"])
def test_an_answer_of_another_shape_is_no_answer(sent, server, answer):
    server.spoil = lambda request: request.say(200, answer, "application/json")
    assert hold_queued([sent.campaign]).total.out_of_reach == 40


def test_a_redirect_is_not_followed(sent, server):
    elsewhere = KumoServer()
    try:
        server.spoil = lambda request: request.say(307, b"", Location=f"{elsewhere.url}{request.path}")
        assert "307" in hold_queued([sent.campaign]).relays[0].reason
        assert elsewhere.requests == []
    finally:
        elsewhere.end()


def test_an_endless_answer_is_cut_off(sent, server, monkeypatch):
    monkeypatch.setattr(admin_http, "MOST", 1000)
    server.spoil = lambda request: request.say(200, b"[" + b" " * 5000 + b"]", "application/json")
    assert "too much" in hold_queued([sent.campaign]).relays[0].reason


def test_an_answer_that_drips_is_given_up(sent, server, monkeypatch):
    import time

    def drip(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(40):
            request.wfile.write(b" ")
            time.sleep(0.05)

    monkeypatch.setattr(admin_http, "LONGEST", 0.3)
    server.spoil = drip
    report = hold_queued([sent.campaign])
    assert "slow" in report.relays[0].reason and report.seconds < 2


def test_the_secret_is_encrypted_and_never_shown(sent, server):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text, queue_secret_encrypted FROM relay r WHERE id = %s", [sent.relay])
        text, box = cursor.fetchone()
    assert "word" not in text.replace("password", "") and b"word" not in bytes(box) and box
    assert "word" not in repr(relays())
    change_relay_queue(
        actor=local_operator(), relay_id=sent.relay, kind="kumomta", queue={"url": server.url, "username": "lake"}
    )
    assert queue_troubles() == {relays()[0].name: ""}, "the secret stayed"
    change_relay_queue(actor=local_operator(), relay_id=sent.relay, kind="smtp")
    assert rows("SELECT length(queue_secret_encrypted) FROM relay WHERE id = %s", sent.relay) == [(0,)]


@pytest.mark.parametrize(
    "url",
    [
        "http://kumo.example.net:8000", "http://8.8.8.8:8000", "http://169.254.169.254", "ftp://127.0.0.1", "file:///etc",
        "https://user:word@kumo.example.net", "https://kumo.example.net/api", "https://kumo.example.net?x=1", "//x", "",
        "https://kumo.example.net:99999", "https://ku mo.example", "https://kumo.example\r\nX: y", "https://-x",
    ],
)  # fmt: skip
def test_an_address_that_is_in_clear_text_or_more_than_a_host_is_refused(url):
    with pytest.raises(Invalid):
        checked_url(url)


@pytest.mark.parametrize(
    "url", ["https://kumo.example.net", "http://127.0.0.1:8000", "http://[::1]:8000", "http://10.1.2.3"]
)
def test_https_anywhere_and_clear_text_nearby_are_taken(url):
    assert checked_url(url) == url


def test_durations_are_read_as_kumomta_writes_them():
    assert seconds_of("4m 50s 207ms 320us 231ns") == 290
    assert seconds_of("1day 2h 3m") == 93_780
    assert seconds_of("1h") == 3600
    assert seconds_of("nonsense") == 0
