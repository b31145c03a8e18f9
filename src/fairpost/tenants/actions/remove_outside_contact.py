"""Takes an address outside the account off its contacts; notices that were sent to it stay on record."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import OutsideContact
from fairpost.tenants.scope import one


@transaction.atomic
def remove_outside_contact(
    *, actor: Actor, account_id: int, contact_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Raises `NotFound` for another account's."""
    authorise(actor, "account.manage", account_id=account_id, act="outside_contact.remove")
    one(OutsideContact.objects.filter(account_id=account_id, id=contact_id), _("There is no such contact.")).delete()
    record(
        actor=actor,
        act="outside_contact.removed",
        account_id=account_id,
        subject=f"outside_contact:{contact_id}",
        reason=reason,
        clock=clock,
    )
