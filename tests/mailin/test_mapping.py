"""A returned mail finds its message by a token of ours wherever it is, and by nothing that anybody could write."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders.campaigns import make_author
from tests.builders.returned import bounce, complaint, feedback_rows, out_of_office, sent, suppressions

from fairpost.mailin.taking import FOREIGN, TAKEN, take_for
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db(transaction=True)


def unmapped() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, why FROM unmapped_mail ORDER BY id")
        return cursor.fetchall()


def taken(kind: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(total), 0)::int FROM mail_taken WHERE kind = %s", [kind])
        return cursor.fetchone()[0]


FORGED = "b-" + "a" * 48 + "@bounces.localhost"


@pytest.mark.parametrize("where", ["message-id", "return-path", "unsubscribe", "answer", "body"])
def test_a_token_in_the_returned_message_is_enough(author, where):
    tokens = sent(author, 1, [1, 2])
    lines = {line.partition(":")[0].lower(): line for line in tokens.original(2).replace(",\n", ",").splitlines()}
    original = {
        "message-id": lines["message-id"], "return-path": lines["return-path"], "unsubscribe": lines["list-unsubscribe"]
    }.get(where, "Subject: News")  # fmt: skip
    raw = bounce("person2@lake.example", original=original)
    if where == "answer":
        raw = b"In-Reply-To: <" + tokens.mail(2).encode() + b"@localhost>\r\n" + raw
    if where == "body":
        raw = raw.replace(b"could not be delivered", b"(" + tokens.mail(2).encode() + b") could not be delivered")
    assert take_for(raw, "", FORGED) == TAKEN
    assert [row[0] for row in suppressions()] == ["person2@lake.example"]


def test_the_return_path_wins_over_what_is_inside(author):
    """Mallory's bounce, sent to her own return path, quotes Ada's message."""
    mallory = make_author(owner="Mallory")
    mallory.people("mallory@lake.example")
    ada, other = sent(author, 1, [1]), sent(mallory, 7, [1])
    take_for(bounce("person1@lake.example", original=ada.original(1)), "", other.return_path(1))
    assert feedback_rows("account_id", "campaign_id", "ordinal") == [(mallory.account_id, 7, 1)]
    assert [row[0] for row in suppressions()] == ["mallory@lake.example"]


@pytest.mark.parametrize("spoil", [lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: t[:-1], lambda t: ""])
def test_a_forged_or_cut_return_path_is_nobodys(author, spoil):
    tokens = sent(author, 1, [1])
    address = f"b-{spoil(tokens.mail(1))}@bounces.localhost"
    assert take_for(bounce("person1@lake.example"), "", address) == TAKEN
    assert (feedback_rows("id"), suppressions(), unmapped()) == ([], [], [(0, "no_token")])
    assert take_for(bounce("person1@lake.example"), "", "person1@lake.example") == FOREIGN


def test_an_unsubscribe_token_is_no_return_path(author):
    tokens = sent(author, 1, [1])
    address = tokens.unsubscribe_address(1).replace("u-", "b-", 1)
    take_for(bounce("person1@lake.example"), "", address)
    assert (suppressions(), unmapped()) == ([], [(0, "no_token")])


def test_a_feedback_id_alone_is_noted_and_does_nothing(author):
    """It is signed by nobody: whoever sees one mail of a campaign could complain for everybody."""
    sent(author, 1, [1])
    named = f"Feedback-ID: 1:{author.account_id}:campaign:fairpost\n"
    take_for(complaint(original=named), "", "fbl@localhost")
    assert feedback_rows("campaign_id", "ordinal", "effect", "counted", "why") == [(1, None, "none", False, "unsigned")]
    take_for(complaint(original=named.replace("1:", "99:", 1)), "", "fbl@localhost")
    assert (suppressions(), unmapped()) == ([], [(0, "no_token")])


def test_who_is_named_in_the_text_is_not_suppressed(author):
    tokens = sent(author, 1, [1, 2])
    take_for(bounce("person2@lake.example"), "", tokens.return_path(1))
    assert [row[0] for row in suppressions()] == ["person1@lake.example"]  # where it was forwarded to is gone


def test_members_of_a_list_that_are_gone_do_not_silence_the_list(author):
    tokens = sent(author, 1, [1])
    raw = bounce("one@other.example").replace(
        b"Final-Recipient: rfc822; one@other.example",
        b"Final-Recipient: rfc822; two@other.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\nFinal-Recipient: rfc822; one@other.example",
    )
    take_for(raw, "", tokens.return_path(1))
    assert suppressions() == []
    assert feedback_rows("kind") == [("soft_bounce",)]


def test_a_warning_that_it_still_waits_is_no_failure(author):
    tokens = sent(author, 1, [1])
    raw = bounce("person1@lake.example", status="4.4.1", said="451 4.4.1 no answer", action="delayed")
    take_for(raw, "", tokens.return_path(1))
    assert feedback_rows("kind", "effect", "counted") == [("notice", "none", False)]


def test_an_automatic_reply_is_counted_and_nothing_else(author):
    tokens = sent(author, 1, [1])
    take_for(out_of_office(tokens.return_path(1)), "person1@lake.example", tokens.return_path(1))
    assert (feedback_rows("id"), suppressions(), unmapped(), taken("auto_reply")) == ([], [], [], 1)


def test_what_a_person_writes_there_is_kept_for_the_operator(author):
    tokens = sent(author, 1, [1])
    raw = b"From: p@lake.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nThank you\r\n"
    for _time in range(2):
        assert take_for(raw, "p@lake.example", tokens.return_path(1)) == TAKEN
    assert unmapped() == [(author.account_id, "not_understood")]
    from fairpost.events.queries.returned_mail import unmapped_beginning, unmapped_mail

    [row] = unmapped_mail(local_operator())
    assert (row.subject, row.account_id) == ("Grüße", author.account_id)
    assert unmapped_beginning(local_operator(), row.id) == raw


def test_the_disk_is_not_filled_by_what_nobody_can_use(author, monkeypatch):
    from fairpost.events import returned_mail

    monkeypatch.setattr(returned_mail, "MOST_A_DAY", 2)
    for number in range(5):
        take_for(b"Subject: %d\r\n\r\nx\r\n" % number, "x@y.example", FORGED)
    assert len(unmapped()) == 2
    assert taken("unmapped") == 5
