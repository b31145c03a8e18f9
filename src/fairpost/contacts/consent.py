"""The consent ledger is written here and nowhere else: who agreed to what, when, how and under which text.

Plain SQL over any cursor (psycopg's or Django's), so that a process without Django can write lines too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

ACTS = ("given", "confirmed", "withdrawn", "refused", "erased")
HOW = ("form", "api", "import", "unsubscribe_link", "unsubscribe_mail", "complaint", "preferences", "person")
TRACKING = "tracking"  # the `what` of the switch that lets opens and clicks be followed

INSERT = """
    INSERT INTO consent (account_id, canonical, ordinal, what, act, how, text_version, source, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


def note_consent(
    cursor: Any,
    account_id: int,
    canonical: str,
    ordinal: int | None,
    what: str,
    act: str,
    how: str,
    text_version: str | None,
    source: str,
    now: datetime,
) -> None:
    """Adds one line inside the caller's transaction.

    `canonical` is the address in canonical form, `ordinal` its contact where there is one. `what` is account, list:ID,
    unit:ID, tracking or the name of a purpose; `act` out of ACTS; `how` out of HOW; `text_version` is
    name/version/language of the consent text that was shown, or None. Raises ValueError for an act or a way that is
    not declared.
    """
    note_consents(cursor, account_id, [(canonical, ordinal, what, now)], act, how, text_version, source)


def note_consents(
    cursor: Any,
    account_id: int,
    lines: Sequence[tuple[str, int | None, str, datetime]],
    act: str,
    how: str,
    text_version: str | None,
    source: str,
) -> None:
    """The same for many at once; `lines` are (canonical, ordinal, what, when)."""
    if act not in ACTS or how not in HOW:
        raise ValueError(f"the ledger knows no {act} by {how}")
    rows = [
        (account_id, canonical, ordinal, what[:100], act, how, text_version, source[:200], at)
        for canonical, ordinal, what, at in lines
    ]
    cursor.executemany(INSERT, rows)
