"""Declares an election or filing date, near which one person alone may hold mail for a day only."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.models import KeyDate
from fairpost.enforcement.queries.periods import KeyDateRow
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import once


def declare_key_date(
    *, actor: Actor, kind: str, name: str, at: datetime, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> KeyDateRow:
    """`kind` is election or filing. Raises Invalid, and Conflict for one that is declared already."""
    authorise(actor, "risk.declare")
    person_id = acting_person(actor)
    if kind not in KeyDate.Kind.values:
        raise Invalid(
            _("There is no kind of date {kind}.").format(kind=repr(kind)),
            field="kind",
            hint=_("Choose one of {all}.").format(all=", ".join(KeyDate.Kind.values)),
        )
    if at.tzinfo is None:
        raise Invalid(_("The time {value} has no zone.").format(value=at.isoformat()), field="at")
    with transaction.atomic(), once(_("This date is declared already."), "at"):
        row = KeyDate.objects.create(
            kind=kind, name=single_line(name, "name"), at=at, declared_by_id=person_id, declared_at=clock.now()
        )
        record(
            actor=actor,
            act="key_date.declared",
            account_id=None,
            subject=f"key_date:{row.pk}",
            reason=reason,
            facts={"kind": kind, "at": at.isoformat()},
            clock=clock,
        )
    return KeyDateRow(row.pk, row.kind, row.name, row.at)
