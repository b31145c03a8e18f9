"""Seals an entry of the register until a date, on a legal basis that everybody reads, or ends a seal before that."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.acting import lock_decision
from fairpost.enforcement.models import RegisterSeal
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

LONGEST_SEAL = timedelta(days=1096)


@transaction.atomic
def seal_entry(
    *,
    actor: Actor,
    decision_id: int,
    until: datetime,
    legal_basis: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """From now until `until` the entry says only that it is sealed, until when and on what basis. Returns the seal.

    It may be sealed before the decision is activated. Raises Invalid for no basis, and for an end that has passed or
    lies more than three years ahead; a seal can follow on another.
    """
    authorise(actor, "register.manage")
    person_id = acting_person(actor)
    now = clock.now()
    basis = single_line(legal_basis, "legal_basis", 300)
    if not now < until <= now + LONGEST_SEAL:
        raise Invalid(
            _("A seal ends after now, and within {days} days.").format(days=LONGEST_SEAL.days), field="until"
        )
    lock_decision(decision_id)
    row = RegisterSeal.objects.create(
        decision_id=decision_id, legal_basis=basis, sealed_at=now, sealed_by_id=person_id, until=until
    )
    record(
        actor=actor,
        act="register.sealed",
        account_id=None,
        subject=f"decision:{decision_id}",
        reason=reason,
        facts={"seal": row.pk, "until": until.isoformat()},
        clock=clock,
    )
    return row.pk


@transaction.atomic
def unseal_entry(*, actor: Actor, decision_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Ends every seal on the entry before its date. Returns how many there were; Conflict where there was none."""
    authorise(actor, "register.manage")
    person_id = acting_person(actor)
    if not reason.strip():
        raise Invalid(_("Say why the seal ends before its date."), field="reason")
    now = clock.now()
    lock_decision(decision_id)
    rows = RegisterSeal.objects.filter(decision_id=decision_id, ended_at=None, until__gt=now)
    ended = rows.update(ended_at=now, ended_by_id=person_id)
    if not ended:
        raise Conflict(_("The entry {entry} is not sealed.").format(entry=label("decision", decision_id)))
    record(
        actor=actor,
        act="register.unsealed",
        account_id=None,
        subject=f"decision:{decision_id}",
        reason=reason,
        clock=clock,
    )
    return ended
