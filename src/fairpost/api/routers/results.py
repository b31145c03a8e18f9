"""What came back, of a campaign or of all campaigns of somebody: JSON, CSV, or a chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AwareDatetime

from fairpost.api.authentication import Caller
from fairpost.api.files import written_csv
from fairpost.api.schemas import results as told
from fairpost.api.schemas.fields import HIGHEST, PathId
from fairpost.events.queries.cadence import cadence
from fairpost.events.queries.link_map import SANDBOX, link_map
from fairpost.events.queries.results import results
from fairpost.events.queries.results_by_domain import results_by_domain
from fairpost.events.queries.results_by_link import results_by_link
from fairpost.events.queries.results_over_time import results_over_time
from fairpost.events.reports import chart as charts
from fairpost.events.reports import table as tables
from fairpost.events.reports.page import POLICY, page
from fairpost.events.reports.scope import Scope

router = Router()
ALL = "/accounts/{account_id}/results"
ONE = "/accounts/{account_id}/campaigns/{campaign_id}/results"
Which = Annotated[int | None, Query(ge=1, le=HIGHEST)]
When = Annotated[AwareDatetime | None, Query(description="When campaigns began: ISO 8601 with zone.")]
Zone = Annotated[str, Query(max_length=64, description="IANA time zone; default: the account's.")]
Step = Annotated[Literal["hour", "day"], Query()]
Format = Annotated[
    Literal["json", "csv", "svg", "html"] | None, Query(description="Default: by Accept, else JSON. html has both.")
]
MEDIA = {"text/csv": "csv", "image/svg+xml": "svg", "text/html": "html"}
FORMS: dict[str, Any] = {"responses": {200: {"content": {each: {"schema": {"type": "string"}} for each in MEDIA}}}}
PAGE: dict[str, Any] = {"responses": {200: {"description": "A page.", "content": {
    "text/html": {"schema": {"type": "string"}}}}}}  # fmt: skip
Build = Callable[[Any], tables.Table]


def answer(request: HttpRequest, form: str | None, found: Any, table: Build, spec: Callable[..., Any]) -> Any:
    """The report in the form that was asked for."""
    form = form or next((MEDIA[each] for each in MEDIA if request.headers.get("Accept", "").startswith(each)), "json")
    if form == "json":
        return found
    made = table(found)
    if form == "csv":
        return written_csv("results.csv", lambda out: tables.write_csv(made, out))
    drawn = charts.svg(spec(made))
    if form == "svg":
        return HttpResponse(drawn, content_type="image/svg+xml", headers={"Content-Security-Policy": POLICY})
    return HttpResponse(page(made, drawn), headers={"Content-Security-Policy": POLICY})


@router.get(ONE, response=told.Results, openapi_extra=FORMS)
def get_campaign_results(request: Caller, account_id: PathId, campaign_id: PathId, format: Format = None) -> Any:
    """What a campaign came to."""
    found = results(request.auth, account_id, Scope(campaign_id=campaign_id))
    return answer(request, format, found, tables.results_table, charts.results_chart)


@router.get(ONE + "/links", response=list[told.LinkResult], openapi_extra=FORMS)
def get_campaign_links(request: Caller, account_id: PathId, campaign_id: PathId, format: Format = None) -> Any:
    """Clicks by link, in the order of the mail."""
    found = results_by_link(request.auth, account_id, campaign_id)
    return answer(request, format, found, tables.links_table, charts.links_chart)


@router.get(ONE + "/map", openapi_extra=PAGE)
def get_campaign_map(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """The mail with the clicks laid over its links; for a sandboxed frame."""
    made = link_map(request.auth, account_id, campaign_id)
    return HttpResponse(made, headers={"Content-Security-Policy": SANDBOX})


@router.get(ALL, response=told.Results, openapi_extra=FORMS)
def get_results(
    request: Caller, account_id: PathId, identity_id: Which = None, unit_id: Which = None,
    joint_sender_id: Which = None, since: When = None, until: When = None, format: Format = None,
) -> Any:  # fmt: skip
    """What all campaigns of the account came to, or of one sender, unit or joint sender."""
    found = results(request.auth, account_id, Scope(None, identity_id, unit_id, joint_sender_id, since, until))
    return answer(request, format, found, tables.results_table, charts.results_chart)


@router.get(ALL + "/over-time", response=list[told.TimeResult], openapi_extra=FORMS)
def get_results_over_time(
    request: Caller, account_id: PathId, campaign_id: Which = None, identity_id: Which = None, unit_id: Which = None,
    joint_sender_id: Which = None, since: When = None, until: When = None, by: Step = "hour", zone: Zone = "",
    format: Format = None,
) -> Any:  # fmt: skip
    """What came back in each hour or day."""
    scope = Scope(campaign_id, identity_id, unit_id, joint_sender_id, since, until)
    found = results_over_time(request.auth, account_id, scope, step=by, zone=zone)
    return answer(request, format, found, tables.time_table, charts.time_chart)


@router.get(ALL + "/domains", response=told.DomainResults, openapi_extra=FORMS)
def get_results_by_domain(
    request: Caller, account_id: PathId, campaign_id: Which = None, identity_id: Which = None, unit_id: Which = None,
    joint_sender_id: Which = None, since: When = None, until: When = None,
    by: Annotated[Literal["domain", "provider"], Query()] = "domain",
    limit: Annotated[int, Query(ge=1, le=200)] = 50, format: Format = None,
) -> Any:  # fmt: skip
    """What came back by the recipients' domain, or the mailbox provider behind it."""
    scope = Scope(campaign_id, identity_id, unit_id, joint_sender_id, since, until)
    found = results_by_domain(request.auth, account_id, scope, by=by, limit=limit)
    return answer(request, format, found, tables.domains_table, charts.domains_chart)


@router.get(ALL + "/cadence", response=told.Cadence, openapi_extra=FORMS)
def get_cadence(
    request: Caller, account_id: PathId, identity_id: Which = None, unit_id: Which = None,
    joint_sender_id: Which = None, since: When = None, until: When = None, by: Step = "day", zone: Zone = "",
    format: Format = None,
) -> Any:  # fmt: skip
    """How many campaigns began on each day or in each hour."""
    found = cadence(
        request.auth, account_id, Scope(None, identity_id, unit_id, joint_sender_id, since, until), step=by, zone=zone
    )
    return answer(request, format, found, tables.cadence_table, charts.cadence_chart)
