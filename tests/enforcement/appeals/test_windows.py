"""Deadlines: six calendar months of the account's own calendar, hours on the one clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fairpost.enforcement.appeals.deadlines import (
    decision_due_at,
    first_touch_due_at,
    is_overdue,
    window_ends_at,
)

ZURICH = ZoneInfo("Europe/Zurich")
FILED = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("informed", "zone", "last_moment"),
    [
        # through the end of summer time and into it: the day counts, not the hours
        (datetime(2027, 10, 15, 10, 0, tzinfo=ZURICH), "Europe/Zurich", datetime(2028, 4, 15, 23, 59, tzinfo=ZURICH)),
        (datetime(2027, 4, 15, 10, 0, tzinfo=ZURICH), "Europe/Zurich", datetime(2027, 10, 15, 23, 59, tzinfo=ZURICH)),
        # no 31st and no 30th of February: the last day of the month
        (datetime(2027, 8, 31, 12, 0, tzinfo=UTC), "UTC", datetime(2028, 2, 29, 23, 59, tzinfo=UTC)),
        (datetime(2026, 8, 30, 12, 0, tzinfo=UTC), "UTC", datetime(2027, 2, 28, 23, 59, tzinfo=UTC)),
        # it is the 1st already where the account is, the 31st in UTC
        (
            datetime(2027, 1, 31, 23, 30, tzinfo=UTC),
            "Asia/Tokyo",
            datetime(2027, 8, 1, 23, 59, tzinfo=ZoneInfo("Asia/Tokyo")),
        ),
        # midnight does not exist on the day on which it ends
        (
            datetime(2024, 3, 7, 12, 0, tzinfo=UTC),
            "America/Santiago",
            datetime(2024, 9, 7, 23, 59, tzinfo=ZoneInfo("America/Santiago")),
        ),
    ],
)
def test_the_window_ends_with_the_same_day_six_months_later(informed, zone, last_moment):
    ends = window_ends_at(informed, zone)
    assert last_moment < ends <= last_moment.astimezone(UTC) + timedelta(minutes=1)


def test_no_hour_is_lost_or_won_by_summer_time():
    winter = window_ends_at(datetime(2027, 10, 15, 10, 0, tzinfo=ZURICH), "Europe/Zurich")
    summer = window_ends_at(datetime(2027, 4, 15, 10, 0, tzinfo=ZURICH), "Europe/Zurich")
    assert winter.astimezone(ZURICH).time() == summer.astimezone(ZURICH).time() == datetime.min.time()


@pytest.mark.parametrize(
    ("days_before", "within"),
    [
        (None, timedelta(days=7)),
        (15, timedelta(days=7)),  # far away: a week decides nothing by itself
        (14, timedelta(hours=24)),
        (2, timedelta(hours=24)),
        (1, timedelta(hours=2)),
        (0.25, timedelta(hours=2)),
        (1.25, timedelta(hours=8)),  # the last day begins in six hours; two hours into it are the latest
    ],
)
def test_near_an_election_hours_count(days_before, within):
    key_date = None if days_before is None else FILED + timedelta(days=days_before)
    assert decision_due_at(FILED, key_date) - FILED == within


def test_first_touch_is_never_due_after_the_decision():
    assert first_touch_due_at(FILED) == FILED + timedelta(hours=24)
    assert first_touch_due_at(FILED, FILED + timedelta(hours=20)) == FILED + timedelta(hours=2)


@pytest.mark.parametrize(
    ("state", "touched", "hours", "overdue"),
    [
        ("filed", False, 23, False),
        ("filed", False, 24, True),
        ("assigned", True, 25, False),
        ("in_review", True, 24 * 7, True),
        ("info_requested", True, 24 * 30, False),  # it is the appellant's turn
        ("decided", True, 24 * 30, False),
        ("withdrawn", False, 24 * 30, False),
    ],
)
def test_overdue_is_computed_and_never_a_rejection(state, touched, hours, overdue):
    now = FILED + timedelta(hours=hours)
    assert is_overdue(state, touched, first_touch_due_at(FILED), decision_due_at(FILED), now) is overdue
