"""Whoever calls the API is the owner of the key in the Authorization header (RFC 6750), or nobody."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from fairpost.kernel.actor import Actor
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key


class Caller(HttpRequest):
    """A request whose caller is known; for annotations."""

    auth: Actor


class ApiKey(HttpBearer):
    """An API key as bearer token; `request.auth` is then its Actor."""

    openapi_description = "An API key: `fairpost account key create`, or POST /api/v1/accounts/{account_id}/keys."

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor; asked for a second time within one request, the one that is known already."""
        known = getattr(request, "auth", None)
        if known is None:
            known = request.auth = super().__call__(request)  # type: ignore[attr-defined]
        return known

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return authenticate_api_key(token)


BEARER = ApiKey()
