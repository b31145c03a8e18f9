"""Finds the one contact that a report concerns, within one account, and says why where it concerns nobody.

A report's own text never chooses an account, and mail never chooses a contact by an address in it: anybody can write a
bounce that names somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairpost.contacts.addresses import canonical_form
from fairpost.delivery.queries.attempted import sent_as, was_attempted
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import mark

# By the primary key, and by the unique index (account_id, canonical).
BY_ORDINAL = "SELECT ordinal, canonical FROM contact WHERE account_id = %s AND ordinal = %s"
BY_ADDRESS = "SELECT ordinal, canonical FROM contact WHERE account_id = %s AND canonical = %s"
PROVIDER = "SELECT provider FROM contact_domain WHERE domain = %s"

# Why a report does nothing; the keys are stored.
WHY = {
    "test": mark("a test mail: its addresses are no contacts"),
    "no_campaign": mark("the campaign was never sent"),
    "never_mailed": mark("this contact was not written to in this campaign"),
    "no_contact": mark("the contact was removed, or never was one"),
    "unsigned": mark("only the campaign is named, which anybody can write"),
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """`ordinal` and `canonical` are known where `why` is empty; with a `why` nothing is done to anybody."""

    account_id: int
    campaign_id: int | None
    ordinal: int | None
    canonical: str = ""
    sending_domain: str = ""
    provider: str = ""
    why: str = ""


def concerned(
    cursor: Any, account_id: int, campaign_id: int | None, ordinal: int | None, address: str, source: str
) -> Concerned:
    """Whom a report concerns. `source` is mail, webhook or relay: only the latter two are believed an address."""
    nobody = Concerned(account_id, campaign_id, ordinal)
    domain = ""
    if campaign_id is not None:
        sent = sent_as(cursor, account_id, campaign_id)
        if sent is None:
            return replaced(nobody, "no_campaign")
        if sent.test:
            return replaced(nobody, "test")
        domain = sent.sending_domain
    if ordinal is None and source == "mail":
        return replaced(nobody, "unsigned", domain)
    contact = by_address(cursor, account_id, address) if ordinal is None else by_ordinal(cursor, account_id, ordinal)
    if contact is None:
        return replaced(nobody, "no_contact", domain)
    number, canonical = contact
    if campaign_id is not None and not was_attempted(cursor, account_id, campaign_id, number):
        return replaced(nobody, "never_mailed", domain)
    return Concerned(account_id, campaign_id, number, canonical, domain, provider_of(cursor, canonical))


def replaced(nobody: Concerned, why: str, domain: str = "") -> Concerned:
    return Concerned(nobody.account_id, nobody.campaign_id, nobody.ordinal, "", domain, "", why)


def by_ordinal(cursor: Any, account_id: int, ordinal: int) -> tuple[int, str] | None:
    cursor.execute(BY_ORDINAL, [account_id, ordinal])
    return cursor.fetchone()


def by_address(cursor: Any, account_id: int, address: str) -> tuple[int, str] | None:
    try:
        canonical = canonical_form(address)
    except Invalid:
        return None
    cursor.execute(BY_ADDRESS, [account_id, canonical])
    return cursor.fetchone()


def provider_of(cursor: Any, canonical: str) -> str:
    """The mailbox provider as DNS told when it was asked, else the domain itself."""
    domain = canonical.rpartition("@")[2]
    cursor.execute(PROVIDER, [domain])
    row = cursor.fetchone()
    return (row[0] if row else "") or domain
