"""How the measures of an entry stand now, and in one word the whole decision."""

from __future__ import annotations

from datetime import datetime

from fairpost.enforcement.acting import state_of
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.models import Measure
from fairpost.enforcement.naming import label

# What is most in force speaks for the whole.
ORDER = ("active", "stayed", "scheduled", "overturned", "lifted", "superseded", "lapsed", "expired", "ended")


def states_now(decision_id: int, now: datetime, *, hidden_successor: bool) -> tuple[str, dict[str, str]]:
    """(state of the decision, state of each measure by its number).

    Where an order keeps out the decision that took its place, only that it is over is told.
    """
    rows = Measure.objects.filter(decision_id=decision_id).prefetch_related("acts").order_by("pk")
    states = {
        label("measure", each.pk): shown(state_of(each, now), hidden_successor)
        for each in rows
        if MEASURES[each.kind].notified
    }
    return next((each for each in ORDER if each in states.values()), "ended"), states


def shown(state: str, hidden_successor: bool) -> str:
    return "ended" if hidden_successor and state == "superseded" else state
