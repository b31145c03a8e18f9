"""Whatever is thrown at the edge, it stays bounded: in disk, memory, time, and in what it counts."""

from __future__ import annotations

import asyncio
import json
import socket
import time

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import FOOTER, page
from tests.builders.edge_program import edge_program
from tests.builders.mails import mail_to, signing_relay
from tests.builders.sending import rows, until

from fairpost.edge.posting import LARGEST, kept
from fairpost.events.hits import SIZE

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 20_000
LINK = '<p><a href="https://lake.example/one">read</a></p>'


@pytest.fixture
def mail():
    signing_relay()
    author = make_author(html=page(LINK, FOOTER))
    author.crowd(2)
    return mail_to(author, author.started(), 1)


def test_a_pixel_that_is_fetched_many_thousand_times_counts_once(mail, edge):
    async def flood(path: str) -> int:
        answers = [await edge.asked("GET", path, b"", {}) for _each in range(TIMES // 10)]
        return sum(each.status == 200 for each in answers)

    async def floods() -> int:
        return sum(await asyncio.gather(*(flood(mail.pixel) for _each in range(10))))

    began = time.monotonic()
    task = asyncio.run_coroutine_threadsafe(floods(), edge.loop.loop)
    assert task.result(60) == TIMES
    assert edge.get(mail.clicks[0]).status == 302
    edge.folded()
    most = 2 + (time.monotonic() - began) / 10
    assert rows("SELECT sum(total) FROM event_hour WHERE kind = 1")[0][0] <= most
    assert rows("SELECT count(*) FROM event_members WHERE kind = 1") == [(1,)]
    assert sum(path.stat().st_size for path in edge.folder.glob("*.hits")) <= (most + 2) * SIZE


def test_posts_of_providers_are_kept_word_for_word(edge):
    body = b'{"Type": "Notification"}\x00\xff'
    given = {"x_amz_sns_message_type": "Notification", "webhook_signature": "v1,abc", "cookie": "secret=1"}
    private = {"x_forwarded_for": "203.0.113.9", "x_real_ip": "203.0.113.9"}
    assert edge.post("/w/ses/hook-7_A", body, **given, **private).status == 202
    until(lambda: rows("SELECT 1 FROM intake"), "it is folded")
    account, hook, provider, headers, stored, state = rows(
        "SELECT account_id, hook_id, provider, headers, body, state FROM intake"
    )[0]
    headers = json.loads(headers)
    assert (account, hook, provider, bytes(stored), state) == (0, "hook-7_A", "ses", body, "new")
    assert headers["x-amz-sns-message-type"] == "Notification" and headers["webhook-signature"] == "v1,abc"
    assert "cookie" not in headers and "203.0.113.9" not in str(headers)


def test_posts_that_are_too_large_too_many_or_to_nowhere_are_refused(edge):
    assert edge.post("/w/ses/a", b"x" * (LARGEST + 1)).status == 413
    assert edge.post("/w/ses/a", b"x" * (LARGEST + 1), content_length="").status == 413, "chunked, without a length"
    assert edge.post("/w/ses/a", b"x", content_length="many").status == 400
    for path in ("", "ses", "ses/", "SES/a", "ses/a/b", "ses/../a", "ses/a\0", "ses/" + "a" * 65):
        assert edge.post(f"/w/{path}").status == 404, path
    assert edge.get("/w/ses/a").status == 405
    edge.application.posting.room = -1e9
    response = edge.post("/w/ses/a")
    assert (response.status, response.headers["retry-after"]) == (503, "10")
    assert len(kept({b"x-%d" % number: b"y" * 5000 for number in range(100)})) == 0
    assert len(kept({b"x-%d" % number: b"y" for number in range(100)})) == 40


def test_slow_and_endless_requests_are_cut_and_hold_up_nobody(works, database_url):
    with edge_program(works.folder, database_url) as edge:
        slow = [socket.create_connection(("127.0.0.1", edge.port)) for _each in range(40)]
        for each in slow:
            each.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        endless = socket.create_connection(("127.0.0.1", edge.port))
        endless.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n")
        endless.settimeout(5)
        assert endless.recv(100).split(b" ")[1:2] in ([b"431"], [b"400"], [])
        began = time.monotonic()
        assert edge.ask("GET", "/healthz")[0] == 200
        assert time.monotonic() - began < 2
        assert edge.ask("GET", "/" + "x" * 5000)[0] == 414
        for each in slow:
            each.settimeout(15)
            assert b"200" not in each.recv(100), "a head that never ends is given up after ten seconds"
            each.close()
