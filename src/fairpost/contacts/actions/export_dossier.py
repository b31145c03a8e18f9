"""Gives out everything an account holds on one address, for the person it belongs to (GDPR, articles 15 and 20)."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.actions.erase_contact import whom_of
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.holdings import HOLDINGS, function_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import own_account


@transaction.atomic
def export_dossier(
    *, actor: Actor, account_id: int, address: str, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> dict[str, Any]:
    """What JSON can hold: `address`, `account`, `at`, then one entry for each holding that has something.

    Raises `NotFound` where nothing is held on the address. That a copy was made is on record.
    """
    authorise(actor, "contacts.export", account_id=account_id, act="contact.export")
    own_account(account_id)
    whom = whom_of(account_id, canonical_form(address))
    with connection.cursor() as cursor:
        found = {name: function_of(each.export)(cursor, whom) for name, each in HOLDINGS.items() if each.export}
    found = {name: held for name, held in found.items() if held}
    if not found:
        raise NotFound(_("Nothing is held on {address} in this account.").format(address=whom.canonical))
    record(
        actor=actor,
        act="contact.exported",
        account_id=account_id,
        subject=f"account:{account_id}" if whom.ordinal is None else f"contact:{account_id}.{whom.ordinal}",
        reason=reason,
        facts={"holdings": sorted(found)},
        clock=clock,
    )
    return {"address": whom.canonical, "account": account_id, "at": clock.now(), **found}
