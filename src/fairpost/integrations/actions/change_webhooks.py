"""Pauses, resumes and removes webhooks, and gives them new secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.integrations.actions.add_webhook import AddedWebhook
from fairpost.integrations.models import Webhook
from fairpost.integrations.queries.webhooks import WebhookRow, own_webhook, webhook
from fairpost.integrations.sealed_secrets import seal_secret, webhook_place
from fairpost.integrations.webhooks.signing import key_of, new_secret
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
# By the primary keys.
FORGET_EVENTS = "DELETE FROM webhook_event WHERE account_id = %s AND webhook_id = %s"
FORGET_DELIVERIES = "DELETE FROM webhook_delivery WHERE account_id = %s AND webhook_id = %s"
DUE_NOW = """
    UPDATE webhook_delivery SET next_at = %s WHERE account_id = %s AND webhook_id = %s AND state = 'waiting'"""


@transaction.atomic
def pause_webhook(
    *, actor: Actor, account_id: int, webhook_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> WebhookRow:
    """Nothing more is posted; events are kept, thirty days at most, and posted once it is resumed."""
    row = found(actor, account_id, webhook_id, act="webhook.pause")
    change(row, ("active", "failing"), "paused", reason, clock)
    note(actor, "webhook.paused", row, reason, clock)
    return webhook(actor, account_id, webhook_id)


@transaction.atomic
def resume_webhook(
    *, actor: Actor, account_id: int, webhook_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> WebhookRow:
    """Goes on with one that is paused or failing; what waits is posted now."""
    row = found(actor, account_id, webhook_id, act="webhook.resume")
    change(row, ("paused", "failing"), "active", None, clock)
    Webhook.objects.filter(pk=row.pk).update(failures=0, failing_since=None, next_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute(DUE_NOW, [clock.now(), account_id, webhook_id])
    note(actor, "webhook.resumed", row, reason, clock)
    return webhook(actor, account_id, webhook_id)


@transaction.atomic
def remove_webhook(
    *, actor: Actor, account_id: int, webhook_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Ends it for good: its secrets, what waits for it and its log are deleted."""
    row = found(actor, account_id, webhook_id, act="webhook.remove")
    change(row, ("active", "paused", "failing"), "removed", None, clock)
    Webhook.objects.filter(pk=row.pk).update(secret=b"", old_secret=None, old_secret_until=None)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_EVENTS, [account_id, webhook_id])
        cursor.execute(FORGET_DELIVERIES, [account_id, webhook_id])
    note(actor, "webhook.removed", row, reason, clock)


@transaction.atomic
def rotate_webhook(
    *,
    actor: Actor,
    account_id: int,
    webhook_id: int,
    overlap: timedelta = OVERLAP,
    secret: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AddedWebhook:
    """A new secret, shown this once. Until `overlap` is over (0 to 30 days) posts are signed with the old one too."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid(_("The old secret is good for 30 days at most."), field="overlap")
    row = found(actor, account_id, webhook_id, act="webhook.rotate")
    if row.state == "removed":
        raise wrong_state(row)
    secret = secret or new_secret()
    key_of(secret)
    now = clock.now()
    Webhook.objects.filter(pk=row.pk).update(
        secret=seal_secret(secret, webhook_place(account_id, webhook_id)),
        old_secret=row.secret if overlap else None,
        old_secret_until=now + overlap if overlap else None,
    )
    note(actor, "webhook.rotated", row, reason, clock, {"overlap_seconds": int(overlap.total_seconds())})
    return AddedWebhook(row.pk, row.url, tuple(row.events), secret)


def found(actor: Actor, account_id: int, webhook_id: int, *, act: str) -> Webhook:
    """The row, locked, once the actor may do this to it."""
    authorise(actor, "webhook.manage", account_id=account_id, unit_id=actor.unit_id)
    row = own_webhook(actor, account_id, webhook_id, lock=True)
    authorise(actor, "webhook.manage", account_id=account_id, unit_id=row.unit_id, act=act)
    return row


def change(row: Webhook, of: tuple[str, ...], to: str, reason: str | None, clock: Clock) -> None:
    """Compare-and-set; raises Conflict where it is in none of the states `of`."""
    changed = Webhook.objects.filter(pk=row.pk, state__in=of).update(
        state=to, state_reason=(reason or "")[:200], state_at=clock.now()
    )
    if not changed:
        raise wrong_state(row)


def wrong_state(row: Webhook) -> Conflict:
    return Conflict(_("The webhook {id} is {state}.").format(id=row.pk, state=state_in_words(row.state)))


def note(
    actor: Actor, act: str, row: Webhook, reason: str | None, clock: Clock, facts: Mapping[str, Any] | None = None
) -> None:
    record(
        actor=actor,
        act=act,
        account_id=row.account_id,
        subject=f"webhook:{row.pk}",
        reason=reason,
        facts=facts,
        clock=clock,
    )
