"""Orders in clear, for legal officers only; whoever opens one leaves a trace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import open_for
from fairpost.enforcement.models import LegalOrder, RegisterKeepOut
from fairpost.enforcement.naming import label
from fairpost.enforcement.orders.rows import CLOSED, OPEN, order_row, order_state
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in a list. `overdue`: open, and its deadline has passed without an answer."""

    id: str
    state: str
    legal_basis: str
    served_at: datetime
    deadline: datetime
    overdue: bool
    forbids_disclosure: bool
    decisions: tuple[str, ...]
    case: str | None


@dataclass(frozen=True, slots=True)
class OrderActView:
    """One act; `what` is None once the order's key was destroyed."""

    act: str
    at: datetime
    person_id: int
    decision: str | None
    until: datetime | None
    what: str | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order in clear. What was sealed is None once its key was destroyed."""

    line: OrderLine
    authority: str | None
    scope: str | None
    served_by: str | None
    text: str | None
    text_sha256: str
    registered_at: datetime
    registered_by: int
    acts: tuple[OrderActView, ...]
    keeps_out: tuple[str, ...]


def orders(
    actor: Actor, *, closed: bool = False, after: int = 0, limit: int = 100, clock: Clock = SYSTEM_CLOCK
) -> list[OrderLine]:
    """Those that are not closed (or, with `closed`, all), by deadline."""
    authorise(actor, "legal.order")
    now = clock.now()
    rows = LegalOrder.objects.filter(pk__gt=after).prefetch_related("acts").order_by("pk")
    found = [line(each, now) for each in rows]
    return sorted((each for each in found if closed or each.state != CLOSED), key=lambda each: each.deadline)[:limit]


def order(actor: Actor, order_id: int, clock: Clock = SYSTEM_CLOCK) -> OrderView:
    """One order in clear. That it was opened goes on record."""
    authorise(actor, "legal.order")
    with transaction.atomic():
        row = order_row(order_id)
        record(actor=actor, act="order.opened", account_id=None, subject=f"order:{order_id}", clock=clock)
    plain = open_for(row.seal_subject, bytes(row.sealed))
    served = json.loads(plain) if plain is not None else {}
    kept = RegisterKeepOut.objects.filter(order=row, ended_at=None).order_by("pk")
    return OrderView(
        line=line(row, clock.now()),
        authority=served.get("authority"),
        scope=served.get("scope"),
        served_by=served.get("served_by"),
        text=served.get("text"),
        text_sha256=row.text_sha256,
        registered_at=row.registered_at,
        registered_by=row.registered_by_id,
        acts=tuple(act_view(row, each) for each in row.acts.order_by("pk")),
        keeps_out=tuple(label("decision", each.decision_id) for each in kept),
    )


def act_view(row: LegalOrder, each) -> OrderActView:
    plain = open_for(row.seal_subject, bytes(each.sealed))
    decision = label("decision", each.decision_id) if each.decision_id else None
    return OrderActView(each.act, each.at, each.person_id, decision, each.until, plain and plain.decode())


def line(row: LegalOrder, now: datetime) -> OrderLine:
    state = order_state(row, now)
    acts = list(row.acts.all())
    answered = any(each.act == "answered" for each in acts)
    return OrderLine(
        id=label("order", row.pk),
        state=state,
        legal_basis=row.legal_basis,
        served_at=row.served_at,
        deadline=row.deadline,
        overdue=state == OPEN and not answered and row.deadline <= now,
        forbids_disclosure=row.forbids_disclosure,
        decisions=tuple(label("decision", each.decision_id) for each in acts if each.decision_id),
        case=label("case", row.case_id) if row.case_id else None,
    )
