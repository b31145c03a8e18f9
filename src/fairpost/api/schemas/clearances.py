"""Clearances, and what was stopped in a hurry, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictInt, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Reason, Told, Yes

Hash = Annotated[StrictStr, Field(pattern="^[0-9a-f]{64}$")]
Why = Annotated[StrictStr, Field(min_length=1, max_length=1000)]
Words = Annotated[StrictStr, Field(min_length=1, max_length=5000)]


class Clearance(Told):
    """`account_id` null: wherever this content is sent. Who did it is a number; null: nobody looked in time."""

    id: int
    account_id: int | None
    content_hash: str
    family: str
    state: str = Field(description="active or withdrawn.")
    cleared_by: int | None
    cleared_at: datetime
    reason: str
    withdrawn_by: int | None
    withdrawn_at: datetime | None
    withdrawn_reason: str


class NewClearance(Asked):
    account_id: Id | None = None
    content: list[Hash] = Field(min_length=1, max_length=100)
    family: Annotated[StrictStr, Field(max_length=200)] = ""
    reason: Why


class Withdrawal(Asked):
    reason: Why


class FamilyWithdrawal(Asked):
    family: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    reason: Why


class SecondLook(Told):
    """What came into force without a second person, and waits for one to look at it."""

    decision_id: int
    decision: str
    measure: str
    kind: str
    case: str
    state: str
    since: datetime
    ends_at: datetime | None


class NewLook(Asked):
    agrees: Yes
    reason: Why


class DecisionMade(Told):
    """A decision by its number and address."""

    id: int
    label: str
    url: str
    supersedes: int | None


class NewInterimHold(Asked):
    case_id: Id
    clauses: list[Line] = Field(min_length=1, max_length=20)
    scope: dict[str, Any]
    facts: Words
    harm: Words = Field(description="What would happen without it, and how soon.")
    milder_step: Words
    milder_why_not: Words
    hours: Annotated[StrictInt, Field(ge=1, le=72)] | None = None
    assessment: dict[str, Any] | None = None
    reason: Reason = None


class Confirmation(Asked):
    """`draft` is the decision that takes the brake's place."""

    clauses: list[Line] = Field(min_length=1, max_length=20)
    draft: dict[str, Any]
    reason: Reason = None
