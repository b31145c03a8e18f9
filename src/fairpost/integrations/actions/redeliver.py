"""Posts again what was posted before, or was given up, under the id that it had."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.integrations.actions.change_webhooks import found, wrong_state
from fairpost.integrations.queries.webhooks import DeliveryRow, delivery
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

# By the primary key. What is being posted at this moment is left to whoever does it.
AGAIN = """
    UPDATE webhook_delivery SET state = 'waiting', next_at = %s, since = %s, attempts = 0
    WHERE account_id = %s AND webhook_id = %s AND delivery_id = %s"""
ALL_GIVEN_UP = """
    UPDATE webhook_delivery SET state = 'waiting', next_at = %s, since = %s, attempts = 0
    WHERE account_id = %s AND webhook_id = %s AND state = 'given_up'"""


@transaction.atomic
def redeliver(
    *,
    actor: Actor,
    account_id: int,
    webhook_id: int,
    delivery_id: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DeliveryRow:
    """It is posted within seconds; the receiver knows by its id that it is the same. Raises NotFound."""
    row = found(actor, account_id, webhook_id, act="webhook.redeliver")
    if row.state == "removed":
        raise wrong_state(row)
    before = delivery(account_id, webhook_id, delivery_id)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [now, now, account_id, webhook_id, before.delivery_id])
    record(
        actor=actor,
        act="webhook.redelivered",
        account_id=account_id,
        subject=f"webhook:{webhook_id}",
        reason=reason,
        facts={"delivery": delivery_id},
        clock=clock,
    )
    return delivery(account_id, webhook_id, delivery_id)


@transaction.atomic
def redeliver_given_up(
    *, actor: Actor, account_id: int, webhook_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> int:
    """Everything that was given up is tried again; how many deliveries that are."""
    row = found(actor, account_id, webhook_id, act="webhook.redeliver")
    if row.state == "removed":
        raise wrong_state(row)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(ALL_GIVEN_UP, [now, now, account_id, webhook_id])
        count = cursor.rowcount
    record(
        actor=actor,
        act="webhook.redelivered",
        account_id=account_id,
        subject=f"webhook:{webhook_id}",
        reason=reason,
        facts={"deliveries": count},
        clock=clock,
    )
    return count
