"""The record of an account or of everything, the newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.audit.models import AuditEvent
from fairpost.audit.payload import Opened, open_payloads


@dataclass(frozen=True, slots=True)
class AuditEventRow:
    """One event with its payload as far as that is not erased.

    `erased` says that there was a reason or a name, and that its key is destroyed; `actor_name` is a pseudonym
    then. What is neither there nor erased was tampered with: `verify` says so.
    """

    id: int
    at: datetime
    actor_via: str
    actor_name: str
    actor_person_id: int | None
    actor_api_key_id: int | None
    act: str
    account_id: int | None
    subject: str
    reason: str | None
    facts: Mapping[str, Any]
    erased: bool = False


def audit_events(account_id: int | None, before: int | None = None, limit: int = 100) -> list[AuditEventRow]:
    """Events with an id below `before`, at most `limit`; None as account gives those of all and of none.

    Who may ask is decided above, by `tenants.queries.audit_trail`.
    """
    rows = AuditEvent.objects.order_by("-id")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    events = list(rows[:limit])
    with connection.cursor() as cursor:
        payloads = open_payloads(cursor, [each.id for each in events if each.commitment is not None])
    return [row_of(each, payloads.get(each.id)) for each in events]


def row_of(event: AuditEvent, payload: Opened | None) -> AuditEventRow:
    content = payload.content if payload else {}
    return AuditEventRow(
        id=event.id,
        at=event.at,
        actor_via=event.actor_via,
        actor_name=content.get("name", event.actor_name),
        actor_person_id=event.actor_person_id,
        actor_api_key_id=event.actor_api_key_id,
        act=event.act,
        account_id=event.account_id,
        subject=event.subject,
        reason=content.get("reason"),
        facts=event.facts,
        erased=payload is not None and payload.plain is None and not payload.altered,
    )
