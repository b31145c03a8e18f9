"""Every address of the web process: the API below /api/v1/, pages everywhere else."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("fairpost.api.urls"):
    urlpatterns.append(path("api/v1/", include("fairpost.api.urls")))
if find_spec("fairpost.web.urls"):
    urlpatterns.append(path("", include("fairpost.web.urls")))

handler400 = "fairpost.web.errors.bad_request"
handler404 = "fairpost.web.errors.not_found"
handler500 = "fairpost.web.errors.failed"
