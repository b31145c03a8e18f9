"""Decides a report with reasons that both sides are told, and lets another person decide a complaint about that."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import open_for, seal_for
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.dsa.personal_data import masked, names_a_person
from fairpost.enforcement.models import MeasureAct, RegisterKeepOut, Report, ReportComplaint
from fairpost.enforcement.naming import label
from fairpost.enforcement.reports.letters import complaint_until, write_to_reporter, write_to_sender
from fairpost.enforcement.reports.parties import subject_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

MACHINE = Actor(name="reports", via="system")
LONGEST = 5000


@transaction.atomic
def decide_report(
    *,
    actor: Actor,
    report_id: int,
    reasons: str,
    decision_id: int | None = None,
    unfounded: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """With the decision that followed from it (which must be in force or have been), or with none.

    `unfounded` says that it had no ground at all: many of these limit their reporter. Raises Conflict where it is
    decided already, Invalid where reasons are missing or name somebody's address: both sides read them.
    """
    authorise(actor, "report.handle")
    person_id = acting_person(actor)
    now = clock.now()
    said = checked_reasons(reasons)
    if decision_id is not None:
        check_decision(decision_id, unfounded)
    row = report_row(report_id)
    if row.state != "filed":
        raise Conflict(_("Report {report} is decided already.").format(report=label("report", report_id)))
    first_of_case = not Report.objects.filter(case_id=row.case_id, outcome="not_acted").exists()
    row.state, row.decided_at, row.decided_by_id = "decided", now, person_id
    row.outcome = "acted" if decision_id is not None else "not_acted"
    row.reasons, row.decision_id, row.unfounded = said, decision_id, unfounded
    row.save()
    record(
        actor=actor,
        act="report.decided",
        account_id=row.account_id,
        subject=f"report:{report_id}",
        facts={"outcome": row.outcome, "decision": decision_id, "unfounded": unfounded},
        clock=clock,
    )
    if decision_id is not None and is_kept_out(decision_id):
        return  # an order forbids that anybody learns of it; the reporter's page tells it once that is over
    write_to_reporter(row, "report_decided", now, outcome=row.outcome, reasons=said)
    if decision_id is None and first_of_case:  # with a decision the sender has its notice; and once is enough
        write_to_sender(row, said, now)


@transaction.atomic
def complain_about_report_decision(*, report_id: int, text: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """The reporter's, once, until the window is over; whoever holds the secret link is the reporter."""
    now = clock.now()
    said = several_lines(text, "text", LONGEST)
    row = report_row(report_id)
    if row.state != "decided" or row.decided_at is None or not is_told(row):
        raise Conflict(_("There is no decision on this report about which to complain now."))
    if now >= complaint_until(row.decided_at):
        raise Conflict(_("The time for complaints about this decision is over."))
    ReportComplaint.objects.create(
        report=row, sealed=seal_for(subject_of(row.reporter_id), said.encode(), clock=clock), filed_at=now
    )
    row.state = "complained"
    row.save(update_fields=["state"])
    record(
        actor=MACHINE, act="report.complained", account_id=row.account_id, subject=f"report:{report_id}", clock=clock
    )


@transaction.atomic
def decide_complaint(
    *, actor: Actor, report_id: int, changed: bool, reasons: str, clock: Clock = SYSTEM_CLOCK
) -> int | None:
    """By another person than who decided the report. `changed`: it was wrong; returns the case that is opened anew."""
    authorise(actor, "report.handle")
    person_id = acting_person(actor)
    now = clock.now()
    said = checked_reasons(reasons)
    row = report_row(report_id)
    if row.state != "complained":
        raise Conflict(_("No complaint about report {report} waits.").format(report=label("report", report_id)))
    if row.decided_by_id == person_id:
        raise Forbidden(
            _("You decided this report; another person decides the complaint about that."),
        )
    outcome = "changed" if changed else "upheld"
    complaint = row.complaint
    complaint.decided_at, complaint.decided_by_id = now, person_id
    complaint.outcome, complaint.reasons = outcome, said
    complaint.save()
    row.state = "closed"
    if changed:
        row.unfounded = False
    row.save(update_fields=["state", "unfounded"])
    record(
        actor=actor,
        act="report.complaint_decided",
        account_id=row.account_id,
        subject=f"report:{report_id}",
        facts={"outcome": outcome},
        clock=clock,
    )
    write_to_reporter(row, "complaint_decided", now, outcome=outcome, reasons=said)
    return reopened(row, clock) if changed else None


def reopened(row: Report, clock: Clock) -> int:
    """A new case with what the reporter wrote at first."""
    case_id = open_case(
        actor=MACHINE,
        title=_("Report {report}, to be looked at anew").format(report=label("report", row.pk)),
        source="trusted_flagger" if row.trusted else "report",
        account_id=row.account_id,
        queue=row.case.queue,
        clock=clock,
    )
    plain = open_for(subject_of(row.reporter_id), bytes(row.sealed))
    add_evidence(
        actor=MACHINE,
        case_id=case_id,
        label=_("report, as it was written"),
        text=masked(plain.decode()) if plain else _("What the report said was erased."),
        reference=f"campaign:{row.campaign_id}" if row.campaign_id else "",
        clock=clock,
    )
    return case_id


def report_row(report_id: int) -> Report:
    """The report, locked: acts on it take turns. Raises NotFound."""
    row = Report.objects.select_for_update().filter(pk=report_id).first()
    if row is None:
        raise NotFound(_("There is no report {report}.").format(report=label("report", report_id)))
    return row


def is_told(row: Report) -> bool:
    """Whether the reporter may know what was decided."""
    return row.decision_id is None or not is_kept_out(row.decision_id)


def is_kept_out(decision_id: int) -> bool:
    return RegisterKeepOut.objects.filter(decision_id=decision_id, ended_at=None).exists()


def checked_reasons(reasons: str) -> str:
    said = several_lines(reasons, "reasons", LONGEST)
    if found := names_a_person(said):
        raise Invalid(
            _("The reasons hold {found}; both sides read them.").format(found=repr(found)),
            field="reasons",
            hint=_("Leave addresses and telephone numbers out, and name nobody who reported."),
        )
    return said


def check_decision(decision_id: int, unfounded: bool) -> None:
    if unfounded:
        raise Invalid(_("A report that led to a decision was not without ground."), field="unfounded")
    if not MeasureAct.objects.filter(measure__decision_id=decision_id, act="activated").exists():
        raise Invalid(
            _("Decision {decision} is not in force and never was.").format(decision=label("decision", decision_id)),
            field="decision",
            hint=_("Activate it first, or decide the report without one."),
        )
