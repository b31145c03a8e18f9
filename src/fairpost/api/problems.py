"""Every error leaves the API as one problem document (RFC 9457): what happened, where, and what to do."""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from fairpost.kernel.errors import FairpostError, Restricted
from fairpost.kernel.text import _

MEDIA_TYPE = "application/problem+json"
TYPES = "urn:fairpost:problem:"  # names, not pages: docs/reference/api.md lists them

log = structlog.get_logger(__name__)

SLUGS = {
    400: "bad-request",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    411: "length-required",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    500: "error",
    503: "unavailable",
}


def titles() -> dict[int, str]:
    """The short name of each status, in the language of this request."""
    return {
        400: _("Bad request"),
        401: _("Not authenticated"),
        403: _("Forbidden"),
        404: _("Not found"),
        405: _("Method not allowed"),
        409: _("Conflict"),
        411: _("Length required"),
        413: _("Too large"),
        415: _("Unsupported media type"),
        422: _("Invalid"),
        429: _("Too many requests"),
        500: _("Internal error"),
        503: _("Unavailable"),
    }


def problem(status: int, detail: str, *, slug: str = "", **members: Any) -> HttpResponse:
    """A problem document; members that are None or empty are left out."""
    document = {
        "type": TYPES + (slug or SLUGS[status]),
        "title": titles()[status],
        "status": status,
        "detail": detail,
        **{name: value for name, value in members.items() if value},
    }
    content = json.dumps(document, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE)


def of_error(error: FairpostError) -> HttpResponse:
    """An error of an action or query. Content that was refused has all its `findings`, a restriction its decision."""
    findings = [vars_of(each) for each in getattr(error, "findings", ())]
    force = (
        {"decision": error.decision, "url": error.url, "reasons": error.reasons}
        if isinstance(error, Restricted)
        else {}
    )
    return problem(
        error.status, error.message, slug=error.slug, field=error.field, hint=error.hint, findings=findings, **force
    )


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def of_validation(error: ValidationError) -> HttpResponse:
    """What does not fit the schema: the first place in `field`, all of them in `errors`."""
    errors = [{"field": place(each["loc"]), "message": each["msg"]} for each in error.errors]
    first = errors[0]
    detail = _("{field}: {message}").format(field=first["field"], message=first["message"])
    return problem(422, detail, field=first["field"], errors=errors)


def place(location: tuple[Any, ...]) -> str:
    """`audience.lists.0` of what pydantic calls ("body", "asked", "audience", "lists", 0)."""
    source, *rest = location
    names = [str(each) for each in rest]
    return ".".join(names[1:] if source == "body" and len(names) > 1 else names) or str(source)


def unauthenticated() -> HttpResponse:
    response = problem(
        401,
        _("This needs an API key that is in force."),
        hint=_("Send it as: Authorization: Bearer fp_..."),
    )
    response["WWW-Authenticate"] = 'Bearer realm="fairpost"'
    return response


def of_database(error: Exception) -> HttpResponse:
    """503 for a database that is away; what it said goes to the log only."""
    log.error("api.database_away", error=str(error).partition("\n")[0])
    response = problem(503, _("The database does not answer."), hint=_("Try again in a few seconds."))
    response["Retry-After"] = "5"
    return response


def of_data(error: Exception) -> HttpResponse:
    """A value that PostgreSQL cannot keep and no schema refused before."""
    log.warning("api.value_refused", error=str(error).partition("\n")[0])
    return problem(422, _("A value is out of range or cannot be stored."))


def of_defect(error: Exception, request: HttpRequest) -> HttpResponse:
    """500: our fault. The traceback goes to the log, never to the caller."""
    log.error("api.defect", method=request.method, path=request.path, exc_info=error)
    return problem(500, _("This went wrong here, not at your end. It is in our log."))


def answer_to(error: Exception, request: HttpRequest) -> HttpResponse:
    """The problem document for whatever a handler raised."""
    match error:
        case FairpostError():
            return of_error(error)
        case ValidationError():
            return of_validation(error)
        case AuthenticationError():
            return unauthenticated()
        case HttpError():
            cause = error.__cause__  # what our parser said, which django-ninja hides behind one of its own
            return problem(error.status_code, str(cause if isinstance(cause, HttpError) else error))
        case Http404():
            return nowhere()
        case OperationalError() | InterfaceError():
            return of_database(error)
        case DataError() | UnicodeEncodeError():
            return of_data(error)
    return of_defect(error, request)


def nowhere() -> HttpResponse:
    return problem(404, _("There is nothing at this address."), hint=_("See /api/v1/openapi.json."))
