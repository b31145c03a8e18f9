"""How documents and findings are kept as JSON, and how a document gets its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fairpost.engine.document import Finding
from fairpost.engine.ports import Document, Link


def document_to_json(document: Document) -> dict[str, Any]:
    return {
        "subject": document.subject,
        "html": document.html,
        "text": document.text,
        "links": [asdict(each) for each in document.links],
    }


def document_from_json(stored: Mapping[str, Any]) -> Document:
    links = tuple(Link(**each) for each in stored["links"])
    return Document(stored["subject"], stored["html"], stored["text"], links)


def findings_to_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [asdict(each) for each in findings]


def findings_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**each) for each in stored)


def content_hash(document: Document, *, language: str, organisation_id: int, joint_notice_id: int | None) -> str:
    """SHA-256, in hexadecimal, over all that determines the mail, as JSON in one canonical form (sorted
    keys).
    """
    determined = {
        "document": document_to_json(document),
        "language": language,
        "organisation": organisation_id,
        "joint_notice": joint_notice_id,
    }
    canonical = json.dumps(determined, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
