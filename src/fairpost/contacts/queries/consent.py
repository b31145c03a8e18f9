"""The consent ledger of one address, the newest line first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from fairpost.contacts.addresses import canonical_form

HIGHEST = (1 << 63) - 1

# By the index consent_of_address (account_id, canonical, id), keyset from its end.
SELECT_PAGE = """
    SELECT id, at, what, act, how, COALESCE(text_version, ''), source FROM consent
    WHERE account_id = %s AND canonical = %s AND id < %s ORDER BY id DESC LIMIT %s"""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One line. `text_version` is name/version/language of the text that was shown, empty where there was none."""

    id: int
    at: datetime
    what: str
    act: str
    how: str
    text_version: str
    source: str


def consent_of(account_id: int, address: str, before: int | None = None, limit: int = 100) -> list[ConsentLine]:
    """Lines older than `before`; an address of which none is known has none. Raises `Invalid` for no address."""
    canonical = canonical_form(address)
    with connection.cursor() as cursor:
        cursor.execute(SELECT_PAGE, [account_id, canonical, before or HIGHEST, min(limit, 10_000)])
        return [ConsentLine(*row) for row in cursor.fetchall()]
