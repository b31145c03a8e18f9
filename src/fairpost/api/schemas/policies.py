"""Clauses of the policy, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Line, Moment, Reason, Told


class Text(Asked):
    """What people read in one language. `text` has blank lines between paragraphs and `- ` before items of a list."""

    title: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    text: Annotated[StrictStr, Field(min_length=1, max_length=20_000)]


Texts = Annotated[
    dict[Annotated[str, Field(pattern="^[a-z]{2,3}$")], Text],
    Field(min_length=1, max_length=40, description="By language: en, fr, it, es, de ..."),
]


class NewClause(Asked):
    """The next version of a clause, or its first."""

    texts: Texts
    dsa_category: Line = Field(description="STATEMENT_CATEGORY_... under which reasons are exported.")
    dsa_keywords: list[Line] = Field([], max_length=20, description="KEYWORD_... of the export.")
    ground: Literal["incompatible", "illegal"] = Field("incompatible", description="Our terms, or the law.")
    effective_from: Moment | None = Field(None, description="When it begins to hold; default: at once.")
    reason: Reason = None


class Clause(Told):
    """One version. It holds from `effective_from` (included) to `effective_to` (not included)."""

    id: int
    code: str
    version: int
    label: str = Field(description="code@version")
    permalink: str
    effective_from: datetime
    effective_to: datetime | None
    ground: str
    dsa_category: str
    dsa_keywords: list[str]
    hash: str = Field(description="SHA-256 of all that was published, in one canonical form.")
    texts: dict[str, dict[str, str]]
