"""Cases and their evidence, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Moment, Name, Reason, Told

Source = Literal["report", "trusted_flagger", "own_initiative", "authority", "machine"]
Why = Annotated[StrictStr, Field(min_length=1, max_length=1000, description="Why, for the record.")]


class NewCase(Asked):
    """What somebody must look at."""

    title: Name
    source: Source = "own_initiative"
    account_id: Id | None = Field(None, description="The account that it concerns.")
    source_identity: Line = Field("", description="Who brought it up, where that may be said.")
    queue: Annotated[StrictStr, Field(min_length=1, max_length=60)] = "general"
    due_at: Moment | None = Field(None, description="Until when somebody must have looked; default: in 24 hours.")
    reason: Reason = None


class Case(Told):
    """One case. `state` is open or closed; `decisions` are numbers, 17 for D-17."""

    id: int
    account_id: int | None
    title: str
    source: str
    queue: str
    state: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    closed_at: datetime | None
    closed_reason: str
    evidence: int = Field(description="How many pieces it holds.")
    decisions: list[int]


class NewEvidence(Asked):
    """One piece of evidence. It is sealed, and never changed."""

    label: Name
    text: Annotated[StrictStr, Field(min_length=1, max_length=1_000_000)]
    reference: Line = Field("", description="What it was taken from, like campaign:12 or content:<hash>.")


class Made(Told):
    """The number of what was added."""

    id: int


class Evidence(Told):
    """One piece in clear; `text` is null where its subject was erased."""

    id: int
    label: str
    reference: str
    sha256: str
    added_at: datetime
    text: str | None


class Closing(Asked):
    reason: Why
