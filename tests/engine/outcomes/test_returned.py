"""Notices in the forms that mail systems give them are read: who failed, why, and whose message it was."""

from __future__ import annotations

import json

import pytest

from fairpost.engine.outcomes.returned import Returned, read_returned

ORIGINAL = """Received: from news.example.com by mx.example.org; Wed, 6 Jan 2021 09:00:00 +0000
Return-Path: <b.token@news.example.com>
From: Cause <news@example.com>
To: Ada <ada@example.org>
Subject: Our campaign
Message-ID: <c7.1@news.example.com>
List-Unsubscribe: <https://news.example.com/u/1>
Feedback-ID: 7:1:news:fairpost
"""
SYSTEM = "From: MAILER-DAEMON@mx.example.org (Mail Delivery System)\nTo: b.token@news.example.com\n"


def read(text: str) -> Returned:
    return read_returned(text.encode())


def report(words: str, status: str, subject: str = "Undelivered Mail Returned to Sender") -> str:
    return (
        f"{SYSTEM}Subject: {subject}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"\n\n'
        f"This is a MIME-encapsulated message.\n\n--b/1\nContent-Type: text/plain; charset=us-ascii\n\n{words}\n"
        f"--b/1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n{status}\n"
        f"--b/1\nContent-Type: message/rfc822\n\n{ORIGINAL}\nDear Ada,\n\n--b/1--\n"
    )


def plain(words: str, subject: str = "failure notice", more: str = "") -> str:
    return f"{SYSTEM}Subject: {subject}\n{more}\n{words}"


def test_a_report_by_the_standard_is_read_with_the_message_that_came_back():
    """RFC 3464."""
    words = "<ada@example.org>: host mx said: 550 5.1.1 User unknown (in reply to RCPT TO command)"
    status = (
        "Final-Recipient: rfc822; ada@example.org\nOriginal-Recipient: rfc822;ada@example.org\nAction: failed\n"
        "Status: 5.1.1\nRemote-MTA: dns; mx.example.org\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: User\n    unknown\n"
    )
    returned = read(report(words, status))
    [failed] = returned.recipients
    assert (failed.recipient, failed.status, failed.code, failed.cls) == (
        "ada@example.org",
        "5.1.1",
        "550",
        "unknown_user",
    )
    assert failed.hard and failed.confidence > 0.8 and failed.action == "failed"
    assert returned.original.message_id == "<c7.1@news.example.com>"
    assert returned.original.return_path == "b.token@news.example.com"
    assert returned.original.list_unsubscribe == "<https://news.example.com/u/1>"
    assert returned.original.feedback_id == "7:1:news:fairpost"
    assert returned.reporter == "MAILER-DAEMON@mx.example.org"


def test_each_recipient_of_a_report_has_its_own_class():
    status = (
        "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n"
        "Final-Recipient: rfc822; ben@example.org\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown\n"
    )
    returned = read(report("Two addresses failed.", status))
    assert [(each.recipient, each.cls) for each in returned.recipients] == [
        ("ada@example.org", "mailbox_full"),
        ("ben@example.org", "unknown_user"),
    ]


def test_the_recipient_is_the_one_that_was_mailed_not_where_it_was_forwarded():
    status = (
        "Final-Recipient: rfc822; ada@elsewhere.example\nOriginal-Recipient: rfc822; ada@example.org\n"
        "Action: failed\nStatus: 5.1.1\n"
    )
    assert read(report("", status)).recipients[0].recipient == "ada@example.org"


def test_a_report_of_success_is_no_failure():
    status = "Final-Recipient: rfc822; ada@example.org\nAction: relayed\nStatus: 2.0.0\n"
    [told] = read(report("", status)).recipients
    assert (told.cls, told.hard) == ("not_a_failure", False)


def test_a_delay_is_not_hard():
    status = (
        "Final-Recipient: rfc822; ada@example.org\nAction: delayed\nStatus: 4.4.1\n"
        "Diagnostic-Code: X-Postfix; connect to mx.example.org[192.0.2.1]:25: Connection timed out\n"
    )
    [told] = read(report("", status)).recipients
    assert (told.cls, told.hard, told.action) == ("temporary", False, "delayed")


def test_the_same_words_at_another_command_mean_something_else():
    status = (
        "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550 Unknown user\n"
    )
    words = "<ada@example.org>: host mx[192.0.2.1] said: 550 Unknown user (in reply to {} command)"
    assert read(report(words.format("RCPT TO"), status)).recipients[0].cls == "unknown_user"
    assert read(report(words.format("end of DATA"), status)).recipients[0].cls == "filtered"


def test_a_refusal_of_the_sender_suppresses_nobody():
    status = (
        "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.8\n"
        "Diagnostic-Code: smtp; 553 5.1.8 <b.token@news.example.com>: Domain of sender address does not exist\n"
    )
    [told] = read(report("", status)).recipients
    assert (told.cls, told.hard) == ("policy", False)


SENDMAIL = """   ----- The following addresses had permanent fatal errors -----
<ada@example.org>
    (reason: 550 5.1.1 <ada@example.org>... User Unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.org.:
>>> DATA
<<< 550 5.1.1 <ada@example.org>... User Unknown
550 5.1.1 <ada@example.org>... User unknown
<<< 503 5.0.0 Need RCPT (recipient)

   ----- Original message follows -----
"""
QMAIL = """Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
192.0.2.25 does not like recipient.
Remote host said: 550 no such user here
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.org
    host mx.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ada@example.org>:
    550 No such person at this address

------ This is a copy of the message, including all the headers. ------

"""
COURIER = """This is a delivery status notification from mx.example.org,
running the Courier mail server.

The original message was received on Wed, 6 Jan 2021 09:00:00 +0000
from news.example.com

                    UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<ada@example.org>:
    mx.example.org [192.0.2.1]:
>>> RCPT TO:<ada@example.org>
<<< 550 User unknown.

If your message was also sent to additional recipients, their delivery
status is not included in this report.

"""
JAMES = """Hi. This is the James mail server at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out. Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
ada@example.org

Error message:
550 5.1.1 <ada@example.org>... User unknown

The original message is attached.

"""
GMAIL = """Delivery to the following recipient failed permanently:

     ada@example.org

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the recipient domain. The error that the other server
returned was: 550 550 5.1.1 <ada@example.org>... User Unknown (state 14).

----- Original message -----

"""
EXCHANGE = """Your message

  To:      Ada
  Subject: Our campaign
  Sent:    Wed, 6 Jan 2021 09:00:00 +0000

did not reach the following recipient(s):

ada@example.org on Wed, 6 Jan 2021 09:00:01 +0000
    The recipient name is not recognized
    MSEXCH:IMS:EXAMPLE:MAIL:MX 0 (000C05A6) Unknown Recipient

----- Original message follows -----

"""
OPENSMTPD = """    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

ada@example.org: 550 5.1.1 <ada@example.org>... User Unknown

    Below is a copy of the original message:

"""
GERMAN = """Die folgende Nachricht konnte nicht zugestellt werden.

Empfänger: ada@example.org

Der Empfänger ist unbekannt.

Ursprüngliche Nachricht:

"""
MDAEMON = """The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.

YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!

Failed address: ada@example.org

--- Session Transcript ---
 RCPT To:<ada@example.org>
 550 5.1.1 <ada@example.org> User unknown
--- End Transcript ---

--- Original message follows ---

"""


@pytest.mark.parametrize(
    "words",
    [SENDMAIL, QMAIL, EXIM, COURIER, JAMES, GMAIL, EXCHANGE, OPENSMTPD, GERMAN, MDAEMON],
    ids=["sendmail", "qmail", "exim", "courier", "james", "gmail", "exchange", "opensmtpd", "german", "mdaemon"],
)
def test_free_texts_of_many_systems_are_read(words):
    returned = read(plain(words + ORIGINAL + "\nDear Ada,\n"))
    assert [(each.recipient, each.cls) for each in returned.recipients] == [("ada@example.org", "unknown_user")]
    assert returned.kind == "bounce"
    assert returned.original.message_id == "<c7.1@news.example.com>"


def test_a_list_of_recipients_in_a_field_is_taken():
    """Exim and Gmail."""
    words = "Your message could not be delivered, since the mailbox is full.\n"
    returned = read(plain(words, more="X-Failed-Recipients: ada@example.org, ben@example.org\n"))
    assert {each.recipient for each in returned.recipients} == {"ada@example.org", "ben@example.org"}
    assert {each.cls for each in returned.recipients} == {"mailbox_full"}


def test_a_notice_in_html_alone_is_read():
    words = (
        "<html><body><p>Delivery has failed to these recipients:</p><p>ada@example.org</p>"
        "<p>The mailbox is full.</p></body></html>"
    )
    [failed] = read(plain(words, more="Content-Type: text/html\n")).recipients
    assert (failed.recipient, failed.cls) == ("ada@example.org", "mailbox_full")


def test_a_notice_that_a_gateway_passed_on_inside_another_is_read():
    status = "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n"
    outer = f'{SYSTEM}Subject: Returned mail\nContent-Type: multipart/mixed; boundary="o"\n\n--o\n\nSome errors.\n'
    inner = report("", status)
    [failed] = read(f"{outer}--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n").recipients
    assert (failed.recipient, failed.cls) == ("ada@example.org", "unknown_user")


def feedback(kind: str, more: str = "Original-Rcpt-To: <ada@example.org>\n") -> str:
    return (
        "From: fbl@provider.example\nTo: abuse@news.example.com\nSubject: FW: Our campaign\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nA report.\n"
        f"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Loop/1\nVersion: 1\n{more}\n"
        f"--b\nContent-Type: message/rfc822\n\n{ORIGINAL}\nDear Ada,\n--b--\n"
    )


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out", "Abuse", "other"])
def test_a_feedback_report_is_a_complaint(kind):
    """RFC 5965."""
    returned = read(feedback(kind))
    assert returned.kind == "complaint"
    assert [(each.recipient, each.cls, each.hard) for each in returned.recipients] == [
        ("ada@example.org", "complaint", False)
    ]
    assert returned.feedback_type == kind.lower()
    assert returned.original.message_id == "<c7.1@news.example.com>"


@pytest.mark.parametrize(("kind", "read_as"), [("not-spam", "not_spam"), ("auth-failure", "auth_failure")])
def test_reports_that_are_no_complaint_concern_nobody(kind, read_as):
    """RFC 6430 and RFC 6591."""
    returned = read(feedback(kind))
    assert (returned.kind, returned.recipients) == (read_as, ())


def test_a_report_that_hides_its_recipient_takes_it_from_the_message_or_leaves_it_open():
    assert read(feedback("abuse", "")).recipients[0].recipient == "ada@example.org"
    hidden = feedback("abuse", "").replace("To: Ada <ada@example.org>\n", "To: undisclosed\n")
    assert read(hidden).recipients[0].recipient == ""


def test_a_report_of_several_complaints_names_each():
    named = "Original-Rcpt-To: ada@example.org\nOriginal-Rcpt-To: ben@example.org\n"
    assert [each.recipient for each in read(feedback("abuse", named)).recipients] == [
        "ada@example.org",
        "ben@example.org",
    ]


def test_a_notification_of_ses_that_came_as_mail_is_read():
    entry = {
        "emailAddress": "ada@example.org",
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 unknown",
    }
    bounce = {"notificationType": "Bounce", "bounce": {"bouncedRecipients": [entry]}}
    [failed] = read(
        f"From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n{json.dumps(bounce)}\n"
    ).recipients
    assert (failed.recipient, failed.cls, failed.hard) == ("ada@example.org", "unknown_user", True)
    told = {
        "notificationType": "Complaint",
        "complaint": {"complainedRecipients": [{"emailAddress": "ada@example.org"}]},
    }
    assert read(f"Subject: AWS Notification Message\n\n{json.dumps(told)}\n").kind == "complaint"


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied\nSubject: Re: Our campaign",
        "X-Autoreply: yes\nSubject: Re: Our campaign",
        "Subject: Out of office: back on Monday",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique?=",
        "Precedence: auto_reply\nSubject: Thanks",
    ],
)
def test_an_automatic_reply_means_nothing_for_the_address(head):
    """RFC 3834."""
    returned = read(f"From: Ada <ada@example.org>\n{head}\n\nI am away; this mailbox is full of mail until Monday.\n")
    assert returned.kind == "auto_reply"
    assert [(each.cls, each.hard) for each in returned.recipients] == [("not_a_failure", False)]


@pytest.mark.parametrize("subject", ["Re: Our campaign", "A question about your mail", ""])
def test_mail_that_somebody_wrote_is_none_of_these(subject):
    returned = read(
        f"From: Ada <ada@example.org>\nSubject: {subject}\n\nThe user unknown to me said 550 5.1.1. Please stop.\n"
    )
    assert (returned.kind, returned.recipients) == ("other", ())
