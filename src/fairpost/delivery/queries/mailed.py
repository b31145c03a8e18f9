"""Which campaigns were sent, when each began and for whom, and how many mails of it relays accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from fairpost.delivery.queries.outcomes import outcome_sums

# By the primary key.
SENT = """
SELECT campaign_id, frozen_at, test, unit_id, identity_id, joint_sender_id
FROM dispatch WHERE account_id = %s AND campaign_id = ANY(%s)
"""
# By the primary key's prefix: an account's campaigns, some thousands.
BEGUN = """
SELECT campaign_id FROM dispatch
WHERE account_id = %(account)s AND NOT test AND frozen_at IS NOT NULL
  AND (%(since)s::timestamptz IS NULL OR frozen_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR frozen_at < %(until)s)
  AND (%(campaign)s::integer IS NULL OR campaign_id = %(campaign)s)
  AND (%(unit)s::integer IS NULL OR unit_id = %(unit)s)
  AND (%(identity)s::integer IS NULL OR identity_id = %(identity)s)
  AND (%(joint_sender)s::integer IS NULL OR joint_sender_id = %(joint_sender)s)
"""


@dataclass(frozen=True, slots=True)
class Mailed:
    """A campaign in dispatch; `begun_at` is when its audience was frozen, None before."""

    campaign_id: int
    begun_at: datetime | None
    test: bool
    unit_id: int
    identity_id: int
    joint_sender_id: int | None


def mailed(account_id: int, campaign_ids: Collection[int]) -> dict[int, Mailed]:
    """Those of these campaigns that are or were in dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(SENT, [account_id, list(campaign_ids)])
        return {row[0]: Mailed(*row) for row in cursor.fetchall()}


def campaigns_begun(
    account_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    campaign: int | None = None,
    unit: int | None = None,
    identity: int | None = None,
    joint_sender: int | None = None,
) -> list[int]:
    """The campaigns, tests left out, that began from `since` until, not including, `until`."""
    wanted = {
        "account": account_id, "since": since, "until": until, "campaign": campaign, "unit": unit,
        "identity": identity, "joint_sender": joint_sender,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BEGUN, wanted)
        return [each for (each,) in cursor.fetchall()]


def accepted_mails(account_id: int, campaign_ids: Collection[int]) -> int:
    """How many mails of these campaigns relays have accepted."""
    found = outcome_sums(account_id, campaign_ids).values()
    return sum(size for sums in found for (state, _reason), size in sums.items() if state == "accepted")
