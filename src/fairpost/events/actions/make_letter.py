"""Makes a compliance letter on the donations of one organisation in a period; its hash is on record."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.events.actions.make_receipt import MadeDocument
from fairpost.events.donations.letter import Period, letter, movements
from fairpost.events.donations.receipt import Issuer
from fairpost.events.donations.wording import best_language, wording
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.accounts import account
from fairpost.tenants.queries.organisations import organisation
from fairpost.tenants.queries.receivers import receivers


@transaction.atomic
def make_letter(
    *,
    actor: Actor,
    account_id: int,
    organisation_id: int,
    first: date,
    last: date,
    language: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> MadeDocument:
    """From the first day to the last, both included, in the account's time zone; else as `make_receipt`."""
    authorise(actor, "donation.read", account_id=account_id, act="donation.letter")
    if last < first or last.year > 9000:
        raise Invalid(_("The period ends before it begins."), field="last")
    own, about = account(account_id), organisation(account_id, organisation_id)
    words, known = wording(best_language(language, own.language)), receivers(account_id)
    period = Period(first, last, ZoneInfo(own.time_zone))
    issuer = Issuer(own.name, known.names, period.zone)
    with connection.cursor() as cursor:
        found = movements(cursor, account_id, organisation_id, period)
    window = settings.FAIRPOST.donation_window_days
    made = letter(found, (about.name, about.postal_address), period, issuer, known, words, window)
    record(
        actor=actor,
        act="donation.letter_made",
        account_id=account_id,
        subject=f"organisation:{organisation_id}",
        reason=reason,
        facts={
            "first": first.isoformat(),
            "last": last.isoformat(),
            "language": words.language,
            "text_hash": made.text_hash,
            "html_hash": made.html_hash,
        },
        clock=clock,
    )
    return MadeDocument(made.language, made.text, made.html, made.text_hash, made.html_hash)
