"""Notes what happened for every account that has webhooks: one look at each source, whatever happened there."""

from __future__ import annotations

from itertools import groupby

import structlog
from django.db import connection, transaction

from fairpost.integrations.webhooks.outbox import Live, live_webhooks, note
from fairpost.integrations.webhooks.positions import SOURCES, advance
from fairpost.integrations.webhooks.sources import campaigns
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

log = structlog.get_logger(__name__)


def note_events(clock: Clock = SYSTEM_CLOCK) -> int:
    """A periodic job; how many rows of the outbox it made. What fails in one account keeps no other."""
    with connection.cursor() as cursor:
        live = sorted(live_webhooks(cursor), key=lambda each: each.account_id)
    count = 0
    for account_id, webhooks in groupby(live, key=lambda each: each.account_id):
        try:
            count += note_account(account_id, list(webhooks), clock)
        except Exception:
            log.exception("webhooks.not_noted", account_id=account_id)
    return count


def note_account(account_id: int, webhooks: list[Live], clock: Clock) -> int:
    """Each source in a transaction of its own."""
    count = 0
    for source in SOURCES:
        with transaction.atomic(), connection.cursor() as cursor:
            count += advance(cursor, account_id, source, webhooks, clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        count += note(cursor, account_id, webhooks, campaigns.read(cursor, account_id), clock.now())
    return count
