"""Erases everything an account holds on one address (GDPR, article 17); a keyed hash keeps the address away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.audit.holds import Held, keep_holds_still
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.consent import note_consent
from fairpost.contacts.erased import is_erased, keep_away
from fairpost.contacts.holdings import HOLDINGS, NOTHING_HELD, Whom, function_of
from fairpost.contacts.imports.merge import lock_ordinals
from fairpost.contacts.queries.lookup import contact_by_address
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import own_account


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many rows of each holding were removed or changed."""

    erased: Mapping[str, int]


def erase_contact(
    *, actor: Actor, account_id: int, address: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Erasure:
    """It cannot be undone; only the person's own confirmed sign-up brings the address back.

    Raises `Conflict` while a legal hold names the account or the contact (contact:ACCOUNT.NUMBER), `NotFound` where
    nothing is held on the address, `Invalid` where the reason names it.
    """
    authorise(actor, "contacts.write", account_id=account_id, act="contact.erase")
    own_account(account_id)
    reason = single_line(reason, "reason", 1000)
    canonical = canonical_form(address)
    if canonical in reason.lower():
        raise Invalid(_("The reason names the address that is to be erased."), field="reason")
    with transaction.atomic(), connection.cursor() as cursor:
        held = keep_holds_still(cursor)
        # Nobody becomes a contact meanwhile: an import that merges later looks for the hash then.
        lock_ordinals(cursor, account_id)
        whom = whom_of(account_id, canonical, held)
        refuse_held(whom)
        erased = erase(cursor, whom, clock)
        record(
            actor=actor,
            act="contact.erased",
            account_id=account_id,
            subject=f"account:{account_id}",
            reason=reason,
            facts=dict(erased),
            clock=clock,
        )
    return Erasure(erased)


def whom_of(account_id: int, canonical: str, held: Held = NOTHING_HELD) -> Whom:
    found = contact_by_address(account_id, canonical)
    address, ordinal = (found.address, found.ordinal) if found else (canonical, None)
    return Whom(account_id, canonical, address, ordinal, held=held)


def refuse_held(whom: Whom) -> None:
    named = {f"account:{whom.account_id}", f"contact:{whom.account_id}.{whom.ordinal}"} & whom.held.items
    if named:
        raise Conflict(
            _("A legal hold names {what}: nothing of it is erased.").format(what=", ".join(sorted(named))),
            hint=_("It can be erased once the hold is released."),
        )


def erase(cursor: Any, whom: Whom, clock: Clock) -> dict[str, int]:
    """Everything of every holding, inside the caller's transaction."""
    already = is_erased(cursor, whom.account_id, whom.canonical)
    now = clock.now()
    hashed = keep_away(cursor, whom.account_id, whom.canonical, now)
    whom = Whom(whom.account_id, whom.canonical, whom.address, whom.ordinal, hashed, whom.held)
    erased = {
        name: function_of(each.erase)(cursor, whom, now) for name, each in HOLDINGS.items() if each.erase
    }
    if already and not any(erased.values()):
        raise Conflict(_("This address is erased already; nothing else is held on it."))
    if not any(erased.values()):
        raise NotFound(_("Nothing is held on {address} in this account.").format(address=whom.canonical))
    note_consent(cursor, whom.account_id, hashed, None, "account", "erased", "person", None, "", now)
    return erased
