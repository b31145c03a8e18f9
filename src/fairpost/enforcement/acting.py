"""The one way in which a measure changes its state: checked against the table, stored, put into force, followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.catalogue.durations import duration_from_json
from fairpost.enforcement.catalogue.states import MEASURE, Act, state_at
from fairpost.enforcement.force.store import change_stays, end_force
from fairpost.enforcement.happenings import FOLLOWERS, Happening, follow
from fairpost.enforcement.models import Decision, Measure, MeasureAct
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _

OUT_OF_FORCE = frozenset({"lifted", "overturned", "superseded"})
IN_FORCE = frozenset({"scheduled", "active", "stayed"})
# Acts that leave the state as it is, and the states in which they may be done.
WITHOUT_STATE = {
    "first_approval": frozenset({"proposed"}),
    "partly_stayed": IN_FORCE,
    "partly_stay_ended": IN_FORCE,
    "partly_overturned": IN_FORCE,
}


def lock_decision(decision_id: int) -> Decision:
    """The decision, locked until the end of the transaction: acts on its measures take turns. Raises NotFound."""
    row = Decision.objects.select_for_update().filter(pk=decision_id).first()
    if row is None:
        raise NotFound(_("There is no decision {decision}.").format(decision=label("decision", decision_id)))
    return row


def measure_row(measure_id: int) -> Measure:
    row = Measure.objects.select_related("decision").filter(pk=measure_id).first()
    if row is None:
        raise NotFound(_("There is no measure {measure}.").format(measure=label("measure", measure_id)))
    return row


def acts_of(measure: Measure) -> list[MeasureAct]:
    """What was done with it, in order."""
    return sorted(measure.acts.all(), key=lambda each: each.pk)


def state_of(measure: Measure, now: datetime, acts: Sequence[MeasureAct] | None = None) -> str:
    """Its state at `now`."""
    stored = acts_of(measure) if acts is None else acts
    ends_at = duration_from_json(measure.duration).ends_at
    return state_at(measure.kind, [Act(each.act, each.at) for each in stored], begins(stored), ends_at, now)


def begins(acts: Sequence[MeasureAct]) -> datetime | None:
    """When it begins, as its activation fixed it; None before that."""
    activated = next((each for each in acts if each.act == "activated"), None)
    return datetime.fromisoformat(activated.detail["starts_at"]) if activated else None


def perform(
    measure_id: int,
    act: str,
    *,
    actor: Actor,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> str:
    """Does one act on one measure in the caller's transaction and returns the state that it leads to.

    Raises NotFound, and Conflict for whatever the table of states does not name; the refusal is on record too, once
    the caller's transaction has rolled back (`refused`).
    """
    measure = measure_row(measure_id)
    lock_decision(measure.decision_id)
    state = state_of(measure, now)
    if act not in MEASURE[state] and state not in WITHOUT_STATE.get(act, ()):
        raise Refused(measure, act, state)
    stored = MeasureAct.objects.create(
        measure=measure, act=act, at=now, person_id=actor.person_id, reason=reason, detail=dict(detail or {})
    )
    change_force(measure, act)
    record(
        actor=actor,
        act=f"measure.{act}",
        account_id=None,
        subject=f"measure:{measure.pk}",
        reason=reason or None,
        facts={"decision": measure.decision_id, "act": stored.pk},
    )
    name = "measure.stayed" if act == "partly_stayed" else f"measure.{act}"
    if name in FOLLOWERS:
        follow(Happening(name, now, measure.decision_id, measure.pk, detail=dict(detail or {})))
    return state_of(measure, now)


class Refused(Conflict):
    """An act that the state of the measure does not allow."""

    def __init__(self, measure: Measure, act: str, state: str) -> None:
        super().__init__(
            _("Measure {measure} is {state}: it cannot be {act}.").format(
                measure=label("measure", measure.pk), state=state_in_words(state), act=state_in_words(act)
            ),
            hint=_("Possible now: {acts}.").format(
                acts=", ".join(state_in_words(each) for each in MEASURE[state]) or _("nothing")
            ),
        )
        self.measure_id = measure.pk
        self.act = act
        self.state = state


def refused(actor: Actor, error: Refused) -> None:
    """Puts a refused act on record; outside the transaction that it undid."""
    record(
        actor=actor,
        act="measure.refused",
        account_id=None,
        subject=f"measure:{error.measure_id}",
        facts={"act": error.act, "state": error.state},
    )


def performing(actor: Actor) -> _Performing:
    """A transaction for acts on measures: what is refused is undone as a whole, put on record, and raised."""
    return _Performing(actor)


class _Performing:
    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        self.atomic.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.atomic.__exit__(kind, error, trace)
        if isinstance(error, Refused):
            refused(self.actor, error)


def change_force(measure: Measure, act: str) -> None:
    """What an act on a measure in force means for the gate; stays are all of them, whole and partial."""
    if act in OUT_OF_FORCE:
        end_force("measure", measure.pk)
    elif act in ("stayed", "partly_stayed", "stay_ended", "partly_stay_ended"):
        change_stays(measure.pk, stays_of(acts_of(measure)))


def stays_of(acts: Sequence[MeasureAct]) -> list[dict[str, Any]]:
    """The stays that acts amount to: {since, until, within} each; an end of a stay cuts the one that it names."""
    stays: dict[int, dict[str, Any]] = {}
    for each in acts:
        if each.act in ("stayed", "partly_stayed"):
            stays[each.pk] = {
                "since": each.detail.get("since") or each.at.isoformat(),
                "until": each.detail.get("until"),
                "within": each.detail.get("within"),
            }
        elif each.act in ("stay_ended", "partly_stay_ended"):
            whole = each.act == "stay_ended"
            for stay in stays.values():
                if (stay["within"] is None) == whole and (not stay["until"] or stay["until"] > each.at.isoformat()):
                    stay["until"] = each.at.isoformat()
    return list(stays.values())
