"""Makes the receipt of an order; that it was made, and the hash of what it said, is on record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.events.donations.receipt import Issuer, platform_of, receipt
from fairpost.events.donations.wording import best_language, wording
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.accounts import account
from fairpost.tenants.queries.receivers import receivers


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A receipt or letter in both forms, each with its SHA-256 (hexadecimal, of UTF-8)."""

    language: str
    text: str
    html: str
    text_hash: str
    html_hash: str


@transaction.atomic
def make_receipt(
    *,
    actor: Actor,
    account_id: int,
    order_id: str,
    platform: str = "",
    language: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> MadeDocument:
    """In the language asked for (en, fr, it, es, de), else the account's. Raises `NotFound` for no such order.

    The same order, as it stands, gives the same bytes whenever it is made. The record names the order by a digest.
    """
    authorise(actor, "donation.read", account_id=account_id, act="donation.receipt")
    own = account(account_id)
    words = wording(best_language(language, own.language))
    issuer = Issuer(own.name, receivers(account_id).names, ZoneInfo(own.time_zone))
    with connection.cursor() as cursor:
        platform = platform_of(cursor, account_id, order_id, platform)
        made = receipt(cursor, account_id, platform, order_id, issuer, words)
    named = hashlib.sha256(f"{platform}\0{order_id}".encode()).hexdigest()[:16]
    record(
        actor=actor,
        act="donation.receipt_made",
        account_id=account_id,
        subject=f"donation:{named}",
        reason=reason,
        facts={"language": words.language, "text_hash": made.text_hash, "html_hash": made.html_hash},
        clock=clock,
    )
    return MadeDocument(made.language, made.text, made.html, made.text_hash, made.html_hash)
