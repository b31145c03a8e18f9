"""The record of an account or of everything, the newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class AuditEventRow:
    """One event as it was recorded."""

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


def audit_events(account_id: int | None, before: int | None = None, limit: int = 100) -> list[AuditEventRow]:
    """Events with an id below `before`, at most `limit`; None as account gives those of all and of none.

    Who may ask is decided above, by `tenants.queries.audit_trail`.
    """
    rows = AuditEvent.objects.order_by("-id")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    fields = AuditEventRow.__dataclass_fields__
    return [AuditEventRow(**{name: getattr(row, name) for name in fields}) for row in rows[:limit]]
