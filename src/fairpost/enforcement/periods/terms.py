"""What a period may change: which content is looked at before it goes out, for all tenants alike, 14 days at most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from fairpost.enforcement.catalogue.mechanisms import ON_TIME_OUT
from fairpost.enforcement.scope.selector import Scope, scope_from_json
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LONGEST = timedelta(days=14)
# What content is and where it goes, never whose it is. Who is in a territory is known per recipient, and a review is
# of a whole campaign, so that no period can name one.
SELECTORS = frozenset({"content_class", "channel", "capability"})
LONGEST_REVIEW_HOURS = 24


def period_scope(data: Mapping[str, Any]) -> Scope:
    """The scope of a period. Raises Invalid where it names a sender, or no content class."""
    scope = scope_from_json(data)
    for each in (*scope.selectors, *scope.excluded):
        if each.kind not in SELECTORS or scope.excluded:
            raise Invalid(
                _("A period holds for all tenants alike: it cannot name {kind}.").format(kind=each.kind),
                field=f"scope.{each.kind}",
                hint=_("Choose among {kinds}; for one sender, propose a measure.").format(
                    kinds=", ".join(sorted(SELECTORS))
                ),
            )
    if not scope.values("content_class"):
        raise Invalid(_("A period must say which content classes are looked at."), field="scope.content_class")
    return scope


def check_term(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises Invalid unless the period ends after it starts, later than now, and within 14 days of its start."""
    for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if at.tzinfo is None:
            raise Invalid(_("The time {value} has no zone.").format(value=at.isoformat()), field=name)
    if ends_at <= max(starts_at, now):
        raise Invalid(_("The period would be over before it begins."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid(
            _("A period lasts {days} days at most.").format(days=LONGEST.days),
            field="ends_at",
            hint=_("It can be renewed by a new declaration of two people."),
        )


def check_review(review_hours: int, on_time_out: str) -> None:
    """Raises Invalid unless it is said by when a person has looked, and what happens where nobody has."""
    if not 1 <= review_hours <= LONGEST_REVIEW_HOURS:
        raise Invalid(
            _("The review must be done within 1 to {most} hours.").format(most=LONGEST_REVIEW_HOURS),
            field="review_hours",
        )
    if on_time_out not in ON_TIME_OUT:
        raise Invalid(
            _("{value} is nothing that can happen where nobody has looked in time.").format(value=repr(on_time_out)),
            field="on_time_out",
            hint=_("Choose one of {all}.").format(all=", ".join(ON_TIME_OUT)),
        )


def declaration_hash(declared: Mapping[str, Any]) -> str:
    """SHA-256 over all that the second person declares too."""
    plain = {name: each.isoformat() if isinstance(each, datetime) else each for name, each in declared.items()}
    return sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
