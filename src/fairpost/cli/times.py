"""Times as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

TERM = re.compile(r"(\d{1,6})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, clock: Clock = SYSTEM_CLOCK) -> datetime:
    """The time that `2027-03-01T09:00+01:00` or a term from now (`90s`, `30m`, `6h`, `3d`) means.

    A time without zone is refused: whoever types it and the machine may be in different ones.
    """
    if match := TERM.fullmatch(text.strip()):
        return clock.now() + timedelta(**{UNITS[match[2]]: int(match[1])})
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            _("{text} is not a time.").format(text=repr(text)),
            hint=_("Write 2027-03-01T09:00+01:00, or a term from now such as 6h."),
        ) from None
    if parsed.tzinfo is None:
        raise Invalid(
            _("The time {text} has no zone.").format(text=repr(text)),
            hint=_("Write it as 2027-03-01T09:00+01:00, or with Z for UTC."),
        )
    return parsed.astimezone(UTC)
