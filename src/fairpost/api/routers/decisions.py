"""Decisions: previewed, proposed, approved or returned by another person, put into force, and measures lifted.

Acts need a personal key: what is done counts as that person's hand.
"""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import decisions as told
from fairpost.api.schemas.fields import HIGHEST, NOTHING, Because, PathId
from fairpost.enforcement.actions import approve_decision as approvals
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.propose_decision import propose_decision, submit_draft
from fairpost.enforcement.drafts import draft_from_json
from fairpost.enforcement.queries import decisions as queries
from fairpost.enforcement.queries.preview import coverage_preview

router = Router()
ONE = "/decisions/{decision_id}"
Case = Annotated[int | None, Query(ge=1, le=HIGHEST, description="Only of this case: 4 for C-4.")]


@router.post("/coverage-previews", response=told.Coverage)
def preview_coverage(request: Caller, asked: told.PreviewAsked) -> Any:
    """Whom a measure would cover, and whom expressly not. Nothing is stored."""
    return coverage_preview(request.auth, asked.kind, asked.scope, asked.mechanism)


@router.post("/cases/{case_id}/decisions", response={201: told.Decision})
def propose(request: Caller, case_id: PathId, asked: told.NewDecision) -> Any:
    """Proposes a decision, or keeps it as a draft."""
    return propose_decision(
        actor=request.auth,
        case_id=case_id,
        clauses=asked.clauses,
        draft=draft_from_json(asked.draft.model_dump(exclude_unset=True)),
        supersedes=asked.supersedes,
        only_draft=asked.only_draft,
        reason=asked.reason,
    )


@router.get("/decisions", response=Page[told.Decision])
def list_decisions(request: Caller, case_id: Case = None, before: Before = None, limit: Limit = 50) -> Any:
    """Decisions, the newest first."""
    rows = lambda most: queries.decisions(request.auth, case_id=case_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.get(ONE, response=told.Decision)
def get_decision(request: Caller, decision_id: PathId) -> Any:
    """One decision, with its measures as they stand now."""
    return queries.decision(request.auth, decision_id)


@router.post(ONE + "/submit", response=told.Decision)
def submit(request: Caller, decision_id: PathId) -> Any:
    """Proposes one's own draft."""
    return submit_draft(actor=request.auth, decision_id=decision_id)


@router.post(ONE + "/approve", response=told.Decision)
def approve(request: Caller, decision_id: PathId, asked: told.Approval) -> Any:
    """Approves the version that was read; nobody approves their own."""
    return approvals.approve_decision(actor=request.auth, decision_id=decision_id, **asked.model_dump())


@router.post(ONE + "/return", response=told.Decision)
def return_proposal(request: Caller, decision_id: PathId, asked: told.Ending) -> Any:
    """Returns a proposal; it can be proposed anew."""
    return approvals.return_decision(actor=request.auth, decision_id=decision_id, reason=asked.reason)


@router.post(ONE + "/withdraw", response=told.Decision)
def withdraw(request: Caller, decision_id: PathId, asked: told.Ending) -> Any:
    """Takes back what is not in force yet."""
    return approvals.withdraw_decision(actor=request.auth, decision_id=decision_id, reason=asked.reason)


@router.post(ONE + "/activate", response=told.Activated)
@outside_transaction(Repeat.AGAIN)
def activate(request: Caller, decision_id: PathId, asked: Because = NOTHING) -> Any:
    """Puts a decision into force. When the answer comes nothing more in its scope is handed to a relay."""
    return activate_decision(actor=request.auth, decision_id=decision_id, reason=asked.reason)


@router.get("/measures/{measure_id}", response=told.Measure)
def get_measure(request: Caller, measure_id: PathId) -> Any:
    """One measure: state, term, scope, coverage and all that was done with it."""
    return queries.measure(request.auth, measure_id)


@router.post("/measures/{measure_id}/lift", response=told.Measure)
def lift(request: Caller, measure_id: PathId, asked: told.Ending) -> Any:
    """Ends a measure; what it held still waits for its sender's confirmation."""
    return lift_measure(actor=request.auth, measure_id=measure_id, reason=asked.reason)
