"""What came back about messages of one account: single rows by keyset, and counts for reports and the watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.events.feedback.concerned import WHY
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _

HIGHEST = 2**62
COLUMNS = (
    "id, at, kind, cls, campaign_id, ordinal, address, status, code, confidence, diagnostic, source, effect, why,"
    " counted, sending_domain, provider"
)
# One business unit sees what is about its own campaigns; NULL is everybody. By dispatch's primary key.
IN_UNIT = """
    AND (%(unit)s::int IS NULL OR campaign_id IN (
        SELECT d.campaign_id FROM dispatch AS d WHERE d.account_id = %(account)s AND d.unit_id = %(unit)s))"""
# Each by the index that its condition names, from behind.
ROWS = f"SELECT {COLUMNS} FROM feedback WHERE account_id = %(account)s"
PAGE = f"{IN_UNIT} AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s"
OF_ACCOUNT = ROWS + PAGE
OF_CAMPAIGN = f"{ROWS} AND campaign_id = %(campaign)s{PAGE}"
OF_CONTACT = f"{ROWS} AND ordinal = %(ordinal)s{PAGE}"
ONE = f"{ROWS} AND id = %(id)s{IN_UNIT}"
# By feedback_of_campaign: the rows of one campaign, each read once.
BY_CLASS = """
    SELECT kind, cls, count(*) FROM feedback
    WHERE account_id = %s AND campaign_id = %s AND counted GROUP BY kind, cls ORDER BY 3 DESC, 1, 2"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One report. `kind`, `effect` and `counted` are as in the table; `why` says in words why it did nothing."""

    id: int
    at: datetime
    kind: str
    cls: str
    campaign_id: int | None
    ordinal: int | None
    address: str
    status: str
    code: str
    confidence: float
    diagnostic: str
    source: str
    effect: str
    why: str
    counted: bool
    sending_domain: str
    provider: str


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Recipients of a campaign for whom a kind of report came, by class; each recipient once per kind."""

    kind: str
    cls: str
    recipients: int


def feedback_of_account(
    account_id: int, *, unit_id: int | None = None, before: int | None = None, limit: int = 100
) -> list[Feedback]:
    """The newest first; `before` is the last id of the page before. With `unit_id` what is about its campaigns."""
    return found(OF_ACCOUNT, account_id, unit_id, before=before or HIGHEST, limit=limit)


def feedback_of_campaign(
    account_id: int, campaign_id: int, *, before: int | None = None, limit: int = 100
) -> list[Feedback]:
    """The newest first; empty for another account's campaign."""
    return found(OF_CAMPAIGN, account_id, None, campaign=campaign_id, before=before or HIGHEST, limit=limit)


def feedback_of_contact(
    account_id: int, ordinal: int, *, unit_id: int | None = None, before: int | None = None, limit: int = 100
) -> list[Feedback]:
    """The newest first; empty for another account's contact."""
    return found(OF_CONTACT, account_id, unit_id, ordinal=ordinal, before=before or HIGHEST, limit=limit)


def one_feedback(account_id: int, feedback_id: int, *, unit_id: int | None = None) -> Feedback:
    """Raises NotFound, for another account's and another unit's too."""
    rows = found(ONE, account_id, unit_id, id=feedback_id)
    if not rows:
        raise NotFound(_("There is no report {id} in this account.").format(id=feedback_id))
    return rows[0]


def found(sql: str, account_id: int, unit_id: int | None, **values: Any) -> list[Feedback]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": account_id, "unit": unit_id, **values})
        rows = cursor.fetchall()
    return [Feedback(*row[:13], in_words(row[13]), *row[14:]) for row in rows]


def in_words(why: str) -> str:
    return _(WHY[why]) if why in WHY else why


def classes_of_campaign(account_id: int, campaign_id: int) -> list[ClassCount]:
    """The most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(BY_CLASS, [account_id, campaign_id])
        return [ClassCount(*row) for row in cursor.fetchall()]
