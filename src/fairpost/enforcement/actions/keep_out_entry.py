"""Keeps an entry out of the register because an order forbids disclosure; a person ends that, never a date."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.acting import lock_decision
from fairpost.enforcement.models import RegisterKeepOut
from fairpost.enforcement.naming import label
from fairpost.enforcement.orders.rows import order_row, order_state
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@transaction.atomic
def keep_out_entry(
    *, actor: Actor, decision_id: int, order_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> int:
    """From now on the register has no such entry, for anybody. Legal officers only.

    It may be done before the decision is activated. Raises Conflict where the order does not forbid disclosure, is
    closed, or keeps the entry out already.
    """
    authorise(actor, "legal.order")
    person_id = acting_person(actor)
    now = clock.now()
    order = order_row(order_id, lock=True)
    if not order.forbids_disclosure:
        raise Conflict(
            _("Order {order} does not forbid disclosure; nothing else keeps an entry out.").format(
                order=label("order", order_id)
            ),
            hint=_("An entry can be sealed until a date: `fairpost register seal`."),
        )
    if order_state(order, now) == "closed":
        raise Conflict(_("Order {order} is closed.").format(order=label("order", order_id)))
    lock_decision(decision_id)
    if RegisterKeepOut.objects.filter(decision_id=decision_id, order=order, ended_at=None).exists():
        raise Conflict(
            _("Order {order} keeps {entry} out already.").format(
                order=label("order", order_id), entry=label("decision", decision_id)
            )
        )
    row = RegisterKeepOut.objects.create(decision_id=decision_id, order=order, kept_at=now, kept_by_id=person_id)
    record(
        actor=actor,
        act="register.kept_out",
        account_id=None,
        subject=f"order:{order_id}",
        reason=reason,
        facts={"decision": decision_id},
        clock=clock,
    )
    return row.pk


@transaction.atomic
def end_keep_out(*, actor: Actor, decision_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """The entry is in the register again, as it would be by now. Returns how many orders had kept it out.

    Legal officers only. Raises Invalid without a reason, Conflict where nothing keeps it out.
    """
    authorise(actor, "legal.order")
    person_id = acting_person(actor)
    if not reason.strip():
        raise Invalid(_("Say why the entry may be disclosed now."), field="reason")
    lock_decision(decision_id)
    rows = RegisterKeepOut.objects.filter(decision_id=decision_id, ended_at=None)
    ended = rows.update(ended_at=clock.now(), ended_by_id=person_id)
    if not ended:
        raise Conflict(_("No order keeps {entry} out.").format(entry=label("decision", decision_id)))
    record(
        actor=actor,
        act="register.keep_out_ended",
        account_id=None,
        subject=f"decision:{decision_id}",
        reason=reason,
        clock=clock,
    )
    return ended
