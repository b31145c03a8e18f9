"""The states of measures and held campaigns, and the acts that lead from one to the next.

Acts are stored; what only time decides (scheduled, active, expired, lapsed) is computed from them on the one clock.
Whatever these tables do not name is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# state -> act -> state. `approved` and everything in force is refined by `state_at`.
MEASURE: dict[str, dict[str, str]] = {
    "": {"drafted": "draft", "proposed": "proposed"},
    "draft": {"proposed": "proposed", "withdrawn": "withdrawn"},
    "proposed": {"approved": "approved", "rejected": "rejected", "withdrawn": "withdrawn"},
    "approved": {"activated": "activated", "withdrawn": "withdrawn", "approval_voided": "proposed"},
    "scheduled": {"withdrawn": "withdrawn", "overturned": "overturned", "superseded": "superseded"},
    "active": {"lifted": "lifted", "overturned": "overturned", "superseded": "superseded", "stayed": "stayed"},
    "stayed": {
        "stay_ended": "activated",
        "lifted": "lifted",
        "overturned": "overturned",
        "superseded": "superseded",
    },
    "expired": {"overturned": "overturned"},
    "lapsed": {"overturned": "overturned", "superseded": "superseded"},
    "lifted": {"overturned": "overturned"},
    "overturned": {},
    "superseded": {"overturned": "overturned"},
    "rejected": {},
    "withdrawn": {},
}
ENDED = frozenset({"lifted", "overturned", "superseded", "rejected", "withdrawn"})
LAPSES = frozenset({"interim_hold", "brake"})  # their end is called a lapse: nobody decided it

HELD_CAMPAIGN: dict[str, dict[str, str]] = {
    "held": {"released": "released", "blocked": "blocked", "returned": "returned"},
    "released": {"held": "held"},
    "blocked": {},
    "returned": {},
}


@dataclass(frozen=True, slots=True)
class Act:
    """One stored act on a measure."""

    act: str
    at: datetime


def state_at(
    kind: str, acts: Sequence[Act], starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> str:
    """The state of a measure at `now`, from its acts in order and its term.

    A stay with a narrower scope than the measure is an act `partly_stayed`, which leaves the state as it is.
    """
    state = ""
    for each in acts:
        if each.at > now:
            break
        state = after(state, each.act)
    if state in ("activated", "stayed"):
        if ends_at is not None and ends_at <= now:
            return "lapsed" if kind in LAPSES else "expired"
        if starts_at is not None and starts_at > now:
            return "scheduled"
        return "active" if state == "activated" else "stayed"
    return state


def after(state: str, act: str) -> str:
    """The stored state after an act; acts that change no state leave it."""
    for name in ("active", "scheduled", "expired", "lapsed") if state == "activated" else (state,):
        if act in MEASURE[name]:
            return MEASURE[name][act]
    return state
