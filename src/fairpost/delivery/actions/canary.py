"""What becomes of the rest of a campaign that began with a canary: it waits, is let go, or waits for a person.

Every change is a compare-and-set, so that the machine and a person who act at once do not both let it go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fairpost.delivery.canary import LATER
from fairpost.delivery.gate.stop import wake_senders

# Nobody of the canary is left who was not tried once; who was deferred is tried again beside the rest.
TRIED = """
    NOT EXISTS (SELECT 1 FROM batch AS b WHERE b.account_id = d.account_id AND b.campaign_id = d.campaign_id
                AND (b.state = 'leased' OR (b.state = 'ready' AND b.attempts = 0 AND b.not_before < %s)))"""
# By the partial index dispatch_canary.
WAIT = f"""
    UPDATE dispatch AS d SET canary_state = 'waiting', canary_until = %s + make_interval(secs => canary_seconds)
    WHERE canary_state = 'sending' AND state = 'running' AND account_id = %s AND campaign_id = %s AND {TRIED}"""
CHANGE = """
    UPDATE dispatch SET canary_state = %s, canary_reason = %s
    WHERE account_id = %s AND campaign_id = %s AND canary_state = ANY(%s)"""
# By the partial index batch_ready.
LET_GO = """
    UPDATE batch SET not_before = %s
    WHERE account_id = %s AND campaign_id = %s AND state = 'ready' AND not_before = %s"""


def begin_wait(cursor: Any, account_id: int, campaign_id: int, now: datetime) -> bool:
    """Begins the wait where the canary was written to. False where it was not yet, or the wait has begun."""
    cursor.execute(WAIT, [now, account_id, campaign_id, LATER])
    return cursor.rowcount == 1


def let_go(
    cursor: Any, account_id: int, campaign_id: int, to: str, of: Sequence[str], reason: str, now: datetime
) -> bool:
    """Lets the rest go in the caller's transaction: `to` is passed or released. False where it is in none of `of`."""
    cursor.execute(CHANGE, [to, reason, account_id, campaign_id, list(of)])
    if not cursor.rowcount:
        return False
    cursor.execute(LET_GO, [now, account_id, campaign_id, LATER])
    wake_senders(cursor)
    return True


def keep_back(cursor: Any, account_id: int, campaign_id: int, reason: str) -> bool:
    """The rest waits for its sender's word, for this reason. False where it was let go already, or waits already."""
    cursor.execute(CHANGE, ["troubled", reason, account_id, campaign_id, ["sending", "waiting"]])
    return cursor.rowcount == 1
