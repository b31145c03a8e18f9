"""The party takes its appeal back, as long as nobody has decided it; a stay that it had ends with it."""

from __future__ import annotations

from fairpost.enforcement.actions.activate_decision import refuse_inside_transaction
from fairpost.enforcement.actions.stay_measure import end_stays_of, wait
from fairpost.enforcement.appealing import own_appeal, step, stepping
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


def withdraw_appeal(
    *, actor: Actor, account_id: int, appeal_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """Raises NotFound for another party's appeal, Conflict where it is decided. It may be filed again in its window."""
    authorise(actor, "appeal.file", account_id=account_id, act="appeal.withdraw")
    refuse_inside_transaction()
    now = clock.now()
    with stepping(actor):
        row = own_appeal(account_id, appeal_id)
        step(row, "withdrawn", actor=actor, now=now, text=reason or "", closed_at=now)
        epoch = end_stays_of(actor, row, now)
    wait(epoch)
    return appeal_view(appeal_id, now)
