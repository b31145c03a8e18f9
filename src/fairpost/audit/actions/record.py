"""Every act leaves one row in the record, in the same transaction as the act itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from fairpost.audit.models import AuditEvent
from fairpost.audit.payload import Payload, is_local_operator, keep_payload, make_payload
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

ACT = re.compile(r"[a-z_]+\.[a-z_]+")


def record(
    *,
    actor: Actor,
    act: str,
    account_id: int | None,
    subject: str,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Appends one event and returns its id. Call it inside the transaction that does the act.

    `act` is `noun.verbed`, `subject` is `noun:id`. Facts hold no personal data: ids, numbers, names of
    domains and options, never names, addresses or content of people; the record can never be changed, so
    nothing that a person may have erased can stand in it. Raises ValueError (a fault of the caller, not of a
    user) where a fact holds an address. The reason is sealed under the key of who gives it, out of the record.
    """
    if not ACT.fullmatch(act):
        raise ValueError(f"act must be noun.verbed, not {act!r}")
    facts = dict(facts or {})
    refuse_addresses(facts)
    now = clock.now()
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        payload = make_payload(cursor, actor, account_id, reason, now)
        event = AuditEvent.objects.create(
            at=now,
            actor_via=actor.via,
            actor_name=name_in_record(actor, payload),
            actor_person_id=actor.person_id,
            actor_api_key_id=actor.api_key_id,
            act=act,
            account_id=account_id,
            subject=subject,
            commitment=payload and payload.commitment,
            facts=facts,
        )
        if payload:
            keep_payload(cursor, event.id, payload)
    return event.id


def name_in_record(actor: Actor, payload: Payload | None) -> str:
    """A pseudonym of who acts at the machine's command line; the name of a part of Fairpost; else none."""
    if actor.person_id or actor.api_key_id:
        return ""
    return payload.subject if payload and is_local_operator(actor) else actor.name


def refuse_addresses(value: Any) -> None:
    """The part of the rule on personal data that a machine can check: no value looks like a mail address."""
    if isinstance(value, str) and "@" in value:
        raise ValueError("facts of an audit event must not hold mail addresses; give ids")
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            refuse_addresses(each)
