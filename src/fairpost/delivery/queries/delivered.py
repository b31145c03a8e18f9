"""What became of a campaign's accepted mail beyond the relays, as their queues and logs have told so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from fairpost.delivery.connect import connect
from fairpost.delivery.reach.report import Counts, queue_report

# By the primary key's prefix; one row per batch, relay and state.
TOLD = """
SELECT state, sum(size)::bigint FROM relay_outcome_size WHERE account_id = %s AND campaign_id = %s GROUP BY state
"""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Accepted messages of which a relay has told; `deferred` were tried in vain and are queued, `gone` left unseen."""

    delivered: int = 0
    bounced: int = 0
    deferred: int = 0
    held: int = 0
    discarded: int = 0
    gone: int = 0


def delivered(account_id: int, campaign_id: int) -> Delivered | None:
    """What relays' logs and queues have told of one campaign; None where no relay tells anything."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [account_id, campaign_id])
        counts = dict(cursor.fetchall())
    return Delivered(**counts) if counts else None


def in_queues(account_id: int, campaign_id: int) -> Counts:
    """The whole account of accepted mail, with what is out of reach. Nothing is asked of any relay.

    In a pool with and without adapters the campaign's trail is read: seconds for millions of recipients.
    """
    with connect() as own:
        return queue_report(own, [(account_id, campaign_id)], {}, 0.0).total
