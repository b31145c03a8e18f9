"""Ends a legal hold; what it named may be erased and deleted again, as far as no other hold names it."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions.record import record
from fairpost.audit.models import LegalHold
from fairpost.audit.permission import require
from fairpost.audit.queries.holds import legal_hold
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _


@transaction.atomic
def release_legal_hold(*, actor: Actor, hold_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Raises NotFound, and Conflict where it was released before."""
    require(actor, "legal.order")
    reason = single_line(reason, "reason", 1000)
    hold = legal_hold(hold_id)
    if not LegalHold.objects.filter(id=hold_id, released_at=None).update(released_at=clock.now()):
        raise Conflict(_("The legal hold {name} was released already.").format(name=repr(hold.name)))
    record(
        actor=actor,
        act="legal_hold.released",
        account_id=None,
        subject=f"legal_hold:{hold_id}",
        reason=reason,
        clock=clock,
    )
