"""Notices and contacts outside an account, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Address, Asked, Line, Reason, Told


class NoticeRow(Told):
    """A notice without its words. `seconds` is how long its hand-over took; null while it is on its way."""

    id: int
    number: str
    decision: str = Field(description="D-17; empty where no decision is behind it.")
    why: str
    account_id: int | None
    organisation_id: int | None
    to: str = Field(description="`person 3` or `outside_contact 5`.")
    language: str
    at: datetime
    state: str = Field(description="queued, withheld, handed_over, delivered or failed.")
    seconds: float | None
    acknowledged_at: datetime | None


class NoticeEvent(Told):
    """One thing that became of a notice."""

    what: str
    at: datetime
    person_id: int | None
    detail: dict[str, Any]


class DecisionNotice(Told):
    """A notice word for word; `subject`, `text` and `html` are null where it was erased.

    `sha256` is of the JSON object {"html", "subject", "text"} with its names in order.
    """

    id: int
    number: str
    decision: str
    why: str
    account_id: int | None
    organisation_id: int | None
    to: str
    language: str
    at: datetime
    state: str
    measures: list[str]
    message_id: str
    sha256: str
    subject: str | None
    text: str | None
    html: str | None
    events: list[NoticeEvent]


class Released(Told):
    notices: int


class NoticeRelease(Asked):
    reason: Annotated[StrictStr, Field(min_length=1, max_length=1000, description="Why nothing keeps them back.")]


class OutsideContact(Told):
    """`verified_at` null: the address has not been confirmed, and gets nothing but the question."""

    id: int
    email: str
    language: str
    verified_at: datetime | None


class NewOutsideContact(Asked):
    email: Address
    language: Line = "en"
    reason: Reason = None
