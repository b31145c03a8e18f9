"""Lifts a measure before its end. What it held still waits for its sender's word."""

from __future__ import annotations

from fairpost.enforcement.acting import perform, performing
from fairpost.enforcement.queries.decisions import MeasureView, measure_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Forbidden, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


def lift_measure(*, actor: Actor, measure_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> MeasureView:
    """Ends a measure that is in force or stayed, with a reason; never by somebody who acts for a customer."""
    authorise(actor, "decision.approve")
    acting_person(actor)
    if actor.account_id is not None:
        raise Forbidden(_("A measure is never lifted by the customer."))
    if not reason.strip():
        raise Invalid(_("Say why the measure is lifted."), field="reason")
    now = clock.now()
    with performing(actor):
        perform(measure_id, "lifted", actor=actor, reason=reason, now=now)
    return measure_view(measure_id, now)
