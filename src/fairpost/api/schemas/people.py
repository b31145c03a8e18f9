"""People, their roles and API keys, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Address, Asked, Id, Line, Moment, Name, Reason, Told

Password = Annotated[StrictStr, Field(max_length=1000, json_schema_extra={"writeOnly": True})]


class Role(Told):
    """A role in a unit, or (null) in the whole account or installation."""

    role: str
    unit_id: int | None


class Person(Told):
    id: int
    email: str
    name: str
    language: str
    roles: list[Role]


class NewPerson(Asked):
    email: Address
    name: Name
    role: Line = Field(description="owner, author, sender or analyst; over the installation others.")
    unit_id: Id | None = None
    language: Line = "en"
    password: Password | None = None
    reason: Reason = None


class NewRole(Asked):
    role: Line
    unit_id: Id | None = None
    reason: Reason = None


class NewPassword(Asked):
    password: Password
    reason: Reason = None


class Key(Told):
    """An API key without its secret; what is null never happened.

    A personal key has its person_id; with no capabilities it does whatever its person may do.
    """

    id: int
    name: str
    capabilities: list[str]
    unit_id: int | None
    person_id: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewKey(Asked):
    name: Annotated[StrictStr, Field(min_length=1, max_length=100)]
    capabilities: list[Line] = Field(max_length=50, default=[], description="Needed, except for a personal key.")
    unit_id: Id | None = None
    person_id: Id | None = Field(default=None, description="Makes it the personal key of the caller, who this must be.")
    expires_at: Moment | None = None
    reason: Reason = None


class IssuedKey(Told):
    """`key` is told this once: an answer repeated for its Idempotency-Key has null in its place."""

    id: int
    key: str | None
