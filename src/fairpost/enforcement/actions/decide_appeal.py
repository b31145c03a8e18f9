"""A reviewer decides an appeal, measure by measure and, for a joint sender, participant by participant; at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.acting import lock_decision
from fairpost.enforcement.actions.activate_decision import refuse_inside_transaction
from fairpost.enforcement.actions.stay_measure import end_stays_of
from fairpost.enforcement.appealing import reviewed, step, stepping
from fairpost.enforcement.appeals.rulings import Ruling, check_rulings
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import Appeal, AppealRuling
from fairpost.enforcement.ports import Fence, mailings
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.enforcement.rulings import carry_out
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock


@dataclass(frozen=True, slots=True)
class DecidedAppeal:
    """A decided appeal; `reopened` are the cases that rested on what was overturned or that it was remanded to."""

    appeal: AppealView
    reopened: tuple[int, ...]
    fence: Fence


def decide_appeal(
    *, actor: Actor, appeal_id: int, rulings: Sequence[Ruling], clock: Clock = SYSTEM_CLOCK
) -> DecidedAppeal:
    """Rules on every measure of the appeal, each with reasons. When this returns, what was overturned has no force.

    Stays that were granted for this appeal end. What was held goes out only after its sender confirms it. Raises
    Invalid for rulings that are not whole or take more than the measure did, Forbidden for anybody but the reviewer.
    """
    refuse_inside_transaction()
    now = clock.now()
    with stepping(actor):
        row = reviewed(actor, appeal_id)
        lock_decision(row.decision_id)
        step(
            row, "decided", actor=actor, now=now, decided_at=now,
            detail={"outcomes": [[each.measure_id, each.outcome, each.organisation_id] for each in rulings]},
        )  # fmt: skip
        check_rulings(rulings, row.measures, participants(row, now))
        reopened = write(actor, row, rulings, now)
        end_stays_of(actor, row, now)
        follow(
            Happening(
                "appeal.decided", now, decision_id=row.decision_id, appeal_id=row.pk, account_id=row.account_id,
                detail={"outcome": overall(rulings), "reason": rulings[0].reason},
            )
        )  # fmt: skip
        epoch = mailings().raise_epoch()
    fence = mailings().await_fence(epoch)
    return DecidedAppeal(appeal_view(appeal_id, now), reopened, fence)


def participants(row: Appeal, now: datetime) -> dict[int, frozenset[int]]:
    """The organisations that are told of each measure of a joint sender in their own name."""
    return {
        each.id: frozenset(told["organisation_id"] for told in each.coverage["notices"] if "organisation_id" in told)
        for each in decision_view(row.decision_id, now).measures
        if "joint_sender" in each.scope
    }


def write(actor: Actor, row: Appeal, rulings: Sequence[Ruling], now: datetime) -> tuple[int, ...]:
    reopened: list[int] = []
    for each in rulings:
        done = carry_out(actor, row, each, now)
        reopened += done.reopened
        AppealRuling.objects.create(
            appeal=row,
            measure_id=each.measure_id,
            organisation_id=each.organisation_id,
            outcome=each.outcome,
            reason=each.reason,
            excluded=done.excluded,
            decision_id=done.decision_id,
            at=now,
        )
    return tuple(dict.fromkeys(reopened))


def overall(rulings: Sequence[Ruling]) -> str:
    """The one outcome, or that there are several."""
    outcomes = {each.outcome for each in rulings}
    return outcomes.pop() if len(outcomes) == 1 else "split"
