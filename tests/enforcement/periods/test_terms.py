"""A period holds for all tenants alike, for 14 days at most, and changes only what is looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fairpost.enforcement.periods.closing import Hold, closing_report
from fairpost.enforcement.periods.terms import check_review, check_term, period_scope
from fairpost.enforcement.scope.selector import SELECTORS
from fairpost.kernel.errors import Invalid

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
ALIKE = {"content_class", "channel", "capability"}


@pytest.mark.parametrize("kind", sorted(set(SELECTORS) - ALIKE))
def test_no_sender_and_no_recipient_can_be_named(kind):
    with pytest.raises(Invalid, match="all tenants alike"):
        period_scope({"content_class": ["combative-call@1"], kind: ["1"]})


def test_nobody_can_be_left_out():
    with pytest.raises(Invalid, match="all tenants alike"):
        period_scope({"content_class": ["combative-call@1"], "excluded": {"account": [1]}})


def test_all_mail_cannot_be_put_under_review():
    with pytest.raises(Invalid, match="content classes"):
        period_scope({"capability": ["fundraising"]})


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (timedelta(0), timedelta(days=14, seconds=1)),
        (timedelta(days=2), timedelta(days=1)),
        (timedelta(days=-3), timedelta(0)),
    ],
)
def test_terms_that_are_none(starts, ends):
    with pytest.raises(Invalid):
        check_term(NOW + starts, NOW + ends, NOW)


def test_fourteen_days_are_allowed():
    check_term(NOW, NOW + timedelta(days=14), NOW)


@pytest.mark.parametrize(("hours", "time_out"), [(0, "release"), (25, "release"), (2, ""), (2, "for ever")])
def test_a_review_says_by_when_and_what_then(hours, time_out):
    with pytest.raises(Invalid):
        check_review(hours, time_out)


def test_the_report_counts_what_was_for_nothing():
    minutes = [None if m is None else NOW + timedelta(minutes=m) for m in (10, 20, 40, 120, None)]
    holds = [
        Hold(NOW, "released", minutes[0], True),
        Hold(NOW, "released", minutes[1], True),
        Hold(NOW, "blocked", minutes[2], True),
        Hold(NOW, "released", minutes[3], False),  # nobody looked
        Hold(NOW, "held", minutes[4], False),
    ]
    report = closing_report(holds)
    assert report == {
        "held": 5,
        "released": 3,
        "blocked": 1,
        "returned": 0,
        "waiting": 1,
        "released_by_time_out": 1,
        "median_seconds": 1800.0,
        "false_positives": 2,
        "false_positive_share": 0.6667,
    }


def test_a_quiet_period_reports_nothing_it_does_not_know():
    report = closing_report([])
    assert (report["held"], report["median_seconds"], report["false_positive_share"]) == (0, None, None)
