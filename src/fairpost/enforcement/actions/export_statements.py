"""Exports statements of reasons: each is kept word for word under its puid, and none is exported twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.models import Decision, StatementOfReasons
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.statements import (
    ExportedStatement,
    NotExported,
    Wanted,
    measures,
    statements,
)
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock, FixedClock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class Export:
    """What this act exported (with `again`: earlier ones too), in the order of measures; what it did not, and why."""

    statements: tuple[ExportedStatement, ...]
    not_exported: tuple[NotExported, ...]


def export_statements(
    *,
    actor: Actor,
    wanted: Wanted,
    again: bool = False,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Export:
    """Exports what is due of the wanted measures. With `again` the answer repeats what was exported before, unchanged.

    Raises Conflict where the installation has switched the export off, NotFound for a decision that there is not.
    """
    authorise(actor, "register.manage")
    if settings.FAIRPOST.dsa_export != "on":
        raise Conflict(
            _("This installation exports no statements of reasons."),
            hint=_("The setting dsa_export says so; `fairpost dsa list` shows what they would be."),
        )
    now = FixedClock(clock.now())
    with transaction.atomic():
        lock_decisions(wanted)
        found = statements(actor, wanted, clock=now)
        made = [each for each in found if isinstance(each, ExportedStatement)]
        due = [each for each in made if each.exported_at is None]
        keep(actor, due, now)
        note(actor, due, reason)
    missing = tuple(each for each in found if isinstance(each, NotExported))
    return Export(tuple(done(each, now) for each in made if again or each.exported_at is None), missing)


def lock_decisions(wanted: Wanted) -> None:
    """Two exports at once take turns, and the second finds nothing left to export."""
    numbers = measures(wanted, wanted.account_id).values_list("decision_id", flat=True)
    list(Decision.objects.select_for_update().filter(pk__in=set(numbers)).order_by("pk"))


def keep(actor: Actor, due: Sequence[ExportedStatement], clock: Clock) -> None:
    StatementOfReasons.objects.bulk_create(
        StatementOfReasons(
            measure_id=number_of("measure", each.measure),
            recipient=each.recipient,
            revision=each.revision,
            puid=each.puid,
            reversal=each.reversal,
            statement=dict(each.statement),
            exported_at=clock.now(),
            exported_by_id=actor.person_id,
        )
        for each in due
    )


def note(actor: Actor, due: Sequence[ExportedStatement], reason: str | None) -> None:
    """One event for each decision, with the puids that went out."""
    by_decision: dict[str, list[str]] = {}
    for each in due:
        by_decision.setdefault(each.decision, []).append(each.puid)
    for decision, puids in by_decision.items():
        record(
            actor=actor,
            act="statements.exported",
            account_id=None,
            subject=f"decision:{number_of('decision', decision)}",
            reason=reason,
            facts={"puids": puids},
        )


def done(statement: ExportedStatement, clock: Clock) -> ExportedStatement:
    """The statement with the time of its export."""
    return replace(statement, exported_at=statement.exported_at or clock.now())
