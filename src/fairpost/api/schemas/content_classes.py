"""Content classes, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from fairpost.api.schemas.fields import Asked, Id, Line, Reason, Told
from fairpost.api.schemas.policies import Texts


class NewContentClass(Asked):
    """The next version of a class, or its first."""

    rule: dict[str, Any] = Field(description="See docs/reference/content-classes.md.")
    texts: Texts
    reason: Reason = None


class ContentClass(Told):
    """One version; it never changes."""

    id: int
    name: str
    version: int
    label: str = Field(description="name@version")
    rule: dict[str, Any]
    hash: str
    created_by_person_id: int | None = Field(description="null for classes that come with Fairpost.")
    created_at: datetime
    texts: dict[str, dict[str, str]]


class TrialOf(Asked):
    """A content version to try a class on."""

    account_id: Id
    content_version_id: Id
    content_class: Line = Field(description="A name (its latest version) or name@version.")


class Trial(Told):
    """`spans` are place and quoted text; `because` are the facts that decided."""

    content_class: str
    content_version_id: int
    matched: bool
    spans: list[tuple[str, str]]
    because: list[str]
