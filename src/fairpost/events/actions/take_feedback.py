"""Takes in what came back about one message, once, however often it is reported.

A hard bounce or a complaint suppresses the contact for the account before this returns. Whoever calls has made sure
that the report is genuine: by a signed return path or Message-ID, by a provider's signature, by the relay's own word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import connection, transaction

from fairpost.events.feedback.classes import note_class
from fairpost.events.feedback.concerned import Concerned, concerned
from fairpost.events.feedback.effects import Effect, apply
from fairpost.events.feedback.verdict import kind_of_bounce, kind_of_complaint
from fairpost.events.providers import note_returned

Source = Literal["mail", "webhook", "relay"]
LONGEST = 1000  # characters of a diagnostic that are kept

# By the primary key: who inserts waits for whoever takes the same report at this moment.
INSERT = """
    INSERT INTO feedback (account_id, digest, kind, cls, campaign_id, ordinal, address, status, code, confidence,
        diagnostic, source, effect, why, counted, sending_domain, provider, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'none', %s, false, %s, %s, %s)
    ON CONFLICT (account_id, digest) DO NOTHING"""
SETTLE = "UPDATE feedback SET effect = %s, counted = %s WHERE account_id = %s AND digest = %s"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report. `new` is False where the same one was taken before, and nothing was done again.

    `kind` and `effect` are as in the table feedback, `why` says why a report did nothing.
    """

    new: bool
    kind: str
    effect: str
    why: str = ""
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it is stored."""

    kind: str
    cls: str
    address: str
    status: str
    code: str
    confidence: float
    diagnostic: str
    source: Source
    digest: bytes
    at: datetime
    fault: bool = False


def take_bounce(
    *,
    account_id: int,
    campaign_id: int | None,
    ordinal: int | None,
    address: str,
    cls: str,
    hard: bool,
    status: str,
    code: str,
    confidence: float,
    diagnostic: str,
    source: Source,
    digest: bytes,
    at: datetime,
) -> Taken:
    """`cls`, `hard`, `status`, `code`, `confidence` as `engine.outcomes.returned` has them; `at` is when it bounced.

    `digest` is the same for the same report, whoever brings it again (at most 64 octets). Without an `ordinal` the
    contact is found by `address`, except for `mail`. Raises ValueError for a class that is none.
    """
    kind = kind_of_bounce(cls, hard, confidence)
    fault = kind == "soft_bounce"
    report = Report(kind, cls, address, status, code, confidence, diagnostic, source, digest, at, fault)
    return take(account_id, campaign_id, ordinal, report)


def take_complaint(
    *,
    account_id: int,
    campaign_id: int | None,
    ordinal: int | None,
    address: str,
    source: Source,
    digest: bytes,
    at: datetime,
    feedback_type: str = "abuse",
    reporter: str = "",
) -> Taken:
    """A feedback report (RFC 5965): `not-spam` and `auth-failure` are kept and suppress nobody, all else does."""
    kind = kind_of_complaint(feedback_type)
    said = ", ".join(each for each in (feedback_type, reporter) if each)
    report = Report(kind, "complaint", address, "", "", 1.0, said, source, digest, at)
    return take(account_id, campaign_id, ordinal, report)


@transaction.atomic
def take(account_id: int, campaign_id: int | None, ordinal: int | None, report: Report) -> Taken:
    with connection.cursor() as cursor:
        who = concerned(cursor, account_id, campaign_id, ordinal, report.address, report.source)
        if not insert(cursor, who, report):
            return Taken(False, report.kind, "none", "", who.ordinal)
        if who.why:
            return Taken(True, report.kind, "none", who.why, who.ordinal)
        limit = settings.FAIRPOST.soft_bounce_limit
        done = apply(cursor, who, report.kind, report.at, report.source, limit, report.fault)
        if done != Effect("none", False):
            cursor.execute(SETTLE, [*done, account_id, report.digest[:64]])
        if campaign_id is not None and done.counted:
            relay = report.source == "relay"
            note_returned(cursor, account_id, campaign_id, report.kind, {who.provider: 1}, by_relay=relay)
            note_class(cursor, account_id, campaign_id, report.kind, report.cls, by_relay=relay)
    return Taken(True, report.kind, done.effect, "", who.ordinal)


def insert(cursor: Any, who: Concerned, report: Report) -> bool:
    """False where this report is there already."""
    # Who is no contact (any more) may have been erased: a report that comes late does not bring the address back.
    known = who.why != "no_contact"
    address, said = (report.address, report.diagnostic) if known else ("", "")
    values = [
        who.account_id, report.digest[:64], report.kind, report.cls, who.campaign_id, who.ordinal,
        clean(address, 320), clean(report.status, 20), clean(report.code, 10), report.confidence,
        clean(said, LONGEST), report.source, who.why, who.sending_domain, who.provider, report.at,
    ]  # fmt: skip
    cursor.execute(INSERT, values)
    return cursor.rowcount > 0


def clean(text: str, longest: int) -> str:
    """What strangers wrote, as one line that PostgreSQL can hold."""
    plain = "".join(each if each.isprintable() else " " for each in text[: longest * 2])
    return " ".join(plain.split())[:longest]
