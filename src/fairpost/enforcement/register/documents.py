"""The register as documents for programs: one entry, and a page of it with what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fairpost.audit.queries.heads import Head, latest_head
from fairpost.enforcement.queries.register import RegisterEntryView, Statement, undisclosed
from fairpost.enforcement.register.addresses import register_url
from fairpost.enforcement.register.guarantees import guarantees
from fairpost.enforcement.register.wording import sealed_sentence, title
from fairpost.kernel.text import _


def entry_document(view: RegisterEntryView) -> dict[str, Any]:
    """One entry. All statements stand in one list at one level, the newest first."""
    document: dict[str, Any] = {
        "id": view.id,
        "url": view.url,
        "visibility": view.visibility,
        "updated_at": moment(view.updated_at),
    }
    if view.visibility == "sealed":
        return document | {
            "sealed_until": moment(view.sealed_until) if view.sealed_until else None,
            "legal_basis": view.legal_basis,
            "sentence": sealed_sentence(view.sealed_until, view.legal_basis),
        }
    return document | {
        "published_at": moment(view.published_at) if view.published_at else None,
        "anonymous": view.anonymous,
        "state": view.state,
        "measures": view.states,
        "statements": [statement_document(view, each) for each in view.statements],
    }


def statement_document(view: RegisterEntryView, each: Statement) -> dict[str, Any]:
    return {
        "number": each.number,
        "kind": each.kind,
        "title": title(each.kind, each.content, view.decision_id),
        "url": each.url,
        "at": moment(each.at),
        "disclosed_at": moment(each.shown_at),
        "content": each.content,
    }


def register_document(views: Sequence[RegisterEntryView], following: str | None) -> dict[str, Any]:
    """One page. `following` is the address of the next one."""
    kept = undisclosed()
    head = latest_head()
    return {
        "url": register_url(),
        "feed": register_url(".atom"),
        "entries": [entry_document(each) for each in views],
        "next": following,
        "undisclosed": {"orders": kept.orders, "entries": kept.entries},
        "guarantees": [
            {"role": each.role, "sentence": _(each.sentence), "met": each.met} for each in guarantees()
        ],
        "audit_head": head_document(head) if head else None,
    }


def head_document(head: Head) -> dict[str, Any]:
    return {"sequence": head.sequence, "hash": head.hash, "at": moment(head.at)}


def moment(at: datetime) -> str:
    """RFC 3339, UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
