"""The record as people read it: with the names of those who still have one, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.audit.queries.events import AuditEventRow, audit_events
from fairpost.kernel.actor import Actor
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import ApiKey, Person


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One event; `actor` is a name as it is now, or a number where it was erased.

    `erased` says that a reason was given, or a user name kept, and is erased.
    """

    id: int
    at: datetime
    actor: str
    via: str
    act: str
    account_id: int | None
    subject: str
    reason: str | None
    facts: Mapping[str, Any]
    erased: bool


def audit_trail(actor: Actor, account_id: int | None, *, before: int | None = None, limit: int = 100) -> list[TrailRow]:
    """The newest first, those before the id `before`. None asks for all accounts and the installation."""
    authorise(actor, "audit.read", account_id=account_id)
    events = audit_events(account_id, before=before, limit=limit)
    people = dict(Person.objects.filter(id__in={e.actor_person_id for e in events}).values_list("id", "name"))
    keys = dict(ApiKey.objects.filter(id__in={e.actor_api_key_id for e in events}).values_list("id", "name"))
    return [
        TrailRow(
            e.id,
            e.at,
            actor_of(e, people, keys),
            e.actor_via,
            e.act,
            e.account_id,
            e.subject,
            e.reason,
            e.facts,
            e.erased,
        )
        for e in events
    ]


def actor_of(event: AuditEventRow, people: Mapping[int, str], keys: Mapping[int, str]) -> str:
    if event.actor_person_id is not None:
        return people.get(event.actor_person_id, f"person:{event.actor_person_id}")
    if event.actor_api_key_id is not None:
        return keys.get(event.actor_api_key_id, f"api_key:{event.actor_api_key_id}")
    return event.actor_name
