"""Accounts, business units and organisations, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from fairpost.api.schemas.fields import Asked, Block, Id, Line, Name, Reason, Told


class Account(Told):
    id: int
    slug: str
    name: str
    holder_id: int
    holder: str
    language: str
    time_zone: str
    created_at: datetime


class NewAccount(Asked):
    slug: Line = Field(description="Short name: letters, digits and hyphens.")
    name: Name
    holder_id: Id | None = Field(None, description="Organisation that holds it; default: a new one of this name.")
    postal_address: Block = Field("", description="Postal address of the new organisation.")
    language: Line = "en"
    time_zone: Line = "UTC"
    reason: Reason = None


class AccountChange(Asked):
    name: Name | None = None
    language: Line | None = None
    time_zone: Line | None = None
    reason: Reason = None


class Unit(Told):
    id: int
    slug: str
    name: str
    is_default: bool


class NewUnit(Asked):
    slug: Line
    name: Name
    reason: Reason = None


class Organisation(Told):
    id: int
    name: str
    postal_address: str


class NewOrganisation(Asked):
    name: Name
    postal_address: Block = ""
    reason: Reason = None


class SameAs(Asked):
    same_as_id: Id
    reason: Line


class Self(Told):
    """Who calls: the API key, its person where it is a personal one, and what it may do.

    `account_id` null: the whole installation.
    """

    name: str
    api_key_id: int
    person_id: int | None
    account_id: int | None
    unit_id: int | None
    capabilities: list[str]
