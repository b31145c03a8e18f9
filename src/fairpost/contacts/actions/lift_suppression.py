"""Lifts one suppression of one address, with a reason that stays on record."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.consent import note_consent
from fairpost.contacts.erased import is_erased
from fairpost.contacts.reach import authorise_reach, read_reach
from fairpost.contacts.reasons import SAID_BY_THEM
from fairpost.contacts.suppression import lift
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _


@transaction.atomic
def lift_suppression(
    *, actor: Actor, account_id: int, address: str, reach: str, reason: str, clock: Clock | None = None
) -> None:
    """Raises `NotFound` where the address is not suppressed with exactly this reach, `Invalid` without a reason.

    Where the person had said it themselves, the ledger of consent has a line on it. Raises `Conflict` for an erased
    address: only its owner's confirmed sign-up brings it back.
    """
    wanted = read_reach(reach)
    authorise_reach(actor, account_id, wanted, act="suppression.lift")
    reason = single_line(reason, "reason")
    canonical = canonical_form(address)
    clock = clock or SystemClock()
    with connection.cursor() as cursor:
        if is_erased(cursor, account_id, canonical):
            raise Conflict(
                _("This address was erased at its owner's request."),
                hint=_("It comes back by a sign-up form, when its owner confirms by mail."),
            )
        before = lift(cursor, account_id, canonical, wanted)
        if before in SAID_BY_THEM:
            what = f"{wanted.kind}:{wanted.key}" if wanted.key else wanted.kind
            how = "api" if actor.via == "api" else "person"
            note_consent(cursor, account_id, canonical, None, what, "given", how, None, reason, clock.now())
    if before is None:
        raise NotFound(_("{address} is not suppressed with reach {reach}.").format(address=canonical, reach=reach))
    record(
        actor=actor,
        act="suppression.lifted",
        account_id=None if wanted.kind == "installation" else account_id,
        subject=f"suppression:{wanted.kind}",
        reason=reason,
        facts={"reach": wanted.kind, "reach_id": wanted.key, "said_by_them": before in SAID_BY_THEM},
        clock=clock,
    )
