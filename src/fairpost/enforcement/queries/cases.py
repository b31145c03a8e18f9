"""Cases for those who work on them; opening the evidence leaves a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import open_for
from fairpost.enforcement.actions.open_case import subject_of
from fairpost.enforcement.evidence import evidence_hash
from fairpost.enforcement.models import Case, EvidenceView
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case. `state` is open or closed, `overdue` whether nobody has closed it in time."""

    id: int
    account_id: int | None
    title: str
    source: str
    queue: str
    state: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    closed_at: datetime | None
    closed_reason: str
    evidence: int
    decisions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """One piece of evidence in clear; `text` is None once its subject was erased."""

    id: int
    label: str
    reference: str
    sha256: str
    added_at: datetime
    text: str | None


def cases(
    actor: Actor, *, queue: str | None = None, closed: bool = False, before: int | None = None, limit: int = 50,
    clock: Clock = SYSTEM_CLOCK,
) -> list[CaseView]:  # fmt: skip
    """Open (or closed) cases, the newest first."""
    authorise(actor, "enforcement.read")
    rows = Case.objects.filter(closed_at__isnull=not closed).order_by("-pk").prefetch_related("decisions", "evidence")
    if queue:
        rows = rows.filter(queue=queue)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(each, clock.now()) for each in rows[:limit]]


def case(actor: Actor, case_id: int, clock: Clock = SYSTEM_CLOCK) -> CaseView:
    authorise(actor, "enforcement.read")
    return view(row_of(case_id), clock.now())


def row_of(case_id: int) -> Case:
    row = Case.objects.filter(pk=case_id).prefetch_related("decisions", "evidence").first()
    if row is None:
        raise NotFound(_("There is no case C-{case}.").format(case=case_id))
    return row


def view(row: Case, now: datetime) -> CaseView:
    return CaseView(
        id=row.pk,
        account_id=row.account_id,
        title=row.title,
        source=row.source,
        queue=row.queue,
        state="closed" if row.closed_at else "open",
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.closed_at is None and now > row.due_at,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
        evidence=len(row.evidence.all()),
        decisions=tuple(sorted(each.pk for each in row.decisions.all())),
    )


def read_evidence(actor: Actor, case_id: int, clock: Clock = SYSTEM_CLOCK) -> list[EvidenceText]:
    """All evidence of a case in clear. That this person has opened it goes on record; approving needs that."""
    authorise(actor, "enforcement.read")
    person_id = acting_person(actor)
    with transaction.atomic():
        row = Case.objects.select_for_update().filter(pk=row_of(case_id).pk).get()
        EvidenceView.objects.get_or_create(
            case=row, person_id=person_id, evidence_hash=evidence_hash(row.pk), defaults={"at": clock.now()}
        )
        record(
            actor=actor, act="case.evidence_opened", account_id=row.account_id, subject=f"case:{row.pk}", clock=clock
        )
        pieces = list(row.evidence.order_by("pk"))
    found = []
    for each in pieces:
        plain = open_for(subject_of(row), bytes(each.sealed))
        text = None if plain is None else plain.decode()
        found.append(EvidenceText(each.pk, each.label, each.reference, each.sha256, each.added_at, text))
    return found
