"""What is done about an order: a decision or another answer, a stay, its end, and the closing of the order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import seal_for
from fairpost.enforcement.acting import lock_decision
from fairpost.enforcement.actions.open_case import close_case
from fairpost.enforcement.actions.register_order import REMINDER
from fairpost.enforcement.models import Case, LegalOrder, LegalOrderAct, RegisterKeepOut
from fairpost.enforcement.naming import label
from fairpost.enforcement.orders.rows import OPEN, STAYED, order_row, unless_closed
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@transaction.atomic
def answer_order(
    *, actor: Actor, order_id: int, what: str, decision_id: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Keeps what was done about the order, with the decision where there is one."""
    authorise(actor, "legal.order")
    row = order_row(order_id, lock=True)
    unless_closed(row, clock.now())
    if decision_id is not None:
        lock_decision(decision_id)
    add_act(actor, row, "answered", what, clock, decision_id=decision_id)


@transaction.atomic
def stay_order(
    *, actor: Actor, order_id: int, what: str, until: datetime | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """A court stayed the order, until a date or until further notice."""
    authorise(actor, "legal.order")
    now = clock.now()
    if until is not None and until <= now:
        raise Invalid(_("The stay would have ended already."), field="until")
    row = order_row(order_id, lock=True)
    expect(row, OPEN, now)
    add_act(actor, row, "stayed", what, clock, until=until)


@transaction.atomic
def end_order_stay(*, actor: Actor, order_id: int, what: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """The order binds again."""
    authorise(actor, "legal.order")
    row = order_row(order_id, lock=True)
    expect(row, STAYED, clock.now())
    add_act(actor, row, "stay_ended", what, clock)


@transaction.atomic
def close_order(*, actor: Actor, order_id: int, what: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Nothing more is to be done about it. Raises Conflict while it keeps entries out: a person ends that first."""
    authorise(actor, "legal.order")
    row = order_row(order_id, lock=True)
    unless_closed(row, clock.now())
    kept = RegisterKeepOut.objects.filter(order=row, ended_at=None).count()
    if kept:
        raise Conflict(
            _("Order {order} keeps {count} entries out of the register.").format(
                order=label("order", order_id), count=kept
            ),
            hint=_("End that first: `fairpost register end`."),
        )
    add_act(actor, row, "closed", what, clock)
    if row.case_id is not None and Case.objects.filter(pk=row.case_id, closed_at=None).exists():
        reason = _("Order {order} is closed.").format(order=label("order", order_id))
        close_case(actor=REMINDER, case_id=row.case_id, reason=reason, clock=clock)


def expect(row: LegalOrder, wanted: str, now: datetime) -> None:
    state = unless_closed(row, now)
    if state != wanted:
        raise Conflict(_("Order {order} is {state}.").format(order=label("order", row.pk), state=state))


def add_act(
    actor: Actor,
    row: LegalOrder,
    act: str,
    what: str,
    clock: Clock,
    *,
    decision_id: int | None = None,
    until: datetime | None = None,
) -> None:
    """Keeps the act, its text sealed with the order."""
    said = several_lines(what, "what", 5000)
    LegalOrderAct.objects.create(
        order=row,
        act=act,
        at=clock.now(),
        person_id=acting_person(actor),
        decision_id=decision_id,
        until=until,
        sealed=seal_for(row.seal_subject, said.encode(), clock=clock),
    )
    facts = {"decision": decision_id, "until": until and until.isoformat()}
    record(
        actor=actor,
        act=f"order.{act}",
        account_id=None,
        subject=f"order:{row.pk}",
        facts={name: value for name, value in facts.items() if value is not None},
        clock=clock,
    )
