"""Statements of reasons, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from fairpost.api.schemas.fields import Asked, Id, Moment, Reason, Told, Yes


class ExportedStatement(Told):
    """A statement; `exported_at` is null where it has not been exported yet. `statement` fits the DSA database."""

    decision: str
    measure: str
    recipient: str
    revision: int
    puid: str
    reversal: str
    statement: dict[str, Any]
    exported_at: datetime | None


class NotExported(Told):
    """Why there is no statement of this measure for this recipient."""

    decision: str
    measure: str
    recipient: str
    code: str
    reason: str


class MeasureStatements(Told):
    """Everything there is of one measure; `id` is its number."""

    id: int
    decision: str
    measure: str
    kind: str
    statements: list[ExportedStatement]
    not_exported: list[NotExported]


class ExportAsked(Asked):
    """Which measures: of one decision, or in force or reversed from `since` on and before `until`; or all."""

    decision_id: Id | None = None
    since: Moment | None = None
    until: Moment | None = None
    again: Yes = Field(False, description="Tells those too that were exported before, unchanged.")
    reason: Reason = None


class Export(Told):
    """What was exported, and what was not and why."""

    statements: list[ExportedStatement]
    not_exported: list[NotExported]


class Bulk(Asked):
    """Statements as they would be sent in one bulk."""

    statements: list[Any] = Field(
        description="1 to 100 statements; whatever else it is, is a finding.", max_length=1000
    )


class Finding(Told):
    """One rule that a statement breaks; `index` counts from 0, null for the bulk as a whole."""

    index: int | None
    field: str
    rule: str
    message: str


class Validation(Told):
    """`valid` where nothing was found; a bulk is accepted as a whole or not at all."""

    valid: bool
    findings: list[Finding]
