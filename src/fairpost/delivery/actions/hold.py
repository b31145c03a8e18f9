"""Holds campaigns in dispatch and lets them go again, and keeps what measures are held against.

The only writers of `held_at` and `subject`; called in the transactions of enforcement, through its port.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.delivery.fold.apply import add_part, outcomes_of
from fairpost.delivery.gate.stop import raise_epoch
from fairpost.delivery.sending.restrict import RESTRICTED
from fairpost.enforcement.scope.subject import Subject, subject_from_json

UNFINISHED = ("planning", "running", "paused", "stopped")

# By the index dispatch_unfinished; one row of batch_outcome per batch, state and reason.
ROWS = """
SELECT d.account_id, d.campaign_id, d.state, d.identity_id, d.content_version_id, d.held_at IS NOT NULL, d.subject,
    d.audience_size - COALESCE((SELECT sum(o.size) FROM batch_outcome AS o
        WHERE o.account_id = d.account_id AND o.campaign_id = d.campaign_id
          AND o.state IN ('accepted', 'failed', 'withheld', 'unknown')), 0)
FROM dispatch AS d WHERE d.state = ANY(%s)
"""


# Campaigns that are over here, of which a relay whose queue can be reached may still have something.
LINGERING = """
SELECT d.account_id, d.campaign_id, d.state, d.identity_id, d.content_version_id, d.held_at IS NOT NULL, d.subject, 0
FROM dispatch AS d
WHERE d.state IN ('finished', 'cancelled') AND d.finished_at > %s
  AND EXISTS (SELECT 1 FROM relay AS r WHERE r.pool_id = d.pool_id AND r.kind <> 'smtp')
  AND COALESCE((SELECT sum(o.size) FROM batch_outcome AS o
        WHERE o.account_id = d.account_id AND o.campaign_id = d.campaign_id AND o.state = 'accepted'), 0)
    > COALESCE((SELECT sum(o.size) FROM relay_outcome AS o WHERE o.account_id = d.account_id
        AND o.campaign_id = d.campaign_id AND o.state IN ('delivered', 'bounced', 'discarded', 'gone')), 0)
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A campaign in dispatch that is not over. `left` are its recipients without a final state."""

    account_id: int
    campaign_id: int
    state: str
    identity_id: int
    version_id: int
    held: bool
    subject: Subject | None
    left: int


def unfinished(accounts: Collection[int] | None = None) -> list[Unfinished]:
    """Every campaign in dispatch that is not over, of these accounts or of all."""
    where, values = ("", []) if accounts is None else (" AND d.account_id = ANY(%s)", [list(accounts)])
    with connection.cursor() as cursor:
        cursor.execute(f"{ROWS}{where} ORDER BY 1, 2", [list(UNFINISHED), *values])
        return [
            Unfinished(*row[:6], stored_subject(row[6]), max(0, int(row[7]))) for row in cursor.fetchall()
        ]


def lingering(since: datetime) -> list[Unfinished]:
    """Campaigns that ended after `since` and that a relay may still hold mail of, in a queue that can be reached."""
    with connection.cursor() as cursor:
        cursor.execute(LINGERING, [since])
        return [Unfinished(*row[:6], stored_subject(row[6]), 0) for row in cursor.fetchall()]


def stored_subject(value: Any) -> Subject | None:
    data: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value
    return subject_from_json(data) if data else None


def store_subjects(subjects: Iterable[tuple[int, int, Subject]]) -> None:
    """Keeps (account, campaign, subject) where it has changed; senders read it with their next permit."""
    with connection.cursor() as cursor:
        for account_id, campaign_id, subject in subjects:
            stored = json.dumps(subject.to_json())
            cursor.execute(
                "UPDATE dispatch SET subject = %s, subject_revision = subject_revision + 1"
                " WHERE account_id = %s AND campaign_id = %s AND subject <> %s::jsonb",
                [stored, account_id, campaign_id, stored],
            )


def hold_dispatches(campaigns: Sequence[tuple[int, int]], now: datetime) -> None:
    """Nothing of these is sent from the next epoch on, until `release_dispatches`."""
    change(campaigns, "held_at = COALESCE(held_at, %s)", now)


def release_dispatches(campaigns: Sequence[tuple[int, int]], now: datetime) -> None:
    """Lets them go on, and takes up again everybody who was withheld by measures; each is filtered anew when leased."""
    for account_id, campaign_id in campaigns:
        with connection.cursor() as cursor:
            take_up_withheld(cursor, account_id, campaign_id, now)
    change(campaigns, "held_at = NULL, state_at = %s", now)
    with connection.cursor() as cursor:
        raise_epoch(cursor)


def change(campaigns: Sequence[tuple[int, int]], assignment: str, now: datetime) -> None:
    if campaigns:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE dispatch SET {assignment} WHERE account_id = %s AND campaign_id = %s",
                [[now, *each] for each in campaigns],
            )


# By the primary key's prefix.
WITHHELD = """
SELECT DISTINCT batch_no FROM batch_outcome
WHERE account_id = %s AND campaign_id = %s AND state = 'withheld' AND starts_with(reason, %s) ORDER BY batch_no
"""


def take_up_withheld(cursor: Any, account_id: int, campaign_id: int, now: datetime) -> int:
    """Makes those whom measures withheld pending again, as parts of their own. Returns how many."""
    cursor.execute(WITHHELD, [account_id, campaign_id, RESTRICTED])
    count = 0
    for (number,) in cursor.fetchall():
        place = (account_id, campaign_id, number)
        members = BitMap()
        for (state, reason), each in outcomes_of(cursor, place).items():
            if state == "withheld" and reason.startswith(RESTRICTED):
                members |= each
        if not members:
            continue
        cursor.execute(
            "DELETE FROM batch_outcome WHERE account_id = %s AND campaign_id = %s AND batch_no = %s"
            " AND state = 'withheld' AND starts_with(reason, %s)",
            [*place, RESTRICTED],
        )
        add_part(cursor, place, members, "", 0, now)
        count += len(members)
    if count:
        cursor.execute(
            "UPDATE dispatch SET state = 'running', finished_at = NULL"
            " WHERE account_id = %s AND campaign_id = %s AND state = 'finished'",
            [account_id, campaign_id],
        )
    return count
