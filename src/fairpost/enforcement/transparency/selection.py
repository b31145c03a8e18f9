"""Which decisions a report may be about: never more than the register tells, so that no difference of two tells more.

What an order keeps out is in no figure at all. What is sealed, and for the public what is still the parties', is one
number and stands in no breakdown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.models import Decision, Measure, MeasureAct, RegisterKeepOut, RegisterSeal
from fairpost.enforcement.register.loading import everything
from fairpost.enforcement.register.visibility import visibility


@dataclass(frozen=True, slots=True)
class Selection:
    """Decisions (all periods) whose figures may be broken down, and of those in the period how many may not.

    `hidden` are all others that exist, whatever the reason; `withheld` counts those of the period by visibility,
    without any that an order keeps out.
    """

    since: datetime
    until: datetime
    now: datetime
    activated: dict[int, datetime]
    told: frozenset[int]
    hidden: frozenset[int]
    withheld: dict[str, int]

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.since <= at < self.until

    @property
    def decisions(self) -> list[int]:
        """Those that were activated in the period and may be broken down."""
        return sorted(each for each, at in self.activated.items() if each in self.told and self.within(at))


def select(since: datetime, until: datetime, now: datetime, *, public: bool) -> Selection:
    """Internal notes have no entry in the register and are told to nobody, so they are in no report either."""
    activated: dict[int, datetime] = {}
    acts = MeasureAct.objects.filter(act="activated").order_by("pk")
    for decision, at in acts.values_list("measure__decision_id", "at"):
        activated.setdefault(decision, at)
    told, withheld = set(), Counter({"sealed": 0, "parties": 0} if public else {"sealed": 0})
    for each in everything():
        seen = visibility(each.times, now).kind
        if seen == "public" or (seen == "parties" and not public):
            told.add(each.decision_id)
        elif seen != "kept_out" and since <= activated.get(each.decision_id, until) < until:
            withheld[seen] += 1
    told -= not_yet_entered_but_silent(now)
    numbers = set(Decision.objects.values_list("pk", flat=True))
    return Selection(
        since, until, now, activated, frozenset(told), frozenset(numbers - told), dict(sorted(withheld.items()))
    )


def not_yet_entered_but_silent(now: datetime) -> set[int]:
    """Decisions that were sealed or kept out before they had an entry."""
    sealed = RegisterSeal.objects.filter(ended_at=None, sealed_at__lte=now, until__gt=now)
    kept = RegisterKeepOut.objects.filter(ended_at=None)
    return {*sealed.values_list("decision_id", flat=True), *kept.values_list("decision_id", flat=True)}


def hidden_measures(selection: Selection) -> frozenset[str]:
    """The names by which dispositions and held campaigns call measures of hidden decisions: `measure M-12`."""
    rows = Measure.objects.filter(decision__in=selection.hidden).values_list("pk", flat=True)
    return frozenset(f"measure M-{each}" for each in rows)
