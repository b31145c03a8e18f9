"""What donations hold on one person is shown to them whole, and cut off from them for good; the money stays counted.

Of an erased person's lines the reference, the number of the contact and the donor's hash go; a random value stands for
the donor from then on, so that limits over what was given before still hold and nobody can tell whose it was.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from fairpost.audit.vault.ring import installation_keyring
from fairpost.contacts.holdings import Whom
from fairpost.events.donations.amounts import write_amount
from fairpost.events.donations.donor import OCTETS, donor_key
from fairpost.events.donations.turn import take_turn

# All by the indexes on donor and on ordinal.
LINES = """
    SELECT platform, order_id, line_item, at, amount, currency, refunded + charged_back, recurring, cancelled_at,
           receiver, reference, campaign_id
    FROM donation WHERE account_id = %s AND (donor = %s OR ordinal = %s) ORDER BY at, platform, order_id, line_item"""
DONORS = """
    SELECT donor FROM donation_event WHERE account_id = %s AND ordinal = %s AND donor IS NOT NULL
    UNION SELECT donor FROM donation_event WHERE account_id = %s AND donor = %s"""
PSEUDONYM = "UPDATE {table} SET donor = %s, ordinal = NULL, reference = '' WHERE account_id = %s AND donor = %s"
UNLINK = "UPDATE {table} SET ordinal = NULL, reference = '' WHERE account_id = %s AND ordinal = %s"
TABLES = ("donation_event", "donation")


def export(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Every line that came with the person's reference or from their address, the oldest first."""
    cursor.execute(LINES, [whom.account_id, donor_of(whom), whom.ordinal])
    return [line_of(row) for row in cursor.fetchall()]


def line_of(row: tuple[Any, ...]) -> dict[str, Any]:
    platform, order, item, at, amount, currency, returned, recurring, cancelled_at, receiver, reference, campaign = row
    return {
        "platform": platform,
        "order": order,
        "line_item": item,
        "at": at,
        "amount": write_amount(amount, currency),
        "returned": write_amount(returned, currency),
        "currency": currency,
        "recurring": recurring,
        "cancelled_at": cancelled_at,
        "receiver": receiver,
        "reference": reference,
        "campaign": campaign,
    }


def erase(cursor: Any, whom: Whom, now: datetime) -> int:
    """How many lines and statements were cut off."""
    take_turn(cursor, whom.account_id, now)
    cursor.execute(DONORS, [whom.account_id, whom.ordinal, whom.account_id, donor_of(whom)])
    donors = [bytes(row[0]) for row in cursor.fetchall()]
    changed = 0
    for donor in donors:
        stranger = secrets.token_bytes(OCTETS)
        for table in TABLES:
            cursor.execute(PSEUDONYM.format(table=table), [stranger, whom.account_id, donor])
            changed += cursor.rowcount
    for table in TABLES:
        cursor.execute(UNLINK.format(table=table), [whom.account_id, whom.ordinal])
        changed += cursor.rowcount
    return changed


def donor_of(whom: Whom) -> bytes | None:
    return donor_key(installation_keyring(), whom.account_id, "", "", whom.canonical)
