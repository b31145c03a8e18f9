"""Whatever is sent to the mail intake is taken within seconds, breaks nothing, and is unpacked to a limit only."""

from __future__ import annotations

import time
import zlib

import pytest
from django.db import connection
from tests.builders.campaigns import make_author
from tests.builders.receivers import dmarc, gzipped, report_mail, tls, zipped
from tests.builders.returned import bounce, sent, suppressions

from fairpost.events.receivers import unpacking
from fairpost.events.receivers.dmarc import read_dmarc
from fairpost.events.receivers.tls import read_tls
from fairpost.events.receivers.unpacking import reports_in
from fairpost.kernel.errors import Invalid
from fairpost.mailin import places, taking
from fairpost.mailin.taking import TAKEN, take_for

SECONDS = 10.0


@pytest.fixture
def author(transactional_db):
    places.own_domains.cache_clear()
    places.issuer_of.cache_clear()
    made = make_author()
    made.crowd(1)
    return made


def nested(levels: int, kind: str) -> bytes:
    if kind == "message":
        return b"Content-Type: message/rfc822\r\n\r\n" * levels + b"x\r\n"
    parts = [b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels)]
    return b"".join(parts) + b"\r\nx\r\n"


HOSTILE = {
    "nested parts": lambda: nested(1000, "multipart"),
    "nested messages": lambda: nested(1000, "message"),
    "a million parts": lambda: b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 300_000,
    "fifty megabytes": lambda: bounce("person1@lake.example", said="x" * 100) + b"A" * 50_000_000,
    "fifty megabytes of lines": lambda: b"Subject: x\r\n\r\n" + b"a\r\n" * 16_000_000,
    "headers without end": lambda: b"X-Header: y\r\n" * 500_000,
    "one header": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\r\n\r\nx",
    "a header folded for ever": lambda: b"Content-Type: multipart/report;\r\n" + b" a=b;\r\n" * 300_000 + b"\r\n",
    "nothing": lambda: b"",
    "no text": lambda: bytes(range(256)) * 4096,
    "dots": lambda: b"Subject: undeliverable\r\n\r\n<" + b"a." * 500_000 + b"@" + b"b." * 500_000 + b">: 550\r\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_taken_within_seconds_and_the_next_bounce_too(author, kind):
    tokens = sent(author, 1, [1])
    raw = HOSTILE[kind]()
    for address in (f"b-{'a' * 48}@bounces.localhost", "dmarc@localhost"):
        began = time.monotonic()
        assert take_for(raw, "", address) == TAKEN
        assert time.monotonic() - began < SECONDS
    assert suppressions() == []
    assert take_for(bounce("person1@lake.example"), "", tokens.return_path(1)) == TAKEN
    assert len(suppressions()) == 1


def test_what_breaks_the_reader_is_kept_as_unreadable(author, monkeypatch):
    def broken(_raw):
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr(taking, "read_returned", broken)
    assert take_for(b"Subject: x\r\n\r\n", "", f"b-{'a' * 48}@bounces.localhost") == TAKEN
    with connection.cursor() as cursor:
        cursor.execute("SELECT why FROM unmapped_mail")
        assert cursor.fetchall() == [("unreadable",)]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30)).replace("&a0;", "&a;")
    + "]><feedback>&a29;</feedback>"
).encode()
XXE = b'<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + dmarc().partition(b"?>")[
    2
].replace(b"provider.example", b"&x;", 1)


@pytest.mark.parametrize(
    "text",
    [LAUGHS, XXE, b"<feedback>" * 100_000, b"<feedback/>", b"<html></html>", b"", b"<feedback", dmarc()[:-20],
     dmarc().replace(b"1798934400", b"9" * 40), dmarc().replace(b"1798934400", b"-1"),
     b'<?xml version="1.0" encoding="utf-7"?><feedback/>'],
)  # fmt: skip
def test_an_xml_bomb_is_no_report(text):
    began = time.monotonic()
    with pytest.raises(Invalid):
        read_dmarc(text)
    assert time.monotonic() - began < SECONDS


def test_no_number_of_a_report_is_beyond_the_table(author):
    rows = [("192.0.2.1", 10**18, "pass", "pass", "sender.example")] * 2
    raw = report_mail(gzipped(dmarc(rows=[*rows, ("192.0.2.1", 10**17, "pass", "pass", "sender.example")])))
    assert take_for(raw, "", "dmarc@localhost") == TAKEN
    assert take_for(report_mail(tls("sender.example"), "application/json"), "", "dmarc@localhost") == TAKEN


@pytest.mark.parametrize(
    "text",
    [b"{}", b"[]", b"[" * 100_000, b'{"a":' * 100_000, b"nul", b"\xff\xfe", b"{" + b'"a":1,' * 10,
     tls().replace(b"5326", b"1e400"), tls().replace(b"5326", b"9" * 30), tls().replace(b"5326", b"true"),
     tls().replace(b"2027-01-03T00:00:00Z", b"0000-00-00"), tls().replace(b'"policies": [', b'"policies": [1,')],
)  # fmt: skip
def test_a_json_bomb_is_no_report(text):
    with pytest.raises(Invalid):
        read_tls(text)


def test_bombs_are_cut_off_while_they_unpack():
    bomb = zlib.compressobj(9, wbits=31)
    data = b"".join(bomb.compress(b"<" + b"0" * 1_000_000) for _n in range(200)) + bomb.flush()
    for packed in (data, zipped(b"<" + b"0" * (unpacking.MOST_UNPACKED + 1)), zipped(*[dmarc()] * 11)):
        began = time.monotonic()
        with pytest.raises(Invalid):
            list(reports_in(report_mail(packed)))
        assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    "packed", [gzipped(dmarc())[:-9], zipped(dmarc())[:-30], b"PK\x03\x04" + b"x" * 100, b"\x1f\x8b"]
)
def test_a_damaged_file_is_refused_and_no_error(packed):
    with pytest.raises(Invalid):
        list(reports_in(report_mail(packed)))


def test_a_report_in_a_report_is_not_opened(author):
    inner = report_mail(gzipped(dmarc()))
    assert list(reports_in(report_mail(zipped(zipped(dmarc()))))) == []
    assert list(reports_in(b"Content-Type: message/rfc822\r\n\r\n" + inner)) == []
