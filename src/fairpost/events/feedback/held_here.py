"""Bounces and complaints of one person are shown to them, and cut off from them for good; counts stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairpost.contacts.holdings import Whom

# By feedback_of_contact; the second half is a pass over the account's rows, and an erasure is rare: another contact's
# mail may have been forwarded to this address.
ROWS = """
    SELECT at, kind, cls, campaign_id, address, status, code, diagnostic, effect FROM feedback
    WHERE account_id = %s AND (ordinal = %s OR lower(address) = %s) ORDER BY id"""
ERASE = """
    UPDATE feedback SET ordinal = CASE WHEN ordinal = %s THEN NULL ELSE ordinal END, address = '', diagnostic = ''
    WHERE account_id = %s AND (ordinal = %s OR lower(address) = %s) AND coalesce(campaign_id, 0) <> ALL(%s)"""
SOFT = "DELETE FROM soft_bounce WHERE account_id = %s AND ordinal = %s"
MAIL = "DELETE FROM unmapped_mail WHERE account_id = %s AND lower(sender) = %s"


def export(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Every report about this contact or address, the oldest first."""
    cursor.execute(ROWS, [whom.account_id, whom.ordinal, whom.canonical])
    keys = ("at", "kind", "class", "campaign", "address", "status", "code", "said", "effect")
    return [dict(zip(keys, row, strict=True)) for row in cursor.fetchall()]


def erase(cursor: Any, whom: Whom, now: datetime) -> int:
    """Returns how many rows were changed; what a legal hold names of a campaign stays."""
    place = [whom.ordinal, whom.account_id, whom.ordinal, whom.canonical]
    changed = 0
    for sql, values in (
        (ERASE, [*place, whom.held.numbers("campaign")]),
        (SOFT, [whom.account_id, whom.ordinal]),
        (MAIL, [whom.account_id, whom.canonical]),
    ):
        cursor.execute(sql, values)
        changed += cursor.rowcount
    return changed
