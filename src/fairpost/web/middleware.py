"""Around every page: its language, the headers that keep it to itself, and a page where the database is away."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from fairpost.kernel.languages import preferred_language
from fairpost.kernel.text import in_language
from fairpost.web.errors import bad_request, unavailable

API = "/api/"
HEADERS = {
    "Cache-Control": "no-store",  # the address is a person's own
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class PageMiddleware:
    """Sets what a view has not set itself; the API has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            response = self.get_response(request) if of_this_host(request) else HttpResponse(status=400)
        else:
            response = self.page(request)
        if settings.FAIRPOST.platform_url.startswith("https:"):
            response["Strict-Transport-Security"] = "max-age=31536000"
        return response

    def page(self, request: HttpRequest) -> HttpResponse:
        accepted = request.headers.get("Accept-Language", "")
        with in_language(preferred_language(accepted, settings.FAIRPOST.language)):
            response = self.get_response(request) if of_this_host(request) else bad_request(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Referrer-Policy", "no-referrer")  # nor must it be told to where a link leads
        response["Vary"] = "Accept-Language"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        away = isinstance(error, (OperationalError, InterfaceError)) and not request.path_info.startswith(API)
        return unavailable(request) if away else None


def of_this_host(request: HttpRequest) -> bool:
    """Whether the Host header names this installation."""
    domain, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
    return bool(domain) and validate_host(domain, settings.OWN_HOSTS)
