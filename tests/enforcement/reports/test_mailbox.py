"""The abuse mailbox takes what mail programs forward, and survives what attackers build."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from tests.builders.tenants import make_account

from fairpost.enforcement.actions.take_report_mail import take_report_mail
from fairpost.enforcement.models import Notice, Report
from fairpost.enforcement.reports.mail import LARGEST, read_report_mail
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Invalid
from fairpost.tenants.keyring import installation_keyring

CLOCK = FixedClock(datetime(2027, 3, 1, 12, tzinfo=UTC))


def complained_of(token: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "news@party.example", "Rita <rita@reporter.example>"
    mail["Message-ID"] = f"<{token}@mail.example>"
    mail["Subject"] = "Storm the hall"
    mail.set_content("Give now!")
    return mail


def letter(text: str = "This is violence.", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Rita <rita@reporter.example>", "abuse@mail.example", "Fwd: storm"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


@pytest.fixture
def mail_token(db):
    tenant = make_account()
    tokens = TokenIssuer(installation_keyring()).for_campaign(tenant.account_id, 88)
    return tenant.account_id, tokens.mail(7).decode()


def taken(raw: bytes):
    filed = take_report_mail(raw, clock=CLOCK)
    return filed, Report.objects.get(pk=filed.number)


def test_an_attached_mail_names_its_campaign(mail_token):
    account_id, token = mail_token
    mail = letter()
    mail.add_attachment(complained_of(token))
    filed, row = taken(mail.as_bytes())
    assert (row.account_id, row.campaign_id, row.channel) == (account_id, 88, "mail")
    assert Notice.objects.get().why == "report_received"
    assert read_report_mail(mail.as_bytes()).text == "Fwd: storm\n\nThis is violence."
    assert not take_report_mail(mail.as_bytes(), clock=CLOCK).new, "an MTA that delivers twice"
    assert filed.new


def test_a_mail_quoted_in_the_text_does_too(mail_token):
    account_id, token = mail_token
    text = f"Look:\n\n> Message-ID: <{token}@mail.example>\n> Subject: Storm the hall"
    _filed, row = taken(letter(text).as_bytes())
    assert (row.account_id, row.campaign_id) == (account_id, 88)


def test_a_feedback_report_of_a_mailbox_provider(mail_token):
    """RFC 5965: multipart/report; nobody answers a program."""
    account_id, token = mail_token
    report = MIMEMultipart("report", report_type="feedback-report")
    report["From"], report["Subject"] = "fbl@provider.example", "complaint"
    report.attach(MIMEText("This is an email abuse report."))
    facts = MIMEText("Feedback-Type: abuse\nVersion: 1\n")
    facts.replace_header("Content-Type", "message/feedback-report")
    report.attach(facts)
    headers = MIMEText(f"Message-ID: <{token}@mail.example>\n", "rfc822-headers")
    report.attach(headers)
    _filed, row = taken(report.as_bytes())
    assert (row.account_id, row.campaign_id, row.category) == (account_id, 88, "consent")
    assert Notice.objects.count() == 0 and row.sealed_address is None


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example>"}, {"Return_Path": "<>"}],
)
def test_programs_are_not_answered(db, headers):
    taken(letter(**headers).as_bytes())
    assert Notice.objects.count() == 0


def test_html_alone_is_read_as_text():
    mail = EmailMessage()
    mail["From"] = "rita@reporter.example"
    mail.set_content("<style>p {}</style><p>It <b>calls</b> for <script>alert(1)</script>violence</p>", subtype="html")
    assert read_report_mail(mail.as_bytes()).text == "It calls for violence"


def test_what_an_attached_mail_says_is_not_the_reporters_word():
    mail = letter("See below.")
    mail.add_attachment(complained_of("x"))
    assert "Give now" not in read_report_mail(mail.as_bytes()).text


@pytest.mark.parametrize(
    "source", ["x\r\nBcc: all@x.example", "a@b\x00.example", "@", "rita@reporter.example, b@c.example"]
)
def test_a_sender_that_is_no_address_costs_the_answer_only(db, source):
    raw = b"From: " + source.encode() + b"\r\nSubject: s\r\n\r\ntext\r\n"
    filed, row = taken(raw)
    assert filed.new
    assert Notice.objects.count() <= 1
    if row.sealed_address is not None:
        assert source.startswith("rita@")


def nested(depth: int) -> bytes:
    lines = [b"From: m@x.example"]
    for number in range(depth):
        lines += [b'Content-Type: multipart/mixed; boundary="b%d"' % number, b"", b"--b%d" % number]
    return b"\r\n".join([*lines, b"", b"end"])


def wrapped(depth: int) -> bytes:
    inner = letter()
    raw = inner.as_bytes()
    for _number in range(depth):
        outer = MIMEMultipart()
        outer["From"] = "m@x.example"
        outer.attach(MIMEMessage(EmailMessage()))
        raw = b"From: m@x.example\nContent-Type: message/rfc822\n\n" + raw
    return raw


BOMBS = {
    "deep": nested(5000),
    "deeper": nested(39),
    "attached in attached": wrapped(2000),
    "attached in attached, just allowed": wrapped(39),
    "too large": b"From: m@x.example\n\n" + b"x" * LARGEST,
    "lines": b"From: m@x.example\n\n" + b"\n" * 300_000,
    "one header": b"Subject: " + b"a" * 4_000_000 + b"\n\ntext",
    "headers": b"".join(b"X-%d: y\n" % n for n in range(150_000)) + b"\ntext",
    "encoded words": b"Subject: " + b"=?utf-8?q?=41?= " * 100_000 + b"\n\ntext",
    "encoded nonsense": b"Subject: =?utf-8?b?!!!?= =?x?q?=zz?=\nFrom: =?utf-8?b?a?=\n\ntext",
    "addresses": b"From: " + b"a@b.example, " * 100_000 + b"\n\ntext",
    "comments": b"From: " + b"(" * 100_000 + b"\n\ntext",
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 40_000,
    "charset": b"Content-Type: text/plain; charset=nonsense\n\ntext \xff",
    "base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + b"!" * 100_000,
    "nothing": b"",
    "zeroes": b"\0" * 100_000,
    "type": b"Content-Type: multipart/\x00; boundary=\xff\n\ntext",
    "parameters": b"Content-Type: text/plain; " + b"a*0=b; " * 50_000 + b"\n\ntext",
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_takes_long_or_breaks_it(name):
    began = time.perf_counter()
    try:
        found = read_report_mail(BOMBS[name])
    except Invalid:
        found = None
    assert time.perf_counter() - began < 5
    if found is not None:
        assert len(found.text) <= 10_000 and len(found.target) <= 50_000
