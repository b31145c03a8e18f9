"""Asks an address outside an account to confirm that it gets the notices: one mail, with a link that does."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from fairpost.enforcement.notices.write import write_letter
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.actions.add_outside_contact import add_outside_contact
from fairpost.tenants.contact_tokens import TERM
from fairpost.tenants.queries import account
from fairpost.tenants.queries.outside_contacts import OutsideContactRow, outside_contacts


@transaction.atomic
def invite_outside_contact(
    *,
    actor: Actor,
    account_id: int,
    email: str,
    language: str = "en",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> OutsideContactRow:
    """Adds the address and queues the question to it. Nothing else goes there until whoever reads it has confirmed.

    Raises what `add_outside_contact` raises.
    """
    added = add_outside_contact(
        actor=actor, account_id=account_id, email=email, language=language, reason=reason, clock=clock
    )
    row = account(account_id)
    now = clock.now()
    write_letter(
        "verify_contact",
        address=added.email,
        subject=f"outside_contact:{added.contact_id}",
        language=added.language,
        reference=f"outside_contact:{added.contact_id}",
        outside_contact_id=added.contact_id,
        zone=row.time_zone,
        now=now,
        name=row.holder,
        url=f"{settings.FAIRPOST.platform_url.rstrip('/')}/contact/{added.token}",
        at=now + TERM,
    )
    return next(each for each in outside_contacts(account_id, waiting=True) if each.id == added.contact_id)
