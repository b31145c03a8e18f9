"""Answers that are kept for a day, for requests that come again, may name a person's address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairpost.contacts.holdings import Whom

# By the primary key, of one account: a day's answers.
ERASE = """
    UPDATE api_answer SET body = replace(replace(body, %s, '***'), %s, '***')
    WHERE account_id = %s AND (strpos(body, %s) > 0 OR strpos(body, %s) > 0)"""


def erase(cursor: Any, whom: Whom, now: datetime) -> int:
    """The answers stay, so that nothing is done twice; the address in them does not."""
    both = [whom.canonical, whom.address]
    cursor.execute(ERASE, [*both, whom.account_id, *both])
    return cursor.rowcount
