"""Reports from outside: any key files one; reviewers answer them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page, whole
from fairpost.api.repeat import Repeat, kept_without, outside_transaction
from fairpost.api.schemas import register as told
from fairpost.api.schemas.fields import PathId, Reason
from fairpost.enforcement.actions.decide_report import decide_complaint, decide_report
from fairpost.enforcement.actions.file_report import file_report as file
from fairpost.enforcement.actions.trust_reporter import end_trust, trust_reporter
from fairpost.enforcement.queries import reports as queries

router = Router()
ONE = "/reports/{report_id}"
Queue = Annotated[Literal["trusted", "general"] | None, Query(description="Only this queue.")]
State = Annotated[Literal["filed", "decided", "complained", "closed"] | None, Query(description="Default: all.")]


@router.post("/reports", response={201: told.FiledReport})
@outside_transaction(Repeat.AGAIN)
@kept_without("url")
def file_report(request: Caller, asked: told.NewReport) -> Any:
    """Reports a mail. A repetition of one that is still open is that one."""
    return 201, file(actor=request.auth, channel="api", **asked.model_dump())


@router.get("/reports", response=Page[told.ReportLine])
def list_reports(
    request: Caller, queue: Queue = None, state: State = None, after: After = 0, limit: Limit = 100
) -> Any:
    """Reports by number."""
    rows = lambda most: queries.reports(  # noqa: E731
        request.auth, queue=queue or "", state=state or "", after=after, limit=most
    )
    return page(request, "after", limit, rows, by="number")


@router.get(ONE, response=told.OutsideReport)
def get_report(request: Caller, report_id: PathId) -> Any:
    """One report in clear; that it was opened goes on record."""
    return queries.report(request.auth, report_id)


@router.post(ONE + "/decision", response={204: None})
def decide_a_report(request: Caller, report_id: PathId, asked: told.ReportDecision) -> Any:
    """Decides a report and tells both sides. Needs a personal key."""
    decide_report(actor=request.auth, report_id=report_id, **asked.model_dump())
    return 204, None


@router.post(ONE + "/complaint-decision", response=told.Reopened)
def decide_report_complaint(request: Caller, report_id: PathId, asked: told.ComplaintDecision) -> Any:
    """Decides the reporter's complaint about what another person decided. Needs a personal key."""
    return {"case_id": decide_complaint(actor=request.auth, report_id=report_id, **asked.model_dump())}


@router.get("/trusted-reporters", response=Page[told.TrustedLine])
def list_trusted_reporters(request: Caller) -> Any:
    """Bodies with a queue of their own, past ones too."""
    return whole(queries.trusted_reporters(request.auth))


@router.post("/trusted-reporters", response={201: told.TrustedReporter})
@kept_without("token")
def create_trusted_reporter(request: Caller, asked: told.NewTrustedReporter) -> Any:
    """Makes a trusted reporter and tells its token this once."""
    return 201, trust_reporter(actor=request.auth, **asked.model_dump())


@router.delete("/trusted-reporters/{reporter_id}", response={204: None})
def end_trusted_reporter(request: Caller, reporter_id: PathId, reason: Reason = None) -> Any:
    """Ends that a body is a trusted reporter."""
    end_trust(actor=request.auth, reporter_id=reporter_id, reason=reason)
