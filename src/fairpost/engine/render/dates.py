"""Dates in mails: read from what contacts' attributes hold and written by a few directives of our own.

The system's strftime is not asked: it pads to any width that a template names and speaks the machine's
language.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
LONGEST = 40  # characters of a date given as text

_DIRECTIVE = re.compile(r"%(-?)([A-Za-z%])")


def moment_of(value: Any) -> datetime | None:
    """The moment that a value names (ISO 8601 text, date, seconds since the epoch), else None; UTC unless it says."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min, UTC)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value, UTC)
        return datetime.fromisoformat(value.strip()) if len(value) <= LONGEST else None
    except (ValueError, OverflowError, OSError):
        return None


def formatted(moment: datetime, pattern: str) -> str:
    """`pattern` with its directives filled: Y y m B b d e j A a H I M S p and %; `%-d` leaves out leading zeros."""

    def filled(match: re.Match[str]) -> str:
        text = _directive(moment, match[2])
        if text is None:
            return match[0]
        return text.lstrip("0 ") or "0" if match[1] else text

    return _DIRECTIVE.sub(filled, pattern)


def _directive(moment: datetime, letter: str) -> str | None:
    hour = moment.hour % 12 or 12
    return {
        "Y": f"{moment.year:04}",
        "y": f"{moment.year % 100:02}",
        "m": f"{moment.month:02}",
        "B": MONTHS[moment.month - 1],
        "b": MONTHS[moment.month - 1][:3],
        "d": f"{moment.day:02}",
        "e": f"{moment.day:2}",
        "j": f"{moment.timetuple().tm_yday:03}",
        "A": DAYS[moment.weekday()],
        "a": DAYS[moment.weekday()][:3],
        "H": f"{moment.hour:02}",
        "I": f"{hour:02}",
        "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}",
        "p": "AM" if moment.hour < 12 else "PM",
        "%": "%",
    }.get(letter)
