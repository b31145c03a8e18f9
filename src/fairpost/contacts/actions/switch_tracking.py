"""Switches off, and on again, that opens and clicks are followed: for a contact, a list, a territory, the account."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.consent import TRACKING, note_consent
from fairpost.contacts.queries.lookup import contact_by_address
from fairpost.contacts.scope import own_list
from fairpost.contacts.tracking import switch_all, switch_contact, territory_key
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import own_account

KINDS = ("account", "list", "territory", "contact")


@transaction.atomic
def switch_tracking(
    *,
    actor: Actor,
    account_id: int,
    kind: str,
    key: str = "",
    off: bool,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> bool:
    """Returns whether anything changed; every attempt from then on obeys.

    `kind` is out of KINDS; `key` is the list's id, the territory as contacts have it, the contact's address, and empty
    for the account. Raises `NotFound` for what the account has not. Mail that was handed over before keeps its pixel.
    """
    # A contact or a list may be a unit's; the account and its territories are everybody's.
    unit_id = actor.unit_id if kind in ("contact", "list") else None
    if off:
        authorise(actor, "contacts.write", account_id=account_id, unit_id=unit_id, act="tracking.off")
    else:
        authorise(actor, "contacts.write", account_id=account_id, unit_id=unit_id, act="tracking.on")
    own_account(account_id)
    if kind == "contact":
        changed = switch_one(actor, account_id, key, off, reason or "", clock)
    else:
        with connection.cursor() as cursor:
            changed = switch_all(cursor, account_id, kind, key_of(actor, account_id, kind, key), clock.now(), off=off)
    if changed:
        record(
            actor=actor,
            act="tracking.switched_off" if off else "tracking.switched_on",
            account_id=account_id,
            subject=f"tracking:{kind}",
            reason=reason,
            facts={} if kind == "contact" else {"key": key},
            clock=clock,
        )
    return changed


def key_of(actor: Actor, account_id: int, kind: str, key: str) -> str:
    if kind == "account" and not key:
        return ""
    if kind == "list" and key.isascii() and key.isdigit() and len(key) < 10:
        return str(own_list(actor, account_id, int(key)).id)
    if kind == "territory":
        return territory_key(single_line(key, "territory", 100))
    raise Invalid(
        _("Tracking is switched for account, list, territory or contact; a list is named by its number."), field="kind"
    )


def switch_one(actor: Actor, account_id: int, address: str, off: bool, source: str, clock: Clock) -> bool:
    canonical = canonical_form(address)
    found = contact_by_address(account_id, canonical)
    if found is None:
        raise NotFound(_("{address} is no contact of this account.").format(address=canonical))
    with connection.cursor() as cursor:
        changed = switch_contact(cursor, account_id, found.ordinal, off=off)
        if changed:
            note_consent(
                cursor, account_id, canonical, found.ordinal, TRACKING, "withdrawn" if off else "given",
                "api" if actor.via == "api" else "person", None, source, clock.now(),
            )  # fmt: skip
    return changed
