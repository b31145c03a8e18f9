"""Webhooks of an account, events for them, and what receivers were told."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection
from tests.builders.tenants import Tenant
from tests.builders.webserver import Asked, Webserver

from fairpost.contacts.consent import note_consent
from fairpost.integrations.actions.add_webhook import AddedWebhook, add_webhook
from fairpost.integrations.actions.note_events import note_events
from fairpost.integrations.actions.post_webhooks import post_one
from fairpost.integrations.webhooks.signing import check_signature
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock


def make_webhook(
    tenant: Tenant, server: Webserver, *events: str, clock: Clock = SYSTEM_CLOCK, **options: Any
) -> AddedWebhook:
    return add_webhook(
        actor=tenant.owner,
        account_id=tenant.account_id,
        url=server.url("/hook"),
        events=events or ["*"],
        clock=clock,
        **options,
    )


def make_contact(tenant: Tenant, ordinal: int, address: str, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact (account_id, ordinal, canonical, created_at, updated_at) VALUES (%s, %s, %s, %s, %s)",
            [tenant.account_id, ordinal, address, now, now],
        )


def withdraw(tenant: Tenant, ordinal: int, now: datetime, source: str = "asked") -> None:
    """Somebody takes back a consent: the simplest event there is."""
    with connection.cursor() as cursor:
        note_consent(
            cursor, tenant.account_id, f"p{ordinal}@x.example", ordinal, "account", "withdrawn", "unsubscribe_link",
            None, source, now,
        )  # fmt: skip


def happen(tenant: Tenant, webhook_id: int, ordinals: range, clock: Clock = SYSTEM_CLOCK) -> int:
    """Withdrawals, noted and posted in this thread; how many posts were taken."""
    for ordinal in ordinals:
        withdraw(tenant, ordinal, clock.now())
    note_events(clock)
    return post_one(tenant.account_id, webhook_id, clock)


def told(asked: Asked, secret: str, now: datetime) -> list[dict[str, Any]]:
    """The events of one post, whose signature must be good."""
    check_signature(secret, asked.headers, asked.body, now)
    return json.loads(asked.body)["events"]
