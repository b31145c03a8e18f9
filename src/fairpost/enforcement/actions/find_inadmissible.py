"""A person finds that an appeal cannot be heard, with reasons; nobody has judged it, and it may be filed again."""

from __future__ import annotations

from fairpost.enforcement.actions.activate_decision import refuse_inside_transaction
from fairpost.enforcement.actions.assign_appeal import check_reviewer, take_hand
from fairpost.enforcement.actions.stay_measure import end_stays_of, wait
from fairpost.enforcement.appealing import appeal_row, not_yours, step, stepping
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import several_lines
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


def find_inadmissible(*, actor: Actor, appeal_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> AppealView:
    """Ends an appeal before its review begins; the party is told why. A review that has begun ends in a ruling."""
    authorise(actor, "appeal.review")
    person_id = acting_person(actor)
    refuse_inside_transaction()
    now = clock.now()
    why = several_lines(reason, "reason", 5000)
    with stepping(actor):
        row = appeal_row(appeal_id, lock=True)
        if row.state == "filed":
            check_reviewer(row, person_id, now)
            take_hand(row.decision_id, person_id, now)
        elif row.reviewer_id != person_id:
            raise not_yours(appeal_id)
        step(
            row, "found_inadmissible", actor=actor, now=now, reason=why, reviewer_id=person_id,
            touched_at=row.touched_at or now, closed_at=now,
        )  # fmt: skip
        epoch = end_stays_of(actor, row, now)
        follow(
            Happening(
                "appeal.decided", now, decision_id=row.decision_id, appeal_id=row.pk, account_id=row.account_id,
                detail={"outcome": "inadmissible", "reason": why},
            )
        )  # fmt: skip
    wait(epoch)
    return appeal_view(appeal_id, now)
