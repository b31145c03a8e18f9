"""What became of a campaign's accepted mail beyond the relays, as their queues and logs have told so far."""

from __future__ import annotations

from fairpost.delivery.connect import connect
from fairpost.delivery.reach.report import Counts, queue_report


def in_queues(account_id: int, campaign_id: int) -> Counts:
    """Delivered, bounced, held, queued and out of reach of one campaign. Nothing is asked of any relay."""
    with connect() as own:
        return queue_report(own, [(account_id, campaign_id)], {}, 0.0).total
