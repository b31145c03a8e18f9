"""Around every call of the API: language, size, media type, and a problem document for whatever went wrong outside."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fairpost.api.problems import MEDIA_TYPE, answer_to, problem
from fairpost.kernel.languages import preferred_language
from fairpost.kernel.text import _, in_language

PREFIX = "/api/"
MEGABYTE = 1_000_000
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


class ApiMiddleware:
    """Stands before everything else; pages pass through untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        accepted = request.headers.get("Accept-Language", "")
        with in_language(preferred_language(accepted, settings.FAIRPOST.language)):
            response = refused(request) or self.answer(request)
        response["Cache-Control"] = "no-store"
        response.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response["Vary"] = "Authorization, Accept, Accept-Language"
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return explained(response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_to(error, request) if request.path_info.startswith(PREFIX) else None


def refused(request: HttpRequest) -> HttpResponse | None:
    """What can be refused by the head of a request alone."""
    if request.method not in WITH_BODY:
        return None
    length = request.META.get("CONTENT_LENGTH", "")
    if not length and request.headers.get("Transfer-Encoding"):
        return problem(411, _("Say how long the body is (Content-Length)."))
    size = int(length) if length.isascii() and length.isdigit() else 0
    upload = request.content_type == "multipart/form-data"
    configuration = settings.FAIRPOST
    most = configuration.upload_megabytes if upload else configuration.api_body_megabytes
    if size > most * MEGABYTE:
        return problem(413, _("The body is larger than {most} MB.").format(most=most))
    if size and not upload and request.content_type != "application/json":
        detail = _("Send JSON, with Content-Type: application/json; files as multipart/form-data.")
        return problem(415, detail)
    return None


def explained(response: HttpResponse) -> HttpResponse:
    """A problem document in place of a page that Django or django-ninja made."""
    known = {
        405: _("This address does not take this method."),
        400: _("The request cannot be read."),
    }
    status = response.status_code if response.status_code in (400, 404, 405, 413) else 400
    if response.status_code >= 500:
        status = 500
    made = problem(status, known.get(status) or _("The request cannot be answered."))
    if "Allow" in response:
        made["Allow"] = ", ".join(sorted(response["Allow"].split(", ")))
    return made
