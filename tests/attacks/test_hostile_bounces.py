"""No message that claims to have come back holds up its reader: each is answered soon and within bounded memory."""

from __future__ import annotations

import base64
import json
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpost.engine.outcomes.evidence import Evidence
from fairpost.engine.outcomes.returned import Returned, read_returned
from fairpost.engine.outcomes.verdict import judge

SOON = 2.0
SMALL = 64 * 1024 * 1024
HEAD = b"From: MAILER-DAEMON@example.org\r\nTo: ada@example.com\r\nSubject: Returned mail\r\n"
REPORT = HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
STATUS = b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"


def nested(levels: int, kind: bytes = b"mixed") -> bytes:
    opened = b"".join(
        b'--b%d\r\nContent-Type: multipart/%s; boundary="b%d"\r\n\r\n' % (level, kind, level + 1)
        for level in range(levels)
    )
    return HEAD + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + opened + b"text"


def wrapped(levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" + (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * levels


def addresses(number: int) -> bytes:
    return b"".join(b"<u%d@example.org>: 550 5.1.1 User unknown\r\n" % each for each in range(number))


HOSTILE = {
    "a thousand levels of parts": lambda: nested(1_000),
    "a thousand levels of alternatives": lambda: nested(1_000, b"alternative"),
    "a hundred thousand levels": lambda: nested(100_000),
    "the same boundary a thousand times": lambda: (
        REPORT + b'--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' * 1_000
    ),
    "a thousand messages in each other": lambda: wrapped(1_000),
    "a notice about a notice about a notice": lambda: (REPORT + b"--b\r\nContent-Type: message/rfc822\r\n\r\n") * 1_000,
    "50 MB of text": lambda: HEAD + b"\r\n" + b"User unknown " * 4_000_000,
    "50 MB in one line": lambda: HEAD + b"\r\n" + b"a" * 50_000_000,
    "50 MB of one address": lambda: HEAD + b"\r\n" + b"a@" * 25_000_000,
    "50 MB of empty lines": lambda: HEAD + b"\r\n" * 25_000_000,
    "a million parts": lambda: REPORT + b"--b\r\n\r\nx\r\n" * 1_000_000,
    "a million recipients": lambda: (
        REPORT + STATUS + b"Final-Recipient: rfc822; a@b.cc\r\nStatus: 5.1.1\r\n\r\n" * 1_000_000
    ),
    "recipients in one block": lambda: REPORT + STATUS + b"Final-Recipient: rfc822; a@b.cc\r\n" * 100_000,
    "recipients in words": lambda: HEAD + b"\r\n" + addresses(20_000),
    "recipients in a field": lambda: (
        b"X-Failed-Recipients: " + b"u@example.org, " * 1_000_000 + b"\r\n" + HEAD + b"\r\nx"
    ),
    "different recipients in a field": lambda: (
        b"X-Failed-Recipients: "
        + b",\r\n ".join(b"u%d@e.org" % each for each in range(50_000))
        + b"\r\n"
        + HEAD
        + b"\r\n"
        + addresses(5_000)
    ),
    "headers without end": lambda: b"X-Filler: y\r\n" * 2_000_000,
    "one header without end": lambda: b"X-Filler: " + b"y" * 20_000_000,
    "one header folded a million times": lambda: b"X-Filler: y\r\n" + b" y\r\n" * 1_000_000,
    "parameters without end": lambda: b"Content-Type: multipart/report" + b"; a=b" * 200_000 + b"\r\n\r\nx",
    "semicolons and blanks": lambda: b"Content-Type: multipart/report" + b"; \t" * 100_000 + b"\r\n\r\nx",
    "a boundary as long as the message": lambda: (
        b'Content-Type: multipart/mixed; boundary="' + b"b" * 500_000 + b'"\r\n\r\n'
    ),
    "base64 that is none": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 5_000_000,
    "base64 of a zip bomb": lambda: (
        HEAD
        + b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(zlib.compress(b"0" * 50_000_000))
    ),
    "quoted-printable soft breaks": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 1_000_000
    ),
    "tags that never end": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p <p " * 500_000,
    "styles that never end": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<style>" * 200_000,
    "an unknown charset": lambda: (
        HEAD + b"Content-Type: text/plain; charset=zlib_codec\r\n\r\n" + zlib.compress(b"x" * 9_000_000)
    ),
    "an encoded word without end": lambda: (
        b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\r\nFrom: MAILER-DAEMON@e.org\r\n\r\nx"
    ),
    "JSON as deep as it goes": lambda: HEAD + b'\r\n{"notificationType":"Bounce","x":' + b"[" * 500_000,
    "JSON with a million people": lambda: (
        HEAD
        + b"\r\n"
        + json.dumps(
            {"notificationType": "Bounce", "bounce": {"bouncedRecipients": [{"emailAddress": "a@b.cc"}] * 100_000}}
        ).encode()
    ),
    "JSON of the wrong shape": lambda: (
        HEAD + b'\r\n{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [1, null]}}'
    ),
    "JSON in JSON in JSON": lambda: HEAD + b"\r\n" + in_each_other(12),
    "octets of no charset": lambda: HEAD + b"\r\n" + bytes(range(256)) * 4_000,
    "nothing": lambda: b"",
    "only line ends": lambda: b"\r\n" * 10,
    "only an mbox line": lambda: b"From MAILER-DAEMON",
}


def in_each_other(levels: int) -> bytes:
    text = '{"notificationType":"Bounce"}'
    for _level in range(levels):
        text = json.dumps({"notificationType": "x", "Message": text})
    return text.encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_answered_soon_and_within_bounded_memory(name):
    raw = HOSTILE[name]()
    started = time.process_time()
    read = read_returned(raw)
    took = time.process_time() - started
    assert isinstance(read, Returned)
    assert took < SOON
    assert len(read.recipients) <= 256


@pytest.mark.parametrize("name", ["50 MB of text", "a million parts", "a million recipients", "base64 of a zip bomb"])
def test_it_takes_bounded_memory(name):
    raw = HOSTILE[name]()
    tracemalloc.start()
    try:
        read_returned(raw)
        assert tracemalloc.get_traced_memory()[1] < SMALL
    finally:
        tracemalloc.stop()


FILLERS = [
    "user ",
    "address rejected ",
    "mailbox is ",
    "account has been ",
    "host ",
    "domain name ",
    "message size ",
    "spam ",
    "ip ",
    "sender ",
    "a.",
    "a-",
    "1.1.1.1 ",
    "5.1.1 ",
    "550 ",
    "<",
    ">",
    "(",
    "@",
    ": ",
    "... ",
    "'",
    "-",
    "\t",
    "not ",
    "no such ",
    "unknown ",
    "quota ",
    "relay ",
    "reverse ",
    "not authenticated ",
    "exceed ",
    "connection ",
    "delivery to ",
    "5.1.0 - a 550-'",
    "(reason: ",
    "for the end of ",
    "if you are ",
    "it was been ",
    "вы ",
    "エラー",
] + ["x" * 63 + "."]


@pytest.mark.parametrize("filler", FILLERS)
def test_no_pattern_runs_away_on_repeated_words(filler):
    started = time.process_time()
    judge(Evidence("ada@example.org", (filler * 2_000)[:2_000]), (filler * 4_000)[:4_000])
    read_returned(HEAD + b"\r\n" + (filler * 30_000)[:60_000].encode())
    assert time.process_time() - started < SOON


PIECES = st.sampled_from(
    [piece.encode() for piece in FILLERS] + [HEAD, REPORT, STATUS, b"\r\n", b"\n\n", b"--b\r\n", b"Final-Recipient:"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=40), max_size=30).map(b"".join))
def test_no_octets_make_it_fail(raw):
    read = read_returned(raw)
    assert all(each.cls and 0 <= each.confidence <= 1 for each in read.recipients)


def test_a_complaint_that_names_thousands_suppresses_no_more_than_the_limit():
    report = b"Feedback-Type: abuse\r\n" + b"Original-Rcpt-To: u@example.org\r\n" * 10_000
    raw = HEAD + b'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
    raw += b"--b\r\nContent-Type: message/feedback-report\r\n\r\n" + report + b"\r\n--b--\r\n"
    assert len(read_returned(raw).recipients) <= 256


def test_words_of_a_stranger_do_not_pass_for_a_hard_bounce():
    """What the message that came back says of itself is not what the system says of its recipient."""
    raw = (
        REPORT
        + STATUS
        + b"Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 4.2.2\r\n"
        + b"Diagnostic-Code: smtp; 452 4.2.2 Over quota\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + b"From: x@example.org\r\nSubject: 550 5.1.1 User unknown\r\n\r\n"
        + b"<ben@example.org>: 550 5.1.1 User unknown\r\n--b--\r\n"
    )
    [failed] = read_returned(raw).recipients
    assert (failed.recipient, failed.cls, failed.hard) == ("ada@example.org", "mailbox_full", False)
