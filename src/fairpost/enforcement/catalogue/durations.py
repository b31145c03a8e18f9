"""How long a measure lasts: five kinds, none of them a bare "indefinite".

Ends are exclusive, every time has a zone, and expiry is a comparison when somebody asks, never the work of a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from fairpost.enforcement.catalogue.forms import check_forms
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, mark

LONG_TERM = timedelta(days=90)  # an end date beyond needs a review date too
LONGEST_REVIEW_DAYS = 30
LONGEST_TERM = timedelta(days=3660)

KINDS = {
    "until": mark("until a date"),
    "indefinite_min": mark("at least until a date, reviewed regularly, and no longer than a last date"),
    "until_condition": mark("until a condition is met, and no longer than a last date"),
    "permanent": mark("for good"),
    "instant": mark("at once, without a term"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """One term. `starts_at` None means from activation on.

    until: `ends_at` (and `review_at` where that is more than 90 days away). indefinite_min: `earliest_end`,
    `review_days`, `conditions` (what lifts it), `ends_at` as backstop. until_condition: `conditions`, `verifier`,
    `ends_at` as backstop. permanent: `reapply_at`.
    """

    kind: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    earliest_end: datetime | None = None
    review_at: datetime | None = None
    review_days: int | None = None
    conditions: str = ""
    verifier: str = ""
    reapply_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in values.items()
            if value not in (None, "")
        }


FORMS: dict[str, type] = {"kind": str, "review_days": int, "conditions": str, "verifier": str}
TIMES = ("starts_at", "ends_at", "earliest_end", "review_at", "reapply_at")
ASKED = {
    "until": ("ends_at",),
    "indefinite_min": ("earliest_end", "review_days", "conditions", "ends_at"),
    "until_condition": ("conditions", "verifier", "ends_at"),
    "permanent": ("reapply_at",),
    "instant": (),
}


def duration_from_json(data: Mapping[str, Any]) -> Duration:
    """The duration of its JSON form. Raises Invalid for an unknown name, a wrong time or one without zone."""
    check_forms(data, FORMS, "duration")
    known = {each.name for each in fields(Duration)}
    for name in data:
        if name not in known:
            raise Invalid(_("A duration has no {name}.").format(name=name), field=f"duration.{name}")
    if not data.get("kind"):
        raise Invalid(
            _("A duration must state its kind."), field="duration.kind",
            hint=_("Choose one of {kinds}.").format(kinds=", ".join(sorted(KINDS))),
        )  # fmt: skip
    values = dict(data)
    for name in TIMES:
        if values.get(name) is not None and not isinstance(values[name], datetime):
            values[name] = time_of(values[name], name)
    return Duration(**values)


def time_of(value: Any, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid(
            _("{value} is not a time.").format(value=repr(value)),
            field=f"duration.{name}",
            hint=_("Write it like 2027-01-31T12:00:00+01:00."),
        ) from None
    if at.tzinfo is None:
        raise Invalid(
            _("The time {value} has no zone.").format(value=repr(value)),
            field=f"duration.{name}",
            hint=_("Write it like 2027-01-31T12:00:00+01:00."),
        )
    return at


def check_duration(duration: Duration, allowed: frozenset[str], now: datetime) -> None:
    """Raises Invalid unless the duration is whole, in order and of a kind that this measure may have."""
    if duration.kind not in KINDS or duration.kind not in allowed:
        raise Invalid(
            _("This measure cannot last {kind}.").format(kind=repr(duration.kind)),
            field="duration.kind",
            hint=_("Choose one of {kinds}.").format(kinds=", ".join(sorted(allowed))),
        )
    for name in ASKED[duration.kind]:
        if getattr(duration, name) in (None, ""):
            raise Invalid(
                _("A duration of kind {kind} must say {name}.").format(kind=duration.kind, name=name),
                field=f"duration.{name}",
            )
    start = duration.starts_at or now
    for name in ("ends_at", "earliest_end", "review_at", "reapply_at"):
        at = getattr(duration, name)
        if at is not None and not start < at <= start + LONGEST_TERM:
            raise Invalid(
                _("{name} must lie after the start, within ten years.").format(name=name), field=f"duration.{name}"
            )
    check_reviews(duration, start)


def check_reviews(duration: Duration, start: datetime) -> None:
    long = duration.kind == "until" and duration.ends_at is not None and duration.ends_at - start > LONG_TERM
    if long and (duration.review_at is None or duration.review_at >= duration.ends_at):
        raise Invalid(
            _("A measure of more than {days} days must say when it is reviewed.").format(days=LONG_TERM.days),
            field="duration.review_at",
        )
    if duration.kind == "indefinite_min":
        if not 1 <= (duration.review_days or 0) <= LONGEST_REVIEW_DAYS:
            raise Invalid(
                _("The review must come at least every {days} days.").format(days=LONGEST_REVIEW_DAYS),
                field="duration.review_days",
            )
        if duration.earliest_end and duration.ends_at and duration.earliest_end > duration.ends_at:
            raise Invalid(_("The earliest end lies after the last date."), field="duration.earliest_end")


def term(duration: Duration, now: datetime) -> timedelta | None:
    """How long it lasts at most; None for good. Zero where it has no term."""
    if duration.kind == "instant":
        return timedelta(0)
    return duration.ends_at - (duration.starts_at or now) if duration.ends_at else None


def next_review(duration: Duration, since: datetime, now: datetime) -> datetime | None:
    """The next review after `now` of a measure in force since `since`; None where none is due."""
    if duration.review_days:
        step = timedelta(days=duration.review_days)
        return since + step * ((now - since) // step + 1)
    return duration.review_at if duration.review_at and duration.review_at > now else None
