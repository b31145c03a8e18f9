"""Figures about enforcement in any period."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.schemas.fields import Moment
from fairpost.enforcement.queries.transparency import transparency_report
from fairpost.enforcement.transparency.csv_form import to_csv

router = Router()
Since = Annotated[Moment, Query(description="Beginning, included.")]
Until = Annotated[Moment, Query(description="End, not included.")]
CSV: dict[str, Any] = {
    "responses": {
        200: {
            "description": "One figure a line: part, indicator, breakdown, value (RFC 4180).",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }
}


@router.get("/transparency", response=dict[str, Any])
def get_transparency_report(request: Caller, since: Since, until: Until) -> Any:
    """What was decided, told, appealed, held and reported, in numbers."""
    return asdict(transparency_report(request.auth, since, until))


@router.get("/transparency.csv", openapi_extra=CSV, response={200: None})
def get_transparency_csv(request: Caller, since: Since, until: Until) -> Any:
    """The same as CSV."""
    return HttpResponse(to_csv(transparency_report(request.auth, since, until)), content_type="text/csv; charset=utf-8")
