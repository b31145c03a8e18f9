"""Lifts one suppression of one address, with a reason that stays on record."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.reach import authorise_reach, read_reach
from fairpost.contacts.suppression import lift
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _


@transaction.atomic
def lift_suppression(
    *, actor: Actor, account_id: int, address: str, reach: str, reason: str, clock: Clock | None = None
) -> None:
    """Raises `NotFound` where the address is not suppressed with exactly this reach, `Invalid` without a reason."""
    wanted = read_reach(reach)
    authorise_reach(actor, account_id, wanted, act="suppression.lift")
    reason = single_line(reason, "reason")
    canonical = canonical_form(address)
    with connection.cursor() as cursor:
        lifted = lift(cursor, account_id, canonical, wanted)
    if not lifted:
        raise NotFound(_("{address} is not suppressed with reach {reach}.").format(address=canonical, reach=reach))
    record(
        actor=actor,
        act="suppression.lifted",
        account_id=None if wanted.kind == "installation" else account_id,
        subject=f"suppression:{wanted.kind}",
        reason=reason,
        facts={"reach": wanted.kind, "reach_id": wanted.key},
        clock=clock or SystemClock(),
    )
