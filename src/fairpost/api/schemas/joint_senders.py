"""Joint senders and their notices, as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from fairpost.api.schemas.fields import Asked, Block, Day, Id, Line, Moment, Name, Reason, Told, Yes


class Participant(Told):
    """From the day `since` until, not including, the day `until`."""

    organisation_id: int
    name: str
    since: date
    until: date | None


class JointSender(Told):
    """A joint sender; it is the organisation `organisation_id` itself."""

    id: int
    organisation_id: int
    name: str
    participants: list[Participant]


class Participation(Asked):
    organisation_id: Id
    since: Day
    until: Day | None = None


class NewParticipation(Participation):
    reason: Reason = None


class NewJointSender(Asked):
    name: Name
    postal_address: Block = ""
    participants: list[Participation] = Field([], max_length=100)
    reason: Reason = None


class End(Asked):
    until: Day = Field(description="First day without it (YYYY-MM-DD).")
    reason: Reason = None


class Allocation(Asked):
    organisation_id: Id
    share: Line = Field(description="Exact: `60%`, `33.5 %` or `1/3`.")
    limit: Line | None = Field(None, description="The most that it takes of one donor, such as `3300.00`.")


class NewNotice(Asked):
    allocations: list[Allocation] = Field(max_length=100, description="In order: what exceeds a limit goes on.")
    currency: Line = Field("", description="Of the limits, three letters.")
    donor_may_designate: Yes = True
    formula_may_change: Yes = True
    valid_from: Moment | None = None
    reason: Reason = None


class Notice(Told):
    """One immutable version. `text` is by language, `formula` the structured notice."""

    id: int
    joint_sender_id: int
    version: int
    text: dict[str, str]
    hash: str
    formula: dict[str, Any]
    valid_from: datetime
