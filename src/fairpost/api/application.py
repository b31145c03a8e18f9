"""The API as one application: its routers, how it authenticates, limits, repeats and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.operation import Operation

import fairpost
from fairpost.api.authentication import BEARER
from fairpost.api.openapi import DESCRIPTION, completed
from fairpost.api.pace import take
from fairpost.api.parser import StrictParser
from fairpost.api.problems import answer_to, problem
from fairpost.api.repeat import once
from fairpost.api.routers import ROUTERS
from fairpost.api.uploads import ToDisk
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.text import _

ROOT = "/api/v1/"
SAFE = ("GET", "HEAD", "OPTIONS")
Run = Callable[..., HttpResponse]


class Api(NinjaAPI):
    """Names operations by their handlers and answers every exception with a problem document."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return answer_to(exc, request)


def guarded(run: Run) -> Run:
    """Runs an operation for a known caller, within its pace, and once where it carries an Idempotency-Key."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    handler = operation.view_func
    parameters = query_parameters(operation)

    @wraps(run)
    def answer(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            actor = BEARER(request)
            if actor is None:
                raise AuthenticationError
            now = SYSTEM_CLOCK.now()
            request.upload_handlers = [ToDisk(request)]  # type: ignore[list-item]
            allowance = take(actor.api_key_id, settings.FAIRPOST.api_requests_per_minute, now)
            if allowance.wait:
                response = too_many(allowance.wait)
            elif unknown := set(request.GET) - parameters:
                response = no_such_parameter(min(unknown), parameters)
            elif request.method in SAFE:
                response = run(request, **values)
            else:
                response = once(request, actor, handler, lambda: run(request, **values), now)
        except Exception as error:
            return answer_to(error, request)
        finally:
            request.close()  # uploads are gone with the request, whatever the server does with the answer
        allowance.tell(response)
        return response

    return answer


def query_parameters(operation: Operation) -> frozenset[str]:
    """The names that an operation takes in its query."""
    models = [each for each in operation.models if each.__ninja_param_source__ == "query"]
    return frozenset(name for each in models for name in each.__ninja_flatten_map__)


def no_such_parameter(name: str, known: frozenset[str]) -> HttpResponse:
    """A slip in a name would go unseen: `?limt=5` gives a hundred."""
    detail = _("There is no query parameter {name!r} here.").format(name=name[:100])
    hint = _("Choose one of {all}.").format(all=", ".join(sorted(known))) if known else ""
    return problem(422, detail, field=name[:100], hint=hint)


def too_many(seconds: int) -> HttpResponse:
    detail = _("This API key has used up its requests for now.")
    hint = _("Wait {seconds} seconds before the next one.").format(seconds=seconds)
    return problem(429, detail, hint=hint)


def made() -> Api:
    api = Api(
        title="Fairpost",
        version=fairpost.__version__,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
        auth=BEARER,
        parser=StrictParser(),
    )
    api.add_decorator(guarded, mode="view")
    for tag, router in ROUTERS:
        api.add_router("", router, tags=[tag])
    return api


API = made()


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, the same on every machine."""
    return completed(json.loads(json.dumps(API.get_openapi_schema(path_prefix=ROOT))))
