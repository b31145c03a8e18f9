"""The addresses below /api/v1/: the document, the operations, and a problem for everything else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from fairpost.api.application import API, document
from fairpost.api.problems import nowhere


def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document; open to everyone, it says nothing about this installation."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    return nowhere()


urlpatterns = [
    path("openapi.json", csrf_exempt(openapi)),
    path("", API.urls),
    re_path("", unknown),
]
