"""The front page, and the address by which others see whether this process works."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from fairpost.kernel.text import _
from fairpost.web.render import rendered


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Says what this host is, for whoever looked it up from a mail's records."""
    return rendered(
        request,
        "index.html",
        title="Fairpost",
        text=_("This host sends newsletters and other mails on behalf of organisations."),
        unsubscribe=_("To unsubscribe, use the link at the end of the mail that you got."),
        document=_("For programs: the description of the API"),
    )


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 where this process and its database answer, else 503. Tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database away"}, status=503)
    return JsonResponse({"status": "ok"})
