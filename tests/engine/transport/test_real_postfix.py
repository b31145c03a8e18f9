"""The client against a real Postfix: delivered into a Maildir, and a genuine bounce for an unknown user."""

from __future__ import annotations

import re
from pathlib import Path

from tests.builders.certificates import Authority
from tests.builders.transport import MemoryFeed, a_mail, run, send
from tests.postfix import Postfix, postfix, running_postfix  # noqa: F401

from fairpost.engine.ports import RelayAddress


def to_postfix(feed: MemoryFeed, relay: RelayAddress) -> None:
    run(send(feed, relay, limit=60))


def body_of(number: int) -> bytes:
    return b"From: a@news.example\r\nSubject: Letter %d\r\nMessage-ID: <%d@news.example>\r\n\r\n..dot\r\nBye.\r\n" % (
        number,
        number,
    )


def test_fifty_messages_and_a_bounce(postfix: Postfix) -> None:  # noqa: F811
    mails = [a_mail(n, content=body_of(n)) for n in range(50)]
    mails.append(a_mail(50, recipient="unknown50@example.org", sender=b"return+50@news.example", content=body_of(50)))
    feed = MemoryFeed(mails)
    to_postfix(feed, postfix.relay)
    assert set(feed.codes().values()) == {250} and not feed.troubles

    got = postfix.wait_for(51)
    letters = [message for message in got if message["Subject"].startswith("Letter")]
    assert sorted(message["Delivered-To"] for message in letters) == sorted(f"person{n}@example.org" for n in range(50))
    assert {message["Return-Path"] for message in letters} == {"<bounce@news.example>"}
    assert letters[0].get_content() == ".dot\nBye.\n"

    (bounce,) = [message for message in got if message["Delivered-To"] == "return+50@news.example"]
    assert bounce.get_content_type() == "multipart/report" and bounce["Return-Path"] == "<>"
    report = bounce.as_string()
    assert "Final-Recipient: rfc822; unknown50@example.org" in report
    assert "Status: 5.1.1" in report and "<50@news.example>" in report


def test_the_reply_names_the_queue_id_that_the_log_has(postfix: Postfix) -> None:  # noqa: F811
    feed = MemoryFeed([a_mail(900, content=body_of(900))])
    to_postfix(feed, postfix.relay)
    match = re.search(r"queued as (\w+)", feed.outcomes[900][0].text)
    assert match is not None
    log = postfix.wait_for_log(rf"{match[1]}: to=<person900@example.org>.*status=sent")
    assert f"{match[1]}: removed" in postfix.wait_for_log(f"{match[1]}: removed"), log


def test_refusals_of_a_real_relay(postfix: Postfix) -> None:  # noqa: F811
    """A recipient that it refuses, then good ones on the same connection: no desynchronisation."""
    mails = [a_mail(n, content=body_of(n)) for n in (1000, 1001, 1002)]
    mails[1].recipient = b"no..good.@-bad-"
    feed = MemoryFeed(mails)
    to_postfix(feed, postfix.relay)
    assert feed.codes()[1000] == feed.codes()[1002] == 250
    assert feed.codes()[1001] // 100 == 5 and feed.outcomes[1001][0].stage == "rcpt"


def test_starttls_and_large_messages(tmp_path: Path, postfix: Postfix) -> None:  # noqa: F811
    authority = Authority(tmp_path)
    content = body_of(1) + (b"x" * 76 + b"\r\n") * 40_000
    with running_postfix(certificate=authority.issue("127.0.0.1"), extra="smtpd_tls_loglevel = 1") as secure:
        relay = RelayAddress("127.0.0.1", secure.port, tls="starttls", ca_file=str(authority.ca_file))
        feed = MemoryFeed([a_mail(n, content=content) for n in range(3)])
        to_postfix(feed, relay)
        assert set(feed.codes().values()) == {250}
        assert len(secure.wait_for(3)) == 3
        assert "TLS connection established from" in secure.log()


def test_held_messages_stand_in_the_queue(postfix: Postfix) -> None:  # noqa: F811
    postfix.set(defer_transports="virtual")
    try:
        feed = MemoryFeed([a_mail(2000, content=body_of(2000))])
        to_postfix(feed, postfix.relay)
        match = re.search(r"queued as (\w+)", feed.outcomes[2000][0].text)
        assert match is not None
        postfix.wait_for_log(rf"{match[1]}: to=.*status=deferred")
        assert match[1] in postfix.queue_ids()
        postfix.hold(match[1])
        postfix.delete(match[1])
        assert match[1] not in postfix.queue_ids()
    finally:
        postfix.set(defer_transports="")
