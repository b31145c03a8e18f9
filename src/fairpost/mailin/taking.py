"""Takes one mail for one of our addresses, in one transaction; when this returns, what it said is committed.

Whatever the mail is, it is taken: what cannot be read or mapped is kept for the operator. Only a database or key ring
that is away is a reason to ask for it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection, transaction

from fairpost.engine.outcomes.bounded_mail import Fields, in_words
from fairpost.engine.outcomes.returned import Returned, read_returned
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.events.actions.take_feedback import clean
from fairpost.events.returned_mail import NOBODY, Why, count_mail, keep_unmapped
from fairpost.events.unsubscribing import BY_MAIL, unsubscribe
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Unavailable
from fairpost.mailin.mapping import claims_in
from fairpost.mailin.places import Place, place_of
from fairpost.mailin.reports import take_reports
from fairpost.mailin.returned import Mail, take_returned
from fairpost.mailin.wishes import head_of, is_wish

log = structlog.get_logger(__name__)

TAKEN = "250 2.0.0 Taken"
FOREIGN = "550 5.1.1 There is no such address here, and nothing is relayed"
LATER = "451 4.3.0 Cannot be taken at this moment, try again later"
AWAY = (OperationalError, InterfaceError, Unavailable)
ITS_OWN_FAULT = (
    *(DatabaseError, ArithmeticError, AttributeError, LookupError),
    *(MemoryError, RuntimeError, TypeError, ValueError),
)


def is_ours(address: str, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Whether mail for this address is taken. Raises what `place_of` does."""
    close_old_connections()
    return place_of(address, clock.now()) is not None


def take_for_all(raw: bytes, sender: str, recipients: Sequence[str], clock: Clock = SYSTEM_CLOCK) -> list[str]:
    """Takes a mail for each recipient; an SMTP status for each, in their order. Never raises."""
    return [take_for(raw, sender, each, clock) for each in recipients]


def take_for(raw: bytes, sender: str, recipient: str, clock: Clock = SYSTEM_CLOCK) -> str:
    """The status of one recipient."""
    try:
        close_old_connections()
        place = place_of(recipient, clock.now())
        if place is None:
            return FOREIGN
        take(raw, sender, place, clock.now())
    except AWAY as error:
        log.warning("mailin.not_now", error=str(error).partition("\n")[0])
        return LATER
    except Exception:
        log.exception("mailin.failed")
        return LATER
    return TAKEN


def take(raw: bytes, sender: str, place: Place, now: datetime) -> None:
    """Applies the mail; where that fails for a reason that lies in it, keeps it as unreadable."""
    try:
        with transaction.atomic():
            apply(raw, sender, place, now)
    except AWAY:
        raise
    except ITS_OWN_FAULT:
        log.exception("mailin.unreadable", octets=len(raw))
        with transaction.atomic():
            keep(raw, sender, place, Fields([]), "unreadable", now)


def apply(raw: bytes, sender: str, place: Place, now: datetime) -> None:
    head = head_of(raw)
    if place.kind == "unsubscribe" and is_wish(head, sender):
        wish(raw, sender, place, head, now)
    elif place.kind == "reports":
        reported(raw, sender, place, head, now)
    elif place.kind == "postmaster":
        keep(raw, sender, place, head, "postmaster", now)
    else:
        returned(raw, sender, place, head, now)


def wish(raw: bytes, sender: str, place: Place, head: Fields, now: datetime) -> None:
    if place.claims is None:
        keep(raw, sender, place, head, "no_token", now)
        return
    with connection.cursor() as cursor:
        unsubscribe(cursor, place.claims, now, BY_MAIL)
        count_mail(cursor, place.claims.account_id, now.date(), "unsubscribe")


def reported(raw: bytes, sender: str, place: Place, head: Fields, now: datetime) -> None:
    why = take_reports(raw, now)
    if why is not None:
        keep(raw, sender, place, head, why, now)


def returned(raw: bytes, sender: str, place: Place, head: Fields, now: datetime) -> None:
    read: Returned = read_returned(raw)
    claims: TokenClaims | None = claims_in(place, read.original, head, raw, now)
    why = take_returned(Mail(raw, head, read, claims), now)
    if why is not None:
        keep(raw, sender, place, head, why, now, claims.account_id if claims else NOBODY)


def keep(
    raw: bytes, sender: str, place: Place, head: Fields, why: Why, now: datetime, account_id: int = NOBODY
) -> None:
    subject = clean(in_words(head.get("subject"))[:1000], 200)
    digest = hashlib.sha256(place.address.lower().encode("utf-8", "replace") + b"\0" + raw).digest()
    with connection.cursor() as cursor:
        keep_unmapped(
            cursor, account_id, digest, why, clean(place.address, 320), clean(sender, 320), subject, raw, now
        )
