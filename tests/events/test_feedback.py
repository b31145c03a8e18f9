"""A hard bounce or a complaint silences an address at once and once; a refusal of the mail silences nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from pyroaring import BitMap
from tests.builders.campaigns import Author, make_author
from tests.builders.returned import AT, feedback_rows, outcome, sent, suppressions, totals
from tests.builders.sending import rows

from fairpost.contacts.holdings import Whom
from fairpost.delivery.archive.archive import move_chunks
from fairpost.events import kinds
from fairpost.events.actions.take_feedback import take_bounce, take_complaint
from fairpost.events.feedback import held_here
from fairpost.events.members import add_members

pytestmark = pytest.mark.django_db
HARD = {"cls": "unknown_user", "hard": True, "status": "5.1.1", "code": "550", "confidence": 0.9}
FULL = {"cls": "mailbox_full", "hard": False, "status": "4.2.2", "code": "452", "confidence": 0.9}


@pytest.fixture
def author() -> Author:
    made = make_author()
    made.crowd(5)
    return made


def bounced(author, *, campaign_id=1, ordinal=1, digest=b"one", at=AT, source="mail", address="", **verdict):
    given = {**HARD, **verdict}
    return take_bounce(
        account_id=author.account_id, campaign_id=campaign_id, ordinal=ordinal, address=address, diagnostic="said",
        source=source, digest=digest, at=at, **given,
    )  # fmt: skip


def complained(author, *, campaign_id=1, ordinal=1, digest=b"c", **options):
    return take_complaint(
        account_id=author.account_id, campaign_id=campaign_id, ordinal=ordinal, address="",
        **{"source": "mail", "at": AT, **options}, digest=digest,
    )  # fmt: skip


def test_a_hard_bounce_suppresses_and_is_counted_once(author):
    sent(author, 1, [1, 2])
    taken = bounced(author)
    assert (taken.new, taken.kind, taken.effect) == (True, "hard_bounce", "suppressed")
    again = bounced(author)
    assert not again.new
    other_words = bounced(author, digest=b"the relay's log says it too", source="relay")
    assert other_words.new
    assert suppressions() == [("person1@lake.example", "account", "hard bounce", "campaign:1")]
    assert totals() == {(1, kinds.HARD_BOUNCE): 1}
    assert feedback_rows("source", "counted") == [("mail", True), ("relay", False)]
    assert feedback_rows("sending_domain", "provider")[0] == ("sender.example", "lake.example")
    assert rows("SELECT provider, kind, by_relay, total FROM returned_provider") == [  # what the watch goes by
        ("lake.example", "hard_bounce", False, 1)
    ]


@pytest.mark.parametrize("cls", ["policy", "content", "filtered", "too_big"])
def test_a_refusal_of_the_mail_suppresses_nobody_however_often(author, cls):
    for number in range(1, 8):
        sent(author, number, [1])
        at = AT + timedelta(days=2 * number)
        taken = bounced(author, campaign_id=number, digest=b"%d" % number, cls=cls, hard=True, at=at)
        assert (taken.kind, taken.effect) == ("refusal", "counted")
    assert suppressions() == []
    assert totals()[1, kinds.SOFT_BOUNCE] == 1


def test_a_hard_bounce_that_nobody_is_sure_of_is_a_soft_one(author):
    sent(author, 1, [1])
    assert bounced(author, confidence=0.49).kind == "soft_bounce"
    assert suppressions() == []


@pytest.mark.parametrize(("days", "gone"), [([0, 1, 2, 3, 4, 6], 0), ([0, 1, 2, 3, 7], 1), ([0, 3, 6, 9], 0)])
def test_soft_bounces_suppress_after_five_campaigns_over_a_week(author, days, gone):
    for number, day in enumerate(days, 1):
        sent(author, number, [1])
        bounced(author, campaign_id=number, digest=b"%d" % number, at=AT + timedelta(days=day), **FULL)
        # The same message is reported again while it waits.
        bounced(author, campaign_id=number, digest=b"again %d" % number, at=AT + timedelta(days=day, hours=4), **FULL)
    assert len(suppressions()) == gone
    assert not gone or suppressions()[0][2] == "soft bounces"


def test_who_opened_since_is_not_worn_out(author):
    for number, day in enumerate([0, 1, 2, 3, 9], 1):
        sent(author, number, [1])
        with connection.cursor() as cursor:
            if day == 3:
                add_members(cursor, author.account_id, 1, kinds.OPEN, BitMap([1]), day=(AT + timedelta(days=3)).date())
        bounced(author, campaign_id=number, digest=b"%d" % number, at=AT + timedelta(days=day), **FULL)
    assert suppressions() == []


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out", "other", ""])
def test_a_complaint_suppresses_and_the_ledger_says_so(author, kind):
    sent(author, 1, [1])
    for _time in range(2):
        complained(author, feedback_type=kind)
    assert suppressions() == [("person1@lake.example", "account", "complaint", "campaign:1")]
    assert totals() == {(1, kinds.COMPLAINT): 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT canonical, ordinal, what, act, how, source FROM consent")
        assert cursor.fetchall() == [("person1@lake.example", 1, "account", "withdrawn", "complaint", "campaign:1")]


@pytest.mark.parametrize(("kind", "named"), [("not-spam", "not_spam"), ("auth-failure", "auth_failure")])
def test_reports_that_are_no_complaints_do_nothing(author, kind, named):
    sent(author, 1, [1])
    assert complained(author, feedback_type=kind).kind == named
    assert suppressions() == []
    assert totals() == {}


def test_a_bounce_for_somebody_never_mailed_is_a_row_and_nothing_else(author):
    sent(author, 1, [1], pending=[2])
    outcome(author.account_id, 1, 0, "withheld", "suppressed", BitMap([3]))
    for ordinal, why in ((2, "never_mailed"), (3, "never_mailed"), (4, "never_mailed"), (77, "no_contact")):
        taken = bounced(author, ordinal=ordinal, digest=b"%d" % ordinal)
        assert (taken.new, taken.effect, taken.why) == (True, "none", why)
    assert bounced(author, campaign_id=9, digest=b"9").why == "no_campaign"
    assert suppressions() == []
    assert totals() == {}
    assert len(feedback_rows("id")) == 5


def test_a_bounce_that_comes_before_the_journal_is_folded_counts(author):
    sent(author, 1, [1], pending=[2])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO batch (account_id, campaign_id, batch_no, part, state, members, size, not_before)"
            " VALUES (%s, 1, 0, 0, 'leased', %s, 1, %s)",
            [author.account_id, BitMap([2]).serialize(), AT],
        )
    assert bounced(author, ordinal=2).effect == "suppressed"


def test_a_test_mail_suppresses_nobody(author):
    sent(author, 1, [1], test=True)
    assert bounced(author).why == complained(author).why == "test"
    assert suppressions() == []


def test_an_address_is_believed_of_a_webhook_and_never_of_a_mail(author):
    sent(author, 1, [1, 2])
    by_mail = bounced(author, ordinal=None, address="Person2@lake.example", source="mail")
    assert (by_mail.effect, by_mail.why) == ("none", "unsigned")
    by_hook = {"campaign_id": None, "ordinal": None, "source": "webhook", "digest": b"w"}
    signed = bounced(author, address="Person2@Lake.example", **by_hook)
    assert signed.effect == "suppressed"
    assert suppressions() == [("person2@lake.example", "account", "hard bounce", "webhook")]
    strange = bounced(author, ordinal=None, address="nobody <x", source="webhook", digest=b"x")
    assert strange.why == "no_contact"


def test_another_accounts_contact_is_not_found(author):
    sent(author, 1, [1])
    mallory = make_author(owner="Mallory")
    sent(mallory, 2, [1])
    by_address = take_bounce(
        account_id=mallory.account_id, campaign_id=None, ordinal=None, address="person1@lake.example",
        diagnostic="", source="webhook", digest=b"m", at=AT, **HARD,
    )  # fmt: skip
    assert by_address.why == "no_contact"
    assert bounced(mallory, campaign_id=1, digest=b"n").why == "no_campaign"
    assert suppressions() == []


def test_what_strangers_wrote_is_kept_as_one_clean_line(author):
    sent(author, 1, [1])
    bounced(author, address="a\0b@x\r\n.example", status="5.1.1\n" * 99, code="\ud800")
    assert feedback_rows("address", "code") == [("a b@x .example", "")]


def test_a_class_that_is_none_is_a_fault_of_the_caller(author):
    with pytest.raises(ValueError, match="no class"):
        bounced(author, cls="nonsense")


def test_a_person_sees_their_bounces_and_takes_them_along_when_erased(author):
    sent(author, 1, [1, 2])
    bounced(author, address="person1@lake.example", **FULL)
    bounced(author, ordinal=2, address="Person1@Lake.example", digest=b"forwarded")
    whom = Whom(author.account_id, "person1@lake.example", "person1@lake.example", 1)
    with connection.cursor() as cursor:
        assert [row["kind"] for row in held_here.export(cursor, whom)] == ["soft_bounce", "hard_bounce"]
        assert held_here.erase(cursor, whom, AT) == 3
        assert held_here.export(cursor, whom) == []
    assert feedback_rows("ordinal", "address", "diagnostic", "counted") == [(None, "", "", True), (2, "", "", True)]


def test_a_bounce_long_after_the_campaign_was_archived_counts(author):
    sent(author, 1, [1], pending=[2])
    with connection.cursor() as cursor:
        move_chunks(cursor.connection.cursor(), author.account_id, 1, 0, 16)
    assert bounced(author).effect == "suppressed"
    assert bounced(author, ordinal=2, digest=b"2").why == "never_mailed"
