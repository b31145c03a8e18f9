"""The public addresses that have pages; what every mail needs without a database is at the edge."""

from __future__ import annotations

from django.urls import path

from fairpost.web.pages.archive import archive
from fairpost.web.pages.contact import contact
from fairpost.web.pages.decision import decision
from fairpost.web.pages.form import confirm, form
from fairpost.web.pages.index import healthz, index
from fairpost.web.pages.notice import notice
from fairpost.web.pages.periods import periods
from fairpost.web.pages.policy import policy, policy_clause
from fairpost.web.pages.preferences import preferences
from fairpost.web.pages.register import audit_heads, entry, register
from fairpost.web.pages.report import report, status
from fairpost.web.pages.transparency import transparency, year
from fairpost.web.pages.view import view

urlpatterns = [
    path("", index),
    path("healthz", healthz),
    path("v/<str:token>", view),
    path("n/<str:token>", notice),
    path("a/<str:name>", archive),
    path("f/confirm/<str:token>", confirm),
    path("f/<str:public_id>", form),
    path("p/<str:token>", preferences),
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
