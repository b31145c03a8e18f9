"""Days as people type them are days of the account's time zone; a time says its own zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fairpost.cli.times import moment
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def day(text: str) -> date:
    """The day that `2027-03-01` means."""
    try:
        if DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise Invalid(_("{text} is not a day.").format(text=repr(text)), hint=_("Write 2027-03-01."))


def beginning_of(account_id: int, text: str) -> datetime | None:
    """When that day begins, or the time itself; None where nothing was given."""
    return at_days(account_id, text, 0)


def end_of(account_id: int, text: str) -> datetime | None:
    """When the day after that day begins, or the time itself; None where nothing was given."""
    return at_days(account_id, text, 1)


def at_days(account_id: int, text: str, after: int) -> datetime | None:
    from fairpost.tenants.queries.accounts import account

    if not text:
        return None
    if not DAY.fullmatch(text.strip()):
        return moment(text)
    return datetime.combine(day(text) + timedelta(days=after), time(), ZoneInfo(account(account_id).time_zone))
