"""`/o/<token>.gif`: one transparent point, whatever the token is. Opens are not recorded yet."""

from __future__ import annotations

from base64 import b64decode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@require_safe
def pixel(_request: HttpRequest, token: str) -> HttpResponse:
    """The same answer for every token, so that nobody can try which are genuine; no database is asked."""
    return HttpResponse(GIF, content_type="image/gif", headers={"Cross-Origin-Resource-Policy": "cross-origin"})
