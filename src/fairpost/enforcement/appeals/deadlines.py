"""Until when one may appeal, and by when an appeal is looked at and decided.

The window is six calendar months of the account's own calendar, so that it neither shrinks nor grows with summer time.
Everything else is hours and runs on the one clock.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fairpost.enforcement.catalogue.measures import ELECTION_SPAN

WINDOW_MONTHS = 6
FIRST_TOUCH = timedelta(hours=24)
DECISION = timedelta(days=7)
EXPEDITED = timedelta(hours=24)
LAST_DAY = timedelta(hours=24)
DECISION_ON_LAST_DAY = timedelta(hours=2)


def window_ends_at(informed_at: datetime, time_zone: str, months: int = WINDOW_MONTHS) -> datetime:
    """The first instant at which it is too late.

    A period of months ends with the last hour of the day that has the same date as the day on which it began, or of
    the month's last day where that has no such date (Regulation (EEC, Euratom) 1182/71, Article 3(2)(c)); days are
    those of `time_zone` (an IANA name).
    """
    zone = ZoneInfo(time_zone)
    began = informed_at.astimezone(zone).date()
    year, month = divmod(began.year * 12 + began.month - 1 + months, 12)
    last = began.replace(year=year, month=month + 1, day=min(began.day, monthrange(year, month + 1)[1]))
    midnight = datetime.combine(last + timedelta(days=1), time(), zone)
    return midnight.astimezone(informed_at.tzinfo)


def is_expedited(filed_at: datetime, key_date: datetime | None) -> bool:
    """Whether an election or filing date is so close that a week would decide the appeal by itself."""
    return key_date is not None and filed_at < key_date <= filed_at + ELECTION_SPAN


def decision_due_at(filed_at: datetime, key_date: datetime | None = None) -> datetime:
    """Within 7 days; within 24 hours near an election or filing date, within 2 hours on the last day before it.

    What is filed before that last day is decided at the latest when its first two hours are over.
    """
    if key_date is None or not is_expedited(filed_at, key_date):
        return filed_at + DECISION
    if filed_at >= key_date - LAST_DAY:
        return filed_at + DECISION_ON_LAST_DAY
    return min(filed_at + EXPEDITED, key_date - LAST_DAY + DECISION_ON_LAST_DAY)


def first_touch_due_at(filed_at: datetime, key_date: datetime | None = None) -> datetime:
    """Within 24 hours, and never later than the decision itself."""
    return min(filed_at + FIRST_TOUCH, decision_due_at(filed_at, key_date))


def is_overdue(
    state: str, touched: bool, first_touch_due: datetime, decision_due: datetime, now: datetime
) -> bool:
    """Whether somebody should have done something by now; never while the appellant is asked."""
    if state == "filed" and not touched and now >= first_touch_due:
        return True
    return state in ("filed", "assigned", "in_review") and now >= decision_due
