"""Whom the relay refuses in the dialogue is counted and suppressed as if it had bounced, and once whoever told it."""

from __future__ import annotations

import pytest
from pyroaring import BitMap
from tests.builders.campaigns import make_author
from tests.builders.returned import AT, feedback_rows, outcome, sent, suppressions, totals
from tests.builders.sending import rows

from fairpost.events import kinds
from fairpost.events.actions.take_failed import REASONS, take_failed
from fairpost.events.actions.take_feedback import take_bounce
from fairpost.kernel.clock import FixedClock

pytestmark = pytest.mark.django_db
CLOCK = FixedClock(AT)


@pytest.fixture
def author():
    made = make_author()
    made.crowd(6)
    return made


def test_the_relays_word_counts_and_suppresses_once(author):
    sent(author, 1, [1, 2], pending=[3, 4, 5, 6])
    for reason, who in (("unknown_user", [3]), ("mailbox_full", [4]), ("refused by policy", [5]), ("something", [6])):
        outcome(author.account_id, 1, 0, "failed", reason, BitMap(who))
    assert take_failed(CLOCK) == 3
    assert take_failed(CLOCK) == 0
    assert suppressions() == [("person3@lake.example", "account", "hard bounce", "campaign:1")]
    assert sorted(feedback_rows("kind", "cls", "ordinal", "effect", "counted", "provider", "sending_domain")) == [
        ("hard_bounce", "unknown_user", 3, "suppressed", True, "lake.example", "sender.example"),
        ("refusal", "policy", 5, "counted", True, "lake.example", "sender.example"),
        ("soft_bounce", "mailbox_full", 4, "counted", True, "lake.example", "sender.example"),
    ]
    assert totals() == {(1, kinds.HARD_BOUNCE): 1, (1, kinds.SOFT_BOUNCE): 2}
    assert rows("SELECT provider, kind, by_relay, total FROM returned_provider ORDER BY kind") == [
        ("lake.example", "hard_bounce", True, 1),
        ("lake.example", "refusal", True, 1),
        ("lake.example", "soft_bounce", True, 1),
    ]


def test_what_fails_later_is_taken_later_and_what_a_mail_told_before_is_not_counted_again(author):
    sent(author, 1, [1], pending=[2, 3])
    outcome(author.account_id, 1, 0, "failed", "unknown_user", BitMap([1]))
    take_bounce(
        account_id=author.account_id, campaign_id=1, ordinal=1, address="", cls="unknown_user", hard=True, status="",
        code="", confidence=1.0, diagnostic="", source="mail", digest=b"mail", at=AT,
    )  # fmt: skip
    assert take_failed(CLOCK) == 1
    outcome(author.account_id, 1, 0, "failed", "null_mx", BitMap([2]))
    assert take_failed(CLOCK) == 1
    assert totals() == {(1, kinds.HARD_BOUNCE): 2}
    assert [row[0] for row in suppressions()] == ["person1@lake.example", "person2@lake.example"]


def test_a_test_mails_failure_suppresses_nobody(author):
    sent(author, 1, [], pending=[1], test=True)
    outcome(author.account_id, 1, 0, "failed", "unknown_user", BitMap([1]))
    assert take_failed(CLOCK) == 0
    assert suppressions() == []


def test_every_reason_is_one_under_which_a_recipient_can_fail():
    from fairpost.engine.outcomes.replies import table

    failing = {row.outcome.reason for row in table() if row.outcome.state == "failed"} | {"refused by policy"}
    assert set(REASONS) == failing
