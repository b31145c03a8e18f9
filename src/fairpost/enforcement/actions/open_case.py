"""Opens a case, adds evidence to it and closes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import seal_for
from fairpost.enforcement.models import Case, Evidence
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import account

FIRST_LOOK = timedelta(hours=24)
LONGEST_EVIDENCE = 1_000_000  # characters


def open_case(
    *,
    actor: Actor,
    title: str,
    source: str,
    account_id: int | None = None,
    source_identity: str = "",
    queue: str = "general",
    due_at: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Opens a case and returns its number. Due within 24 hours unless said otherwise. Nothing is restricted by it."""
    if actor.via != "system":
        authorise(actor, "case.write")
    if not title.strip():
        raise Invalid(_("A case needs a title."), field="title")
    if source not in Case.Source.values:
        raise Invalid(
            _("There is no source {source}.").format(source=repr(source)),
            field="source",
            hint=_("Choose one of {all}.").format(all=", ".join(Case.Source.values)),
        )
    if account_id is not None:
        account(account_id)
    now = clock.now()
    with transaction.atomic():
        row = Case.objects.create(
            account_id=account_id,
            title=title.strip(),
            source=source,
            source_identity=source_identity,
            queue=queue,
            opened_by_id=actor.person_id,
            opened_at=now,
            due_at=due_at or now + FIRST_LOOK,
        )
        record(
            actor=actor,
            act="case.opened",
            account_id=account_id,
            subject=f"case:{row.pk}",
            reason=reason,
            facts={"source": source, "queue": queue},
            clock=clock,
        )
    return row.pk


def add_evidence(
    *, actor: Actor, case_id: int, label: str, text: str, reference: str = "", clock: Clock = SYSTEM_CLOCK
) -> int:
    """Adds a piece of evidence, kept sealed under the account's key. Returns its number.

    `reference` is what it was taken from, like `campaign:12` or `content:<hash>`. Whoever opened the evidence
    before has not opened this: an approval needs that again.
    """
    if actor.via != "system":
        authorise(actor, "case.write")
    if not text.strip() or len(text) > LONGEST_EVIDENCE:
        raise Invalid(
            _("Evidence is text of 1 to {most} characters.").format(most=LONGEST_EVIDENCE), field="text"
        )
    with transaction.atomic():
        row = open_row(case_id)
        made = Evidence.objects.create(
            case=row,
            label=label.strip() or _("evidence"),
            reference=reference,
            sha256=sha256(text.encode()).hexdigest(),
            sealed=seal_for(subject_of(row), text.encode()),
            added_by_id=actor.person_id,
            added_at=clock.now(),
        )
        record(
            actor=actor,
            act="case.evidence_added",
            account_id=row.account_id,
            subject=f"case:{row.pk}",
            facts={"evidence": made.pk, "sha256": made.sha256},
            clock=clock,
        )
    return made.pk


def close_case(*, actor: Actor, case_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Closes a case, with the reason. What was decided in it stays as it is."""
    if actor.via != "system":
        authorise(actor, "case.write")
    if not reason.strip():
        raise Invalid(_("Say why the case is closed."), field="reason")
    with transaction.atomic():
        row = open_row(case_id)
        row.closed_at, row.closed_reason = clock.now(), reason
        row.save(update_fields=["closed_at", "closed_reason"])
        record(
            actor=actor,
            act="case.closed",
            account_id=row.account_id,
            subject=f"case:{row.pk}",
            reason=reason,
            clock=clock,
        )


def open_row(case_id: int) -> Case:
    """The case, locked. Raises NotFound, or Conflict where it is closed."""
    row = Case.objects.select_for_update().filter(pk=case_id).first()
    if row is None:
        raise NotFound(_("There is no case C-{case}.").format(case=case_id))
    if row.closed_at is not None:
        raise Conflict(_("Case C-{case} is closed.").format(case=case_id), hint=_("Open a new one."))
    return row


def subject_of(row: Case) -> str:
    """Whose key its evidence is sealed under."""
    return f"account:{row.account_id}" if row.account_id else f"case:{row.pk}"
