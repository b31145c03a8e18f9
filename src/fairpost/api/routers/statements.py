"""Statements of reasons in the schema of the DSA Transparency Database."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.schemas import statements as told
from fairpost.api.schemas.fields import HIGHEST, Moment, PathId
from fairpost.enforcement.actions.export_statements import export_statements
from fairpost.enforcement.dsa.validate import validate_bulk
from fairpost.enforcement.queries.statements import Wanted, measure_statements
from fairpost.tenants.authorise import authorise

router = Router()
Decision = Annotated[int | None, Query(ge=1, le=HIGHEST, description="Only this decision: 17 for D-17.")]


@router.get("/statements", response=Page[told.MeasureStatements])
def list_statements(
    request: Caller,
    decision_id: Decision = None,
    since: Moment | None = None,
    until: Moment | None = None,
    after: After = 0,
    limit: Limit = 100,
) -> Any:
    """By measure: what was exported, what can be, and why the rest cannot."""
    wanted = Wanted(decision_id, since, until)
    return page(request, "after", limit, lambda most: measure_statements(request.auth, wanted, after=after, limit=most))


@router.get("/accounts/{account_id}/statements", response=Page[told.MeasureStatements])
def list_account_statements(
    request: Caller, account_id: PathId, decision_id: Decision = None, after: After = 0, limit: Limit = 100
) -> Any:
    """The same for one account: what it was told, and nothing of others."""
    actor = may_read(request, account_id, "enforcement.read")
    wanted = Wanted(decision_id, account_id=account_id)
    return page(request, "after", limit, lambda most: measure_statements(actor, wanted, after=after, limit=most))


@router.post("/statements/exports", response={201: told.Export})
def export(request: Caller, asked: told.ExportAsked) -> Any:
    """Exports what is due, once: each statement is kept under its puid, and told again only if asked for."""
    wanted = Wanted(asked.decision_id, asked.since, asked.until)
    return export_statements(actor=request.auth, wanted=wanted, again=asked.again, reason=asked.reason)


@router.post("/statements/validate", response=told.Validation)
def validate(request: Caller, asked: told.Bulk) -> Any:
    """Holds statements, ours or others', to every rule of the schema. Nothing is kept."""
    authorise(request.auth, "enforcement.read", account_id=request.auth.account_id, unit_id=request.auth.unit_id)
    findings = validate_bulk(asked.statements)
    return {"valid": not findings, "findings": findings}
