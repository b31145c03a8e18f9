"""Registers a real-world body in an account, or by an operator for the whole installation."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import Organisation


@transaction.atomic
def create_organisation(
    *,
    actor: Actor,
    account_id: int | None,
    name: str,
    postal_address: str = "",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the organisation's id. Without an account it is one that accounts can be created for."""
    capability = "installation.manage" if account_id is None else "account.manage"
    authorise(actor, capability, account_id=account_id, act="organisation.create")
    organisation = Organisation.objects.create(
        account_id=account_id,
        name=single_line(name, "name"),
        postal_address=several_lines(postal_address, "postal_address", 500, required=False),
        created_at=clock.now(),
    )
    record(
        actor=actor,
        act="organisation.created",
        account_id=account_id,
        subject=f"organisation:{organisation.id}",
        reason=reason,
        clock=clock,
    )
    return organisation.id
