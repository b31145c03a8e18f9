"""What is made of an account's donations is made by one at a time: whoever is second waits for the first's commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

# By the primary key.
TAKE = """
    INSERT INTO donation_turn (account_id, taken_at) VALUES (%s, %s)
    ON CONFLICT (account_id) DO UPDATE SET taken_at = EXCLUDED.taken_at"""


def take_turn(cursor: Any, account_id: int, now: datetime) -> None:
    """Returns once nobody else writes the account's donations; until the caller's transaction ends nobody does."""
    cursor.execute(TAKE, [account_id, now])
