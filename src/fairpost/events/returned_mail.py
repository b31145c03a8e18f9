"""Every mail that was taken is counted by its kind, and what could not be used is kept for the operator for a while."""

from __future__ import annotations

import zlib
from datetime import date, datetime
from typing import Any, Literal

Why = Literal["unreadable", "not_understood", "no_token", "bad_report", "foreign_domain", "postmaster"]
NOBODY = 0  # the account of what is nobody's
BEGINNING = 131_072  # octets that are kept of a mail
MOST_A_DAY = 10_000  # mails that are kept; more are only counted, so that nobody fills the disk

# Both by the primary keys.
COUNT = """
    INSERT INTO mail_taken (account_id, day, kind, total) VALUES (%s, %s, %s, 1)
    ON CONFLICT (account_id, day, kind) DO UPDATE SET total = mail_taken.total + 1 RETURNING total"""
KEEP = """
    INSERT INTO unmapped_mail (account_id, digest, why, recipient, sender, subject, octets, beginning, taken_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (account_id, digest) DO NOTHING"""


def count_mail(cursor: Any, account_id: int, day: date, kind: str) -> int:
    """Counts one mail in the caller's transaction; returns how many of its kind that makes today."""
    cursor.execute(COUNT, [account_id, day, kind])
    return int(cursor.fetchone()[0])


def keep_unmapped(
    cursor: Any, account_id: int, digest: bytes, why: Why, recipient: str, sender: str, subject: str, raw: bytes,
    now: datetime,
) -> None:  # fmt: skip
    """Keeps the beginning of a mail, in the caller's transaction. The texts hold no NUL and no lone surrogate."""
    if count_mail(cursor, NOBODY, now.date(), "unmapped") > MOST_A_DAY:
        return
    beginning = zlib.compress(raw[:BEGINNING], 6)
    cursor.execute(KEEP, [account_id, digest, why, recipient, sender, subject, len(raw), beginning, now])
