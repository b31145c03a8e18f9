"""While an appeal is reviewed a measure may be stayed, in whole or in part; that is granted or refused with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fairpost.enforcement.acting import acts_of, measure_row, perform, state_of
from fairpost.enforcement.actions.activate_decision import hold_campaigns, refuse_inside_transaction
from fairpost.enforcement.appealing import MACHINE, reviewed, step, stepping
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import Appeal, Measure, MeasureAct
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _

STAYS = {"stayed": "stay_ended", "partly_stayed": "partly_stay_ended"}


def stay_measure(
    *,
    actor: Actor,
    appeal_id: int,
    measure_id: int,
    reason: str,
    until: datetime | None = None,
    within: Mapping[str, Any] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AppealView:
    """Stays a measure of the appeal from now until `until` (default: until the appeal is decided).

    `within` is a scope: the stay then holds only inside it. What the measure held goes out only after its sender
    confirms it. Raises Forbidden for anybody but the reviewer, Conflict where the measure is not in force.
    """
    now = clock.now()
    why = several_lines(reason, "reason", 5000)
    if until is not None and (until.tzinfo is None or until <= now):
        raise Invalid(_("The stay would be over already."), field="until")
    scope = scope_from_json(within, field="within") if within else None
    with stepping(actor):
        row = reviewed(actor, appeal_id)
        of_appeal(row, measure_id)
        end_elapsed(measure_id, now)
        detail = {
            "since": now.isoformat(),
            "until": until and until.isoformat(),
            "within": scope and scope.to_json(),
            "appeal": row.pk,
        }
        act = "partly_stayed" if scope else "stayed"
        if scope and state_of(measure_row(measure_id), now) != "active":
            raise Conflict(_("Measure {measure} is not in force.").format(measure=label("measure", measure_id)))
        perform(measure_id, act, actor=actor, reason=why, detail=detail, now=now)
        step(row, "stay_granted", actor=actor, now=now, reason=why, detail={"measure": measure_id, **detail})
        mailings().raise_epoch()
    return appeal_view(appeal_id, now)


def refuse_stay(
    *, actor: Actor, appeal_id: int, reason: str, measure_id: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """Refuses the stay that was asked for (of one measure, or of all), with the reasons; the party is told."""
    now = clock.now()
    why = several_lines(reason, "reason", 5000)
    with stepping(actor):
        row = reviewed(actor, appeal_id)
        if measure_id is not None:
            of_appeal(row, measure_id)
        step(row, "stay_refused", actor=actor, now=now, reason=why, detail={"measure": measure_id})
        follow(
            Happening(
                "appeal.stay_refused", now, decision_id=row.decision_id, measure_id=measure_id, appeal_id=row.pk,
                account_id=row.account_id, detail={"reason": why},
            )
        )  # fmt: skip
    return appeal_view(appeal_id, now)


def end_stay(
    *, actor: Actor, appeal_id: int, measure_id: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """Ends every stay of the measure that runs. When this returns, nothing more in its scope is handed to a relay."""
    refuse_inside_transaction()
    now = clock.now()
    why = several_lines(reason, "reason", 5000)
    with stepping(actor):
        row = reviewed(actor, appeal_id)
        of_appeal(row, measure_id)
        running = sorted({each.act for each in stays_running(measure_row(measure_id), now)})
        if not running:
            raise Conflict(_("Measure {measure} is not stayed.").format(measure=label("measure", measure_id)))
        for each in running:
            perform(measure_id, STAYS[each], actor=actor, reason=why, detail={"appeal": row.pk}, now=now)
        epoch = back_in_force(now)
    wait(epoch)
    return appeal_view(appeal_id, now)


def of_appeal(row: Appeal, measure_id: int) -> None:
    if measure_id not in row.measures:
        raise NotFound(
            _("Appeal {appeal} is not about measure {measure}.").format(
                appeal=label("appeal", row.pk), measure=label("measure", measure_id)
            ),
            field="measure_id",
        )


def stays_running(measure: Measure, now: datetime, appeal_id: int | None = None) -> list[MeasureAct]:
    """The stays that are on record as running at `now`: granted, not ended, their time not over."""
    running: list[MeasureAct] = []
    for each in acts_of(measure):
        if each.act in STAYS:
            running.append(each)
        elif each.act in STAYS.values():
            running = [other for other in running if STAYS[other.act] != each.act]
    return [
        each
        for each in running
        if (until := each.detail.get("until")) is None or datetime.fromisoformat(until) > now
        if appeal_id is None or each.detail.get("appeal") == appeal_id
    ]


def end_elapsed(measure_id: int, now: datetime) -> bool:
    """Puts on record that a stay of the whole measure is over by its time; the gate has known since."""
    measure = measure_row(measure_id)
    if state_of(measure, now) != "stayed" or any(each.act == "stayed" for each in stays_running(measure, now)):
        return False
    perform(measure_id, "stay_ended", actor=MACHINE, detail={"elapsed": True}, now=now)
    return True


def end_stays_of(actor: Actor, row: Appeal, now: datetime) -> int | None:
    """Ends what was stayed until this appeal is decided. The epoch to wait for; None where nothing was."""
    ended = False
    for number in row.measures:
        measure = measure_row(number)
        if state_of(measure, now) not in ("active", "stayed"):
            continue
        for each in sorted({stay.act for stay in stays_running(measure, now, row.pk)}):
            others = [stay for stay in stays_running(measure, now) if stay.act == each and not of(stay, row)]
            perform(number, STAYS[each], actor=actor, detail={"appeal": row.pk}, now=now)
            for stay in others:  # an end ends all of them; those of other appeals go on
                perform(number, each, actor=MACHINE, reason=stay.reason, detail=stay.detail, now=now)
            ended = True
    return back_in_force(now) if ended else None


def of(stay: MeasureAct, row: Appeal) -> bool:
    return stay.detail.get("appeal") == row.pk


def back_in_force(now: datetime) -> int:
    """Holds what is restricted again, last before the commit."""
    hold_campaigns([each for each in mailings().all(None) if not each.held], now)
    return mailings().raise_epoch()


def wait(epoch: int | None) -> None:
    """Outside the transaction: until no sender hands over what is restricted again."""
    if epoch is not None:
        mailings().await_fence(epoch)
