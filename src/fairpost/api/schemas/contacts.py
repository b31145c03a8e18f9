"""Contacts, suppressions and imports, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Address, Asked, Id, Line, Reason, Told

Addresses = Annotated[list[Address], Field(min_length=1, max_length=10_000)]
Why = Annotated[StrictStr, Field(min_length=1, max_length=200, description="Why; kept with the suppression.")]
Reach = Annotated[
    StrictStr,
    Field(description="account, installation, list:ID, unit:ID, joint_sender:ID or domain:NAME.", max_length=300),
]


class Suppression(Told):
    reach: str
    reason: str
    source: str
    since: datetime


class Contact(Told):
    """What is known of an address. `ordinal` null: it is suppressed, but no contact."""

    address: str
    canonical: str
    ordinal: int | None
    attributes: dict[str, Any]
    lists: list[str]
    suppressions: list[Suppression]
    added: datetime | None
    updated: datetime | None


class ContactCount(Told):
    """How many contacts. With a condition: of these `suppressed`, and `mailable` the rest."""

    contacts: int
    suppressed: int | None = None
    mailable: int | None = None


class SuppressedAddress(Suppression):
    address: str


class NewSuppressions(Asked):
    addresses: Addresses
    reason: Why
    reach: Reach = "account"


class Lift(Asked):
    address: Address
    reason: Why
    reach: Reach = "account"


class Suppressed(Told):
    added: int
    already: int


class Reject(Told):
    line: int
    value: str
    reason: str


class SuppressedFile(Suppressed):
    rejected: int
    rejects: list[Reject] = Field(description="The first hundred.")


class Import(Told):
    """An import. `waiting`: the worker has not begun; `staged` rows count once `state` is done."""

    import_id: int
    state: Literal["waiting", "staging", "given_up", "done", "cancelled"]
    problem: str
    percent: int
    file_name: str
    consent: str
    encoding: str
    delimiter: str
    header: bool
    kinds: dict[str, str]
    guessed: list[str]
    staged: int
    rejected: int
    new: int
    updated: int
    unchanged: int
    duplicates: int
    kept_of_duplicates: str
    joined_list: int
    reasons: dict[str, int]
    created_at: datetime
    finished_at: datetime | None


class ImportWishes(Asked):
    """How a file is to be read; everything is found out where it is left out."""

    consent: Annotated[StrictStr, Field(min_length=1, max_length=2000)] = Field(
        description="Where and when these people agreed to be mailed."
    )
    list_id: Id | None = Field(None, description="List that everybody in the file joins.")
    unit_id: Id | None = None
    encoding: Line = ""
    delimiter: Annotated[StrictStr, Field(max_length=1)] = ""
    header: bool | None = Field(None, description="Whether the first line names the columns.")
    columns: dict[str, Line] = Field({}, description="Header (or number from 1) -> attribute, `email`, or `-`.")
    kinds: dict[str, Line] = Field({}, description="Attribute -> text, number, date, date:dmy, date:mdy, boolean.")
    role_addresses: bool = Field(False, description="Take addresses such as postmaster@ too.")
    keep: Literal["first", "last"] = "last"
    reason: Reason = None
