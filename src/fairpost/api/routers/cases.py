"""Cases: what decisions stand on. Who opens the evidence is on record, and only who has may approve."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.schemas import cases as told
from fairpost.api.schemas.fields import PathId
from fairpost.enforcement.actions import open_case as actions
from fairpost.enforcement.queries import cases as queries

router = Router()
Queue = Annotated[str | None, Query(max_length=60, description="Only this queue.")]


@router.get("/cases", response=Page[told.Case])
def list_cases(
    request: Caller, queue: Queue = None, closed: bool = False, before: Before = None, limit: Limit = 50
) -> Any:
    """Open cases, or with `closed` those that are closed, the newest first."""
    rows = lambda most: queries.cases(request.auth, queue=queue, closed=closed, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post("/cases", response={201: told.Case})
def open_case(request: Caller, asked: told.NewCase) -> Any:
    """Opens a case. Nothing is restricted by it."""
    return queries.case(request.auth, actions.open_case(actor=request.auth, **asked.model_dump()))


@router.get("/cases/{case_id}", response=told.Case)
def get_case(request: Caller, case_id: PathId) -> Any:
    """One case."""
    return queries.case(request.auth, case_id)


@router.post("/cases/{case_id}/evidence", response={201: told.Made})
def add_evidence(request: Caller, case_id: PathId, asked: told.NewEvidence) -> Any:
    """Adds a piece of evidence. Whoever had opened the evidence must open it again to approve."""
    return {"id": actions.add_evidence(actor=request.auth, case_id=case_id, **asked.model_dump())}


@router.get("/cases/{case_id}/evidence", response=Page[told.Evidence])
def read_evidence(request: Caller, case_id: PathId) -> Any:
    """All evidence in clear. That this person opened it goes on record. Needs a personal key."""
    return whole(queries.read_evidence(request.auth, case_id))


@router.post("/cases/{case_id}/close", response=told.Case)
def close_case(request: Caller, case_id: PathId, asked: told.Closing) -> Any:
    """Closes a case; what was decided in it stays as it is."""
    actions.close_case(actor=request.auth, case_id=case_id, reason=asked.reason)
    return queries.case(request.auth, case_id)
