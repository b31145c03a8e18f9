"""What the mail intake took, and what it could make nothing of: for whoever runs the installation."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from fairpost.events.returned_mail import NOBODY
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _, mark
from fairpost.tenants.authorise import authorise

HIGHEST = 2**62
WHY = {
    "unreadable": mark("it cannot be read"),
    "not_understood": mark("it is no bounce, complaint or automatic reply that is known"),
    "no_token": mark("no genuine token of ours is in it"),
    "bad_report": mark("no report in it could be read"),
    "foreign_domain": mark("it reports about a domain that nobody here uses"),
    "postmaster": mark("it is written to the postmaster"),
}
# By unmapped_mail_page, from behind.
PAGE = """
    SELECT id, taken_at, account_id, why, recipient, sender, subject, octets FROM unmapped_mail
    WHERE id < %s ORDER BY id DESC LIMIT %s"""
ONE = "SELECT beginning FROM unmapped_mail WHERE id = %s"
# By the primary key's prefix, of one account.
TAKEN = """
    SELECT day, kind, total FROM mail_taken WHERE account_id = %s AND day >= %s ORDER BY day DESC, kind"""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One mail that nothing could be made of; `account_id` is None where nobody knows whose it is."""

    id: int
    taken_at: datetime
    account_id: int | None
    why: str
    recipient: str
    sender: str
    subject: str
    octets: int


@dataclass(frozen=True, slots=True)
class MailCount:
    """How many mails of a kind were taken on a day (UTC)."""

    day: date
    kind: str
    total: int


def unmapped_mail(actor: Actor, *, before: int | None = None, limit: int = 100) -> list[Unmapped]:
    """The newest first. Of all accounts: for the operator alone."""
    authorise(actor, "installation.manage")
    with connection.cursor() as cursor:
        cursor.execute(PAGE, [before or HIGHEST, limit])
        rows = cursor.fetchall()
    return [Unmapped(*row[:2], row[2] or None, _(WHY[row[3]]), *row[4:]) for row in rows]


def unmapped_beginning(actor: Actor, mail_id: int) -> bytes:
    """The mail's first octets, as they came. Raises NotFound."""
    authorise(actor, "installation.manage")
    with connection.cursor() as cursor:
        cursor.execute(ONE, [mail_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no unmapped mail {id}.").format(id=mail_id))
    return zlib.decompress(bytes(row[0]))


def mail_taken(actor: Actor, account_id: int | None, *, days: int = 30, clock: Clock = SYSTEM_CLOCK) -> list[MailCount]:
    """Of one account, or (None, for the operator alone) of what was nobody's. The latest day first."""
    if account_id is None:
        authorise(actor, "installation.manage")
    else:
        authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    since = clock.now().date() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [NOBODY if account_id is None else account_id, since])
        return [MailCount(*row) for row in cursor.fetchall()]
