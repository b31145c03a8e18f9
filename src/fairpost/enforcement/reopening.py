"""What rested on a measure that is overturned is looked at again: its cases are reopened, with what fell away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from fairpost.audit.actions import record
from fairpost.enforcement.actions.open_case import add_evidence
from fairpost.enforcement.models import Case, Measure
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.text import _

DUE = timedelta(hours=24)


def cases_resting_on(measure: Measure) -> list[Case]:
    """Cases whose evidence or whose decisions' facts cite the measure or its decision, or that replaced it.

    Citing is by number (M-12, D-5), as everywhere; evidence also by its reference (`measure:12`).
    """
    cited = rf"\y({label('measure', measure.pk)}|{label('decision', measure.decision_id)})\y"
    later = Q(decisions__facts__regex=cited) | Q(decisions__supersedes_id=measure.decision_id)
    found = Case.objects.filter(later | Q(evidence__reference=f"measure:{measure.pk}"))
    return list(found.exclude(decisions=measure.decision_id).distinct().order_by("pk"))


def reopen_what_rests_on(actor: Actor, measure: Measure, why: str, now: datetime) -> list[int]:
    """Reopens them, each with evidence of what fell away. What they decided stays until somebody acts.

    An approval that was on its way needs the evidence to be opened anew.
    """
    numbers = []
    for case in cases_resting_on(measure):
        reopen(actor, case, now)
        note(case.pk, measure, why, now)
        numbers.append(case.pk)
    return numbers


def reopen(actor: Actor, case: Case, now: datetime) -> None:
    """Opens a closed case again, due within 24 hours; an open one is only due."""
    row = Case.objects.select_for_update().get(pk=case.pk)
    was_closed = row.closed_at is not None
    row.closed_at, row.closed_reason, row.due_at = None, "", now + DUE
    row.save(update_fields=["closed_at", "closed_reason", "due_at"])
    if was_closed:
        record(actor=actor, act="case.reopened", account_id=row.account_id, subject=f"case:{row.pk}")


def note(case_id: int, measure: Measure, why: str, now: datetime) -> None:
    add_evidence(
        actor=Actor(name="appeals", via="system"),
        case_id=case_id,
        label=_("measure {measure} on appeal").format(measure=label("measure", measure.pk)),
        text=why,
        reference=f"appeal-outcome:{measure.pk}",
        clock=FixedClock(now),
    )
