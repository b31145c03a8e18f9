"""Applies what a returned mail says to the one message that its token names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from fairpost.contacts.addresses import canonical_form
from fairpost.delivery.queries.attempted import sent_as
from fairpost.delivery.queries.dispatches import recipient_of
from fairpost.engine.outcomes.bounded_mail import Fields
from fairpost.engine.outcomes.returned import FailedRecipient, Returned
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.events.actions.take_feedback import take_bounce, take_complaint
from fairpost.events.returned_mail import NOBODY, Why, count_mail
from fairpost.kernel.errors import Invalid
from fairpost.mailin.mapping import campaign_named

UNSAID = FailedRecipient("", "", "", "other", False, 0.0, "", "")
FEEDBACK = {"complaint": "abuse", "not_spam": "not-spam", "auth_failure": "auth-failure"}


@dataclass(frozen=True, slots=True)
class Mail:
    """One returned mail, read; `claims` is what its token says, None where it has none."""

    raw: bytes
    head: Fields
    read: Returned
    claims: TokenClaims | None


def take_returned(mail: Mail, now: datetime) -> Why | None:
    """Applies it in the caller's transaction; why it was not, or None where it was, or nothing follows from it."""
    if mail.read.kind == "auto_reply":
        counted(mail, now)  # it arrived: nothing else follows
        return None
    if mail.read.kind == "other":
        return "not_understood"
    if mail.claims is None and not only_a_campaign(mail):
        return "no_token"
    if mail.read.kind == "bounce":
        bounced(mail, now)
    else:
        complained(mail, now)
    counted(mail, now)  # last: all mails of a day share this row
    return None


def counted(mail: Mail, now: datetime) -> None:
    with connection.cursor() as cursor:
        count_mail(cursor, mail.claims.account_id if mail.claims else NOBODY, now.date(), mail.read.kind)


def only_a_campaign(mail: Mail) -> bool:
    """Whether at least a campaign that was sent is named; then a row says that something came back about it."""
    named = campaign_named(mail.read.original)
    if named is None:
        return False
    with connection.cursor() as cursor:
        return sent_as(cursor, *named) is not None


def concerned(mail: Mail) -> tuple[int, int, int | None]:
    if mail.claims is not None:
        return mail.claims.account_id, mail.claims.campaign_id, mail.claims.ordinal
    account_id, campaign_id = campaign_named(mail.read.original) or (NOBODY, NOBODY)
    return account_id, campaign_id, None


def bounced(mail: Mail, now: datetime) -> None:
    account_id, campaign_id, ordinal = concerned(mail)
    said = said_of(mail)
    # A warning that it is still being tried (RFC 3464, 2.3.3) is no failure.
    cls = "not_a_failure" if said.action == "delayed" else said.cls
    take_bounce(
        account_id=account_id,
        campaign_id=campaign_id,
        ordinal=ordinal,
        address=said.recipient,
        cls=cls,
        hard=said.hard,
        status=said.status,
        code=said.code,
        confidence=said.confidence,
        diagnostic=said.diagnostic,
        source="mail",
        digest=digest_of(mail, said.recipient, cls, said.status),
        at=now,
    )


def said_of(mail: Mail) -> FailedRecipient:
    """What it says of the recipient that its token names.

    Where it names others alone, one is where our mail was forwarded to, and several are members of a list: that some
    of those are gone does not make the list's own address a bad one.
    """
    people = mail.read.recipients
    known = address_of(mail.claims)
    own = [each for each in people if known and canonical(each.recipient) == known]
    if own:
        return next((each for each in own if each.hard), own[0])
    if not people:
        return replace(UNSAID, recipient=known)
    return people[0] if len(people) == 1 else replace(people[0], hard=False)


def address_of(claims: TokenClaims | None) -> str:
    """The canonical address of whom the token names, or "" where it is gone."""
    if claims is None:
        return ""
    found = recipient_of(claims.account_id, claims.campaign_id, claims.ordinal, test=claims.test)
    return found.canonical if found else ""


def canonical(address: str) -> str:
    try:
        return canonical_form(address)
    except Invalid:
        return address.lower()


def complained(mail: Mail, now: datetime) -> None:
    account_id, campaign_id, ordinal = concerned(mail)
    kind = mail.read.feedback_type or FEEDBACK[mail.read.kind]
    address = mail.read.recipients[0].recipient if mail.read.recipients else ""
    take_complaint(
        account_id=account_id,
        campaign_id=campaign_id,
        ordinal=ordinal,
        address=address,
        source="mail",
        digest=digest_of(mail, address, kind, ""),
        at=now,
        feedback_type=kind,
        reporter=mail.read.reporter,
    )


def digest_of(mail: Mail, *said: str) -> bytes:
    """The same for the same notice, by whatever way and however often it comes: by its Message-ID, else its body."""
    number = mail.head.get("message-id").strip()
    body = number.encode("utf-8", "replace") or mail.raw.partition(b"\r\n\r\n")[2] or mail.raw
    parts = [mail.read.kind, *map(str, concerned(mail)), *(each.lower() for each in said)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace") + b"\0" + body).digest()
