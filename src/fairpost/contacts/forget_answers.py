"""Answers that nobody asked for lately go, and versions of chunks are summed up; neither changes what is true."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairpost.audit.holds import Held
from fairpost.contacts.queries.answers import LOCK
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

MANY = 1_000  # rows of one account that are worth summing up

# By the primary key. What somebody is writing stays for the next time.
FORGET = """
DELETE FROM segment_answer WHERE (account_id, condition, chunk) IN (
    SELECT account_id, condition, chunk FROM segment_answer WHERE used_on < %s LIMIT 5000 FOR UPDATE SKIP LOCKED)
"""
ACCOUNTS = "SELECT account_id FROM contact_chunk GROUP BY account_id HAVING count(*) > count(DISTINCT chunk) + %s"
# One statement, so that whoever looks sees the rows or their sum. Rows not committed yet are left as they are.
SUM_UP = """
WITH gone AS (DELETE FROM contact_chunk WHERE account_id = %s RETURNING chunk, version)
INSERT INTO contact_chunk (account_id, chunk, version) SELECT %s, chunk, sum(version) FROM gone GROUP BY chunk
"""


def forget_answers(before: datetime, held: Held) -> int:
    """Deletes some thousand answers that were last used before that day; they hold nothing that contacts do not."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [before.date()])
        return cursor.rowcount


def sum_up_versions(clock: Clock = SYSTEM_CLOCK) -> int:
    """Makes one row of the many that changes have left for each chunk; returns for how many accounts."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [MANY])
        accounts = [number for (number,) in cursor.fetchall()]
    for account_id in accounts:
        with transaction.atomic(), connection.cursor() as cursor:
            # Two at once would wait for each other's rows and take those that the other wrote for none.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK + 1, account_id])
            cursor.execute(SUM_UP, [account_id, account_id])
    return len(accounts)
