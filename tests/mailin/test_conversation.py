"""Returned mail is taken over real SMTP and LMTP: for our addresses only, and acknowledged once it is committed."""

from __future__ import annotations

import smtplib
import socket

import pytest
from django.db import OperationalError, connection
from tests.builders.returned import bounce, complaint, feedback_rows, sent, suppressions

from fairpost.mailin import places, taking

pytestmark = pytest.mark.django_db(transaction=True)
SENDER = "<>"


def post(port: int, recipients: str | list[str], raw: bytes, sender: str = SENDER) -> smtplib.SMTP:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as session:
        session.sendmail(sender, recipients, raw)
    return session


def refused(port: int, recipients: str | list[str], raw: bytes, sender: str = SENDER) -> tuple[int, bytes]:
    """(code, text) of the refusal, of the message or of its first recipient."""
    try:
        post(port, recipients, raw, sender)
    except smtplib.SMTPResponseException as error:
        return error.smtp_code, error.smtp_error
    except smtplib.SMTPRecipientsRefused as error:
        return next(iter(error.recipients.values()))
    raise AssertionError("it was taken")


def test_a_bounce_by_smtp_is_committed_when_it_is_acknowledged(author, intake):
    tokens = sent(author, 1, [1, 2])
    post(intake.smtp, tokens.return_path(1), bounce("person1@lake.example", original=tokens.original(1)))
    assert suppressions() == [("person1@lake.example", "account", "hard bounce", "campaign:1")]
    assert feedback_rows("kind", "cls", "status", "source") == [("hard_bounce", "unknown_user", "5.1.1", "mail")]


def test_the_same_bounce_twice_counts_once(author, intake):
    tokens = sent(author, 1, [1])
    for _time in range(2):
        post(intake.smtp, tokens.return_path(1).upper(), bounce("person1@lake.example"))
    assert len(feedback_rows("id")) == len(suppressions()) == 1


@pytest.mark.parametrize(
    "address",
    ["ada@example.org", "news@sender.example", "anyone@localhost", "anyone@bounces.localhost", "b-x@elsewhere.example",
     "person1@lake.example", "ada%example.org@localhost", "@bounces.localhost:ada@example.org",
     "dmarc@bounces.localhost"],
)  # fmt: skip
def test_it_is_no_relay(author, intake, address):
    assert refused(intake.smtp, address, bounce("x@y.example"))[0] in (550, 553)


def test_an_identitys_own_return_path_domain_is_ours(author, intake):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sender_identity SET return_path_domain = 'rp.sender.example'")
    tokens = sent(author, 1, [1])
    address = tokens.return_path(1).replace("bounces.localhost", "rp.sender.example")
    post(intake.smtp, address, bounce("person1@lake.example"))
    assert len(suppressions()) == 1


def test_without_a_database_even_the_recipient_is_asked_to_come_again(author, intake, monkeypatch):
    """A real server that does not answer, then one that ends every session, then one that is back."""
    tokens = sent(author, 1, [1])
    places.own_domains.cache_clear()
    with monkeypatch.context() as nowhere:
        nowhere.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        nowhere.setitem(connection.settings_dict, "PORT", "1")
        assert refused(intake.smtp, tokens.return_path(1), bounce("person1@lake.example"))[0] == 451
    post(intake.smtp, tokens.return_path(1), bounce("person1@lake.example"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] > 0
    post(intake.smtp, tokens.return_path(1), bounce("person1@lake.example", number="2"))
    assert len(feedback_rows("id")) == 2


def test_while_the_database_is_away_everything_comes_again(author, intake, monkeypatch):
    tokens = sent(author, 1, [1])

    def away(*_given):
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as broken:
        broken.setattr(taking, "take_returned", away)
        assert refused(intake.smtp, tokens.return_path(1), bounce("person1@lake.example"))[0] == 451
        with smtplib.LMTP("127.0.0.1", intake.lmtp) as session:
            session.ehlo_or_helo_if_needed()
            session.mail("<>")
            session.rcpt(tokens.return_path(1))
            assert session.data(bounce("person1@lake.example"))[0] == 451
    assert feedback_rows("id") == []
    post(intake.smtp, tokens.return_path(1), bounce("person1@lake.example"))
    assert len(suppressions()) == 1


def test_lmtp_answers_for_each_recipient(author, intake, monkeypatch):
    """One recipient's trouble is not the other's (RFC 2033, 4.2)."""
    tokens = sent(author, 1, [1, 2])
    real = taking.take

    def half(raw, sender, place, now):
        if place.claims.ordinal == 2:
            raise taking.Unavailable("the key ring is away")
        real(raw, sender, place, now)

    monkeypatch.setattr(taking, "take", half)
    with socket.create_connection(("127.0.0.1", intake.lmtp), 10) as line:
        answers = line.makefile("rb")
        answers.readline()
        said = b"LHLO here\r\nMAIL FROM:<>\r\n" + b"".join(
            f"RCPT TO:<{tokens.return_path(each)}>\r\n".encode() for each in (1, 2)
        )
        line.sendall(said + b"DATA\r\n")
        while not (answer := answers.readline()).startswith(b"354"):
            assert answer[:3] == b"250", answer
        line.sendall(bounce("someone@lake.example") + b"\r\n.\r\nQUIT\r\n")
        assert [answers.readline()[:3] for _each in range(3)] == [b"250", b"451", b"221"]
    assert [row[0] for row in suppressions()] == ["person1@lake.example"]
    with smtplib.LMTP("127.0.0.1", intake.lmtp) as session:
        assert session.docmd("HELO", "here")[0] == 500


def test_a_mail_that_is_too_big_is_refused_for_good_and_the_next_one_taken(author, intake):
    tokens = sent(author, 1, [1])
    with smtplib.SMTP("127.0.0.1", intake.smtp, timeout=20) as session:
        session.ehlo()
        assert session.esmtp_features["size"] == "3000000"
        session.mail("<>")
        session.rcpt(tokens.return_path(1))
        assert session.data(b"Subject: x\r\n\r\n" + b"x" * 3_100_000)[0] == 552
        session.sendmail("<>", tokens.return_path(1), bounce("person1@lake.example"))
    assert len(suppressions()) == 1


def test_lines_of_any_length_and_dots_arrive_as_they_were(author, intake, monkeypatch):
    got = []
    monkeypatch.setattr(taking, "take", lambda raw, sender, place, now: got.append(raw))
    tokens = sent(author, 1, [1])
    long = b"a: b\r\n\r\n" + b"y" * 200_000 + b".\r\n"
    texts = [long, b".\r\n..\r\n.x.\r\n\r\n.\r\n", b"a.\r\n.\r\n.b.\r\n", b"\r\n"]
    for text in texts:
        post(intake.smtp, tokens.return_path(1), text)
    assert got == texts


def test_a_recipient_too_many_waits_for_the_next_conversation(author, intake):
    tokens = sent(author, 1, [1])
    with smtplib.SMTP("127.0.0.1", intake.smtp) as session:
        session.ehlo()
        session.mail("<>")
        codes = [session.rcpt(tokens.return_path(1))[0] for _each in range(101)]
    assert codes == [250] * 100 + [452]


def test_a_complaint_at_the_feedback_address_finds_its_message(author, intake):
    tokens = sent(author, 1, [1, 2])
    post(intake.smtp, "FBL@localhost", complaint(original=tokens.original(2)), "fbl@provider.example")
    assert suppressions() == [("person2@lake.example", "account", "complaint", "campaign:1")]
    for number, kind in enumerate(("not-spam", "auth-failure"), 1):
        post(intake.smtp, "fbl@localhost", complaint(kind=kind, original=tokens.original(1), number=f"n{number}"))
    assert len(suppressions()) == 1
    assert [row[0] for row in feedback_rows("kind")] == ["complaint", "not_spam", "auth_failure"]
