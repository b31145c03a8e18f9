"""Pages are rendered with their one stylesheet inside, so that a page is one request and needs nothing else."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from fairpost.kernel.text import current_language


@cache
def stylesheet() -> str:
    return (files("fairpost.web") / "pages.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """The Content-Security-Policy of every page: nothing but this one stylesheet, by its hash, and its own forms."""
    digest = b64encode(sha256(stylesheet().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def rendered(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page in the language of this request."""
    known = {"language": current_language(), "stylesheet": stylesheet(), **values}
    response = HttpResponse(render_to_string(f"web/{template}", known, request), status=status)
    response["Content-Security-Policy"] = policy()
    return response


def message(request: HttpRequest, status: int, title: str, text: str, advice: str = "") -> HttpResponse:
    """A page that says one thing."""
    return rendered(request, "message.html", status, title=title, text=text, advice=advice)
