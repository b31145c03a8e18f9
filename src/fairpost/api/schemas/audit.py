"""Heads of the record's chain, legal holds and erasures, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Line, Name, Told

Item = Annotated[StrictStr, Field(min_length=3, max_length=150, description="noun:id, such as person:12.")]
Why = Annotated[StrictStr, Field(min_length=1, max_length=1000, description="Why, for the record.")]


class Head(Told):
    """After `sequence` seals the last hash was `hash` (SHA-256, hexadecimal)."""

    sequence: int
    hash: str
    at: datetime


class Hold(Told):
    """`released_at` null: in force."""

    id: int
    name: str
    legal_basis: str
    reason: str
    items: list[str]
    placed_at: datetime
    released_at: datetime | None


class NewHold(Asked):
    name: Name
    legal_basis: Line
    items: list[Item] = Field(min_length=1, max_length=1000)
    reason: Why


class PlacedHold(Told):
    """`erased` are the subjects of which everything was erased before."""

    id: int
    erased: list[str]


class Release(Asked):
    reason: Why


class NewErasure(Asked):
    subject: Item
    reason: Why


class Erasure(Told):
    """`keys` says how many keys were destroyed."""

    subject: str
    keys: int
