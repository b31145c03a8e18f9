"""Confirms an address outside an account, by the token that was mailed there."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.contact_tokens import read_contact_token
from fairpost.tenants.models import OutsideContact
from fairpost.tenants.scope import one

READER = Actor(name="outside contact", via="web")


@transaction.atomic
def verify_outside_contact(token: str, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """The contact's id; a second time changes nothing. Whoever holds the token may: that is the proof.

    Raises `Invalid` for a token that is none or has ended, `NotFound` where the contact was removed meanwhile.
    """
    now = clock.now()
    number = read_contact_token(token, now)
    row = one(OutsideContact.objects.filter(id=number), _("This address was taken off the account's contacts."))
    if OutsideContact.objects.filter(id=number, verified_at=None).update(verified_at=now):
        record(
            actor=READER,
            act="outside_contact.verified",
            account_id=row.account_id,
            subject=f"outside_contact:{number}",
            clock=clock,
        )
    return number
