"""Periods of elevated risk and key dates, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Moment, Name, Reason, Told, Yes
from fairpost.api.schemas.pauses import Fence

Words = Annotated[StrictStr, Field(min_length=1, max_length=5000)]
Texts = Annotated[dict[str, Words], Field(description='{"en": ..., "fr": ...}; English is needed.')]


class Period(Told):
    id: int
    label: str
    state: str = Field(description="declared, lapsed, scheduled, active, ended or closed.")
    scope: dict[str, Any]
    reason: str
    evidence: str
    public_text: dict[str, str]
    review_hours: int
    on_time_out: str
    covers_cleared: bool
    starts_at: datetime
    ends_at: datetime
    hash: str
    renews: int | None
    declared_by: int
    declared_at: datetime
    seconded_by: int | None
    seconded_at: datetime | None
    closed_at: datetime | None
    closed_reason: str
    closing_text: dict[str, str]
    report: dict[str, Any] | None


class NewPeriod(Asked):
    scope: dict[str, Any] = Field(description='Content classes, such as {"content_class": ["name@1"]}; never a sender.')
    reason: Words
    evidence: Words
    public_text: Texts
    ends_at: Moment
    starts_at: Moment | None = None
    review_hours: Annotated[StrictInt, Field(ge=1, le=24)] = 2
    on_time_out: Literal["release", "block"] = "release"
    covers_cleared: Yes = False
    renews: Id | None = None


class Second(Asked):
    hash: Annotated[StrictStr, Field(min_length=12, max_length=64, description="Of the declaration that was read.")]
    reason: Reason = None


class PeriodBegun(Told):
    """`held` are the campaigns (account, campaign) that wait from now on."""

    period: Period
    held: list[tuple[int, int]]
    fence: Fence


class PeriodClosing(Asked):
    reason: Annotated[StrictStr, Field(min_length=1, max_length=1000)]
    closing_text: Texts | None = None


class KeyDate(Told):
    id: int
    kind: str
    name: str
    at: datetime


class NewKeyDate(Asked):
    kind: Literal["election", "filing"]
    name: Name
    at: Moment
    reason: Reason = None
