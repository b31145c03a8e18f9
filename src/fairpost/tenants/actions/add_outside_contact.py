"""Names an address outside the account that shall get its notices too, once whoever reads it agrees."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.contact_tokens import contact_token
from fairpost.tenants.domains import mail_address
from fairpost.tenants.models import Account, OutsideContact
from fairpost.tenants.naming import known_language
from fairpost.tenants.scope import one

MOST = 5  # of one account, so that adding is no way to have strangers written to


@dataclass(frozen=True, slots=True)
class ContactAdded:
    """`token` goes into the mail to that address and nowhere else: it is the proof that somebody reads it."""

    contact_id: int
    email: str
    language: str
    token: str = field(repr=False)


@transaction.atomic
def add_outside_contact(
    *,
    actor: Actor,
    account_id: int,
    email: str,
    language: str = "en",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ContactAdded:
    """Sends nothing; the caller mails the token. One that waits may be added again, for another token.

    Raises `Conflict` where the address is confirmed already, or the account has as many as it may have.
    """
    authorise(actor, "account.manage", account_id=account_id, act="outside_contact.add")
    # Two at once must not both be the last that fits.
    one(Account.objects.select_for_update().filter(id=account_id), _("There is no such account."))
    email = mail_address(email, "email").lower()
    row = OutsideContact.objects.filter(account_id=account_id, email=email).first()
    if row is not None and row.verified_at is not None:
        raise Conflict(_("This address is confirmed already."), field="email")
    if row is None:
        if OutsideContact.objects.filter(account_id=account_id).count() >= MOST:
            raise Conflict(
                _("An account has at most {most} outside contacts.").format(most=MOST), hint=_("Remove one first.")
            )
        row = OutsideContact(account_id=account_id, email=email, created_at=clock.now())
    row.language = known_language(language)
    row.save()
    record(
        actor=actor,
        act="outside_contact.added",
        account_id=account_id,
        subject=f"outside_contact:{row.id}",
        reason=reason,
        clock=clock,
    )
    return ContactAdded(row.id, email, row.language, contact_token(row.id, clock.now()))
