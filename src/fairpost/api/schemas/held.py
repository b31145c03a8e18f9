"""What is in force on an account, and which campaigns wait, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from fairpost.api.schemas.cases import Why
from fairpost.api.schemas.decisions import Queued
from fairpost.api.schemas.fields import Asked, Told


class Held(Told):
    """A campaign that waits. `state` is held, or released where only its sender's confirmation is missing."""

    account_id: int
    campaign_id: int
    state: str
    reasons: list[str] = Field(description="Names like `measure M-12`.")
    held_at: datetime
    review: bool = Field(description="Whether it waits for a person's review.")
    review_due_at: datetime | None
    on_time_out: str = Field(description="release or block: what happens if nobody reviews it in time.")
    decided_at: datetime | None
    decided_reason: str
    confirmed_at: datetime | None


class Verdict(Asked):
    verdict: Literal["release", "block", "return"]
    reason: Why


class Confirmed(Told):
    """A campaign that goes on; `queued` lay in its relays' queues and was let go."""

    campaign_id: int
    queued: Queued


class Disposition(Told):
    """What was held, withheld or released, and why. `recipients` null: the whole campaign."""

    id: int
    campaign_id: int
    at: datetime
    effect: str
    reasons: list[str]
    recipients: int | None


class Restriction(Told):
    """One measure, pause or period in force. `denies` are capabilities, `*` all of them."""

    name: str
    source: str = Field(description="measure, pause or period.")
    kind: str
    denies: list[str]
    review: bool
    per_hour: int | None
    audience: int | None
    scope: dict[str, Any]
    since: datetime
    until: datetime | None
    begun_by: str
    decision: str
    clauses: list[str]
    url: str


class AccountForce(Told):
    """What applies to an account now; `always` goes on whatever is in force."""

    account_id: int
    at: datetime
    restrictions: list[Restriction]
    held: list[Held]
    always: list[str]
