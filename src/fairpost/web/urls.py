"""The public addresses: those that stand in every mail (see `engine/mime`), the front page and the health check."""

from __future__ import annotations

from django.urls import path, register_converter

from fairpost.web.pages.click import click
from fairpost.web.pages.contact import contact
from fairpost.web.pages.decision import decision
from fairpost.web.pages.index import healthz, index
from fairpost.web.pages.notice import notice
from fairpost.web.pages.periods import periods
from fairpost.web.pages.pixel import pixel
from fairpost.web.pages.policy import policy, policy_clause
from fairpost.web.pages.register import audit_heads, entry, register
from fairpost.web.pages.report import report, status
from fairpost.web.pages.transparency import transparency, year
from fairpost.web.pages.unsubscribe import unsubscribe
from fairpost.web.pages.view import view


class LinkNumber:
    """The number of a link within its content."""

    regex = "0|[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(LinkNumber, "link")

urlpatterns = [
    path("", index),
    path("healthz", healthz),
    path("u/<str:token>", unsubscribe),
    path("c/<link:number>/<str:token>", click),
    path("o/<str:token>.gif", pixel),
    path("v/<str:token>", view),
    path("n/<str:token>", notice),
    path("contact/<str:token>", contact),
    path("decision/<str:name>", decision),
    path("register", register),
    path("register.json", register, {"form": "json"}),
    path("register.atom", register, {"form": "atom"}),
    path("register/heads.json", audit_heads),
    path("register/<str:name>", entry),
    path("report", report),
    path("report/<str:token>", status),
    path("transparency", transparency),
    path("transparency/<str:name>", year),
    path("periods", periods),
    path("periods.json", periods, {"form": "json"}),
    path("policy", policy),
    path("policy/<slug:code>", policy_clause),
    path("policy/<slug:code>/<int:version>", policy_clause),
]
