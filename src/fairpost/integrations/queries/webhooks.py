"""An account's webhooks as its people see them, and what was posted to them; never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from fairpost.integrations.models import Webhook
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """`state` is active, paused, failing or removed. `waiting` counts events that were not taken yet."""

    id: int
    account_id: int
    unit_id: int | None
    url: str
    events: tuple[str, ...]
    state: str
    state_reason: str
    state_at: datetime
    created_at: datetime
    old_secret_until: datetime | None
    failures: int
    failing_since: datetime | None
    next_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One post of the log. `state` is waiting, delivered or given_up; `status` None: no answer came.

    `number` orders the log; `delivery_id` is what the receiver knows it by.
    """

    number: int
    delivery_id: str
    state: str
    events: int
    made_at: datetime
    attempts: int
    tried_at: datetime | None
    next_at: datetime | None
    status: int | None
    error: str
    seconds: float | None


# By webhook_event_waiting and webhook_delivery_due: what is not taken is in one of the two.
WAITING = """
    SELECT w.id,
        (SELECT count(*) FROM webhook_event AS e
            WHERE e.account_id = w.account_id AND e.webhook_id = w.id AND e.delivery_id IS NULL)
        + (SELECT COALESCE(sum(d.events), 0) FROM webhook_delivery AS d
            WHERE d.account_id = w.account_id AND d.webhook_id = w.id AND d.state = 'waiting')
    FROM webhook AS w WHERE w.account_id = %s AND w.id = ANY(%s)"""
# By webhook_delivery_page.
LOG = """
    SELECT number, delivery_id, state, events, made_at, attempts, tried_at,
        CASE WHEN state = 'waiting' THEN next_at END, status, error, seconds
    FROM webhook_delivery WHERE account_id = %s AND webhook_id = %s AND number < %s ORDER BY number DESC LIMIT %s"""
# By the primary key.
ONE = """
    SELECT number, delivery_id, state, events, made_at, attempts, tried_at,
        CASE WHEN state = 'waiting' THEN next_at END, status, error, seconds
    FROM webhook_delivery WHERE account_id = %s AND webhook_id = %s AND delivery_id = %s"""
NEWEST = 2**63 - 1


def webhooks(
    actor: Actor, account_id: int, *, removed: bool = False, after: int = 0, limit: int = 100
) -> list[WebhookRow]:
    """By id; an actor of one unit sees those of that unit."""
    authorise(actor, "webhook.manage", account_id=account_id, unit_id=actor.unit_id)
    rows = in_reach(actor, account_id).filter(pk__gt=after)
    if not removed:
        rows = rows.exclude(state="removed")
    return views(account_id, list(rows.order_by("pk")[:limit]))


def webhook(actor: Actor, account_id: int, webhook_id: int) -> WebhookRow:
    """One of them. Raises NotFound."""
    authorise(actor, "webhook.manage", account_id=account_id, unit_id=actor.unit_id)
    return views(account_id, [own_webhook(actor, account_id, webhook_id)])[0]


def deliveries(
    actor: Actor, account_id: int, webhook_id: int, *, before: int | None = None, limit: int = 50
) -> list[DeliveryRow]:
    """The log, the newest first; `before` is the number of the last row of the page before."""
    webhook(actor, account_id, webhook_id)
    with connection.cursor() as cursor:
        cursor.execute(LOG, [account_id, webhook_id, before or NEWEST, limit])
        return [DeliveryRow(*row) for row in cursor.fetchall()]


def delivery(account_id: int, webhook_id: int, delivery_id: str) -> DeliveryRow:
    """One of the log, for callers that were authorised. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [account_id, webhook_id, delivery_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no such delivery in the log of this webhook."))
    return DeliveryRow(*row)


def failing_webhooks(account_id: int) -> list[WebhookRow]:
    """Those that are failing, for the account's status; the caller has authorised."""
    return views(account_id, list(Webhook.objects.filter(account_id=account_id, state="failing").order_by("pk")))


def in_reach(actor: Actor, account_id: int) -> QuerySet[Webhook]:
    rows = Webhook.objects.filter(account_id=account_id)
    return rows if actor.unit_id is None else rows.filter(unit_id=actor.unit_id)


def own_webhook(actor: Actor, account_id: int, webhook_id: int, *, lock: bool = False) -> Webhook:
    """The row inside its account and, for an actor of one unit, inside that unit. Raises NotFound."""
    rows = in_reach(actor, account_id).filter(pk=webhook_id)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound(_("There is no webhook {id}.").format(id=webhook_id))
    return row


def views(account_id: int, rows: list[Webhook]) -> list[WebhookRow]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [account_id, [each.pk for each in rows]])
        waiting = dict(cursor.fetchall())
    return [view(each, int(waiting.get(each.pk, 0))) for each in rows]


def view(row: Webhook, waiting: int) -> WebhookRow:
    shown: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("account_id", "unit_id", "url", "state", "state_at", "created_at", "old_secret_until", "failures",
                     "failing_since")
    }  # fmt: skip
    return WebhookRow(
        id=row.pk,
        events=tuple(row.events),
        state_reason=_(row.state_reason) if row.state_reason else "",
        next_at=row.next_at if row.state == "active" and row.failures else None,
        waiting=waiting,
        **shown,
    )
