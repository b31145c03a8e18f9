"""How the measures of an entry stand now, and in one word the whole decision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from fairpost.enforcement.acting import state_of
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.models import Measure
from fairpost.enforcement.naming import label

# What is most in force speaks for the whole.
ORDER = ("active", "stayed", "scheduled", "overturned", "lifted", "superseded", "lapsed", "expired", "ended")


def states_now(decisions: Collection[int], now: datetime) -> dict[int, dict[str, str]]:
    """The state of each measure (by its number, M-4) of each decision."""
    found: dict[int, dict[str, str]] = {each: {} for each in decisions}
    for each in Measure.objects.filter(decision__in=decisions).prefetch_related("acts").order_by("pk"):
        if MEASURES[each.kind].notified:
            found[each.decision_id][label("measure", each.pk)] = state_of(each, now)
    return found


def disclosed_states(states: dict[str, str]) -> dict[str, str]:
    """The states where an order keeps out the decision that took this one's place: only that it is over is told."""
    return {name: "ended" if state == "superseded" else state for name, state in states.items()}


def whole_state(states: dict[str, str]) -> str:
    return next((each for each in ORDER if each in states.values()), "ended")
