"""Lists and segments, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictStr

from fairpost.api.schemas.contacts import Addresses
from fairpost.api.schemas.fields import Asked, Id, Name, Reason, Told

Condition = Annotated[
    StrictStr, Field(min_length=1, max_length=10_000, examples=['country = "IT" and not list("Donors")'])
]


class MailingList(Told):
    list_id: int
    name: str
    members: int
    unit_id: int | None
    created_at: datetime
    public_title: str = Field(description="What contacts read, and may join by themselves; empty: internal.")


class Publish(Asked):
    title: Annotated[StrictStr, Field(max_length=200)] = Field(description="Empty makes the list internal again.")
    reason: Reason = None


class NewList(Asked):
    name: Name
    unit_id: Id | None = Field(None, description="Business unit that alone sees it; default: the whole account.")
    reason: Reason = None


class Rename(Asked):
    name: Name
    reason: Reason = None


class Members(Asked):
    addresses: Addresses
    reason: Reason = None


class MembersChanged(Told):
    """`unknown` are no contacts of the account."""

    changed: int
    unknown: list[str]


class Segment(Told):
    segment_id: int
    name: str
    condition: str
    explanation: str
    unit_id: int | None
    updated_at: datetime


class NewSegment(Asked):
    name: Name
    condition: Condition
    unit_id: Id | None = Field(None, description="Business unit that alone sees it; default: the whole account.")
    reason: Reason = None


class SegmentChange(Asked):
    condition: Condition
    reason: Reason = None


class SegmentCount(Told):
    """Contacts for whom the condition holds now; of these `suppressed`, and `mailable` the rest."""

    contacts: int
    suppressed: int
    mailable: int


class Explanation(Told):
    explanation: str
