"""`/a/<name>`: a campaign that its sender lets anybody read, shut in a sandbox as every author's markup is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fairpost.campaigns.queries.archive import archived_page
from fairpost.kernel.errors import NotFound
from fairpost.web.errors import not_found
from fairpost.web.pages.view import SANDBOX


@require_safe
def archive(request: HttpRequest, name: str) -> HttpResponse:
    """Filled with nobody's data; its links are direct and it has no pixel."""
    try:
        html = archived_page(name)
    except NotFound:
        return not_found(request)
    return HttpResponse(html, headers={"Content-Security-Policy": SANDBOX})
