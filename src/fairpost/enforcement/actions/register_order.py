"""Registers an order of a court or authority, opens its case, and keeps what is done about it."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import seal_for
from fairpost.enforcement.actions.open_case import open_case
from fairpost.enforcement.models import LegalOrder
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

LONGEST_TEXT = 200_000
QUEUE = "legal"
REMINDER = Actor(name="orders", via="system")


@transaction.atomic
def register_order(
    *,
    actor: Actor,
    authority: str,
    text: str,
    legal_basis: str,
    scope: str,
    deadline: datetime,
    served_by: str,
    served_at: datetime,
    forbids_disclosure: bool = False,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the order's number. Legal officers only.

    Authority, text, scope and who served it are sealed; the case that reminds of the deadline says nothing of them.
    Raises Invalid for what is missing and for a deadline before the service.
    """
    authorise(actor, "legal.order")
    person_id = acting_person(actor)
    now = clock.now()
    if served_at > now or deadline <= served_at:
        raise Invalid(_("An order was served in the past, and its deadline lies after that."), field="deadline")
    served = {
        "authority": single_line(authority, "authority", 300),
        "scope": several_lines(scope, "scope", 5000),
        "served_by": single_line(served_by, "served_by", 300),
        "text": several_lines(text, "text", LONGEST_TEXT),
    }
    case_id = None if forbids_disclosure else remind(deadline, clock)
    subject = f"order:{token_hex(8)}"
    row = LegalOrder.objects.create(
        seal_subject=subject,
        sealed=seal_for(subject, json.dumps(served, ensure_ascii=False).encode(), clock=clock),
        text_sha256=sha256(served["text"].encode()).hexdigest(),
        legal_basis=single_line(legal_basis, "legal_basis", 300),
        deadline=deadline,
        served_at=served_at,
        forbids_disclosure=forbids_disclosure,
        case_id=case_id,
        registered_by_id=person_id,
        registered_at=now,
    )
    record(
        actor=actor,
        act="order.registered",
        account_id=None,
        subject=f"order:{row.pk}",
        reason=reason,
        facts={"text_sha256": row.text_sha256, "deadline": deadline.isoformat()},
        clock=clock,
    )
    return row.pk


def remind(deadline: datetime, clock: Clock) -> int:
    """A case in the legal queue, due at the deadline. An order that forbids disclosure gets none: others read cases."""
    return open_case(
        actor=REMINDER,
        title=_("An order must be answered"),
        source="authority",
        queue=QUEUE,
        due_at=deadline,
        clock=clock,
    )
