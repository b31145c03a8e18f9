"""Posts one event of no meaning to a webhook, and says at once what came of it."""

from __future__ import annotations

import secrets

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.integrations.actions.change_webhooks import found, wrong_state
from fairpost.integrations.outgoing.client import Outgoing
from fairpost.integrations.queries.webhooks import DeliveryRow, delivery
from fairpost.integrations.webhooks.batches import MAKE
from fairpost.integrations.webhooks.event_types import TEST
from fairpost.integrations.webhooks.outbox import Happened
from fairpost.integrations.webhooks.posting import Poster
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

NOTE = """
    INSERT INTO webhook_event (account_id, webhook_id, event_id, type, at, noted_at, facts, delivery_id)
    VALUES (%s, %s, %s, %s, %s, %s, '{}', %s)"""


def try_webhook(
    *,
    actor: Actor,
    account_id: int,
    webhook_id: int,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
    client: type[Outgoing] = Outgoing,
) -> DeliveryRow:
    """The row of the log. One that was not taken is tried again like every other. Not inside a transaction."""
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        row = found(actor, account_id, webhook_id, act="webhook.test")
        if row.state == "removed":
            raise wrong_state(row)
        delivery_id = "dlv_" + secrets.token_hex(16)
        event = Happened(TEST, delivery_id, now).event_id(account_id)
        cursor.execute(NOTE, [account_id, webhook_id, event, TEST, now, now, delivery_id])
        cursor.execute(MAKE, [account_id, webhook_id, delivery_id, 1, now, now, now])
        record(
            actor=actor,
            act="webhook.tested",
            account_id=account_id,
            subject=f"webhook:{webhook_id}",
            reason=reason,
            clock=clock,
        )
    Poster(account_id, webhook_id, clock, client).post_next(states=("active", "paused", "failing"), only=delivery_id)
    return delivery(account_id, webhook_id, delivery_id)
