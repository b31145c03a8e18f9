"""Reports for those who answer them, and one report for the reporter who holds its secret link."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import open_for
from fairpost.enforcement.actions.decide_report import is_told
from fairpost.enforcement.models import Report, Reporter
from fairpost.enforcement.naming import label
from fairpost.enforcement.queries.register import register_entry
from fairpost.enforcement.reports.letters import complaint_until
from fairpost.enforcement.reports.parties import subject_of
from fairpost.enforcement.reports.tokens import STATUS, number_in
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report in a list. `state` is filed, decided, complained or closed."""

    id: str
    number: int
    state: str
    trusted: bool
    channel: str
    category: str
    account_id: int | None
    campaign_id: int | None
    case: str
    filed_at: datetime
    decided_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report in clear; what was sealed is None once the reporter's key was destroyed. Their address is not told."""

    line: ReportLine
    text: str | None
    target: str | None
    language: str
    trusted_name: str
    has_address: bool
    reasons: str
    decision: str | None
    unfounded: bool
    complaint: str | None
    complaint_outcome: str
    complaint_reasons: str


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """What the reporter may know. `register_url` is the entry of the decision that followed, once it is public."""

    id: str
    state: str
    category: str
    filed_at: datetime
    decided_at: datetime | None = None
    outcome: str = ""
    reasons: str = ""
    register_url: str = ""
    may_complain_until: datetime | None = None
    complaint_outcome: str = ""
    complaint_reasons: str = ""


def reports(
    actor: Actor, *, queue: str = "", state: str = "filed", after: int = 0, limit: int = 100
) -> list[ReportLine]:
    """By number; `queue` trusted or general (all else); `state` empty means every one."""
    authorise(actor, "report.handle")
    rows = Report.objects.filter(pk__gt=after).order_by("pk")
    if state:
        rows = rows.filter(state=state)
    if queue:
        rows = rows.filter(trusted=queue == "trusted")
    return [line(each) for each in rows[:limit]]


def report(actor: Actor, report_id: int, clock: Clock = SYSTEM_CLOCK) -> ReportView:
    """One report in clear. That it was opened goes on record."""
    authorise(actor, "report.handle")
    row = Report.objects.select_related("reporter").filter(pk=report_id).first()
    if row is None:
        raise NotFound(_("There is no report {report}.").format(report=label("report", report_id)))
    with transaction.atomic():
        record(
            actor=actor, act="report.opened", account_id=row.account_id, subject=f"report:{report_id}", clock=clock
        )
    plain = open_for(subject_of(row.reporter_id), bytes(row.sealed))
    said = json.loads(plain) if plain is not None else {}
    complaint = getattr(row, "complaint", None)
    complained = open_for(subject_of(row.reporter_id), bytes(complaint.sealed)) if complaint else None
    return ReportView(
        line=line(row),
        text=said.get("text"),
        target=said.get("target"),
        language=row.language,
        trusted_name=row.reporter.name if row.trusted else "",
        has_address=row.sealed_address is not None,
        reasons=row.reasons,
        decision=label("decision", row.decision_id) if row.decision_id else None,
        unfounded=row.unfounded,
        complaint=complained.decode() if complained else None,
        complaint_outcome=complaint.outcome if complaint else "",
        complaint_reasons=complaint.reasons if complaint else "",
    )


def report_status(token: str, clock: Clock = SYSTEM_CLOCK) -> ReportStatus:
    """The report of this secret link, as its reporter may see it. Raises NotFound."""
    row = report_of(token)
    common = {"id": label("report", row.pk), "category": row.category, "filed_at": row.filed_at}
    if row.state == "filed" or not is_told(row):
        return ReportStatus(state="filed", **common)
    complaint = getattr(row, "complaint", None)
    until = complaint_until(row.decided_at) if row.decided_at and row.state == "decided" else None
    return ReportStatus(
        **common,
        state=row.state,
        decided_at=row.decided_at,
        outcome=row.outcome,
        reasons=row.reasons,
        register_url=public_url(row.decision_id, clock),
        may_complain_until=until if until and clock.now() < until else None,
        complaint_outcome=complaint.outcome if complaint else "",
        complaint_reasons=complaint.reasons if complaint else "",
    )


def report_of(token: str) -> Report:
    row = Report.objects.filter(pk=number_in(STATUS, token)).first()
    if row is None:
        raise NotFound(_("This link leads to no report."))
    return row


def public_url(decision_id: int | None, clock: Clock) -> str:
    if decision_id is None:
        return ""
    try:
        return register_entry(None, decision_id, clock).url
    except NotFound:
        return ""


def line(row: Report) -> ReportLine:
    return ReportLine(
        id=label("report", row.pk),
        number=row.pk,
        state=row.state,
        trusted=row.trusted,
        channel=row.channel,
        category=row.category,
        account_id=row.account_id,
        campaign_id=row.campaign_id,
        case=label("case", row.case_id),
        filed_at=row.filed_at,
        decided_at=row.decided_at,
        outcome=row.outcome,
    )


@dataclass(frozen=True, slots=True)
class TrustedLine:
    """A body that has, or had, a queue of its own."""

    id: int
    name: str
    since: datetime
    until: datetime | None


def trusted_reporters(actor: Actor) -> list[TrustedLine]:
    authorise(actor, "enforcement.read")
    rows = Reporter.objects.exclude(trusted_since=None).order_by("pk")
    return [TrustedLine(each.pk, each.name, each.trusted_since, each.trusted_until) for each in rows]
