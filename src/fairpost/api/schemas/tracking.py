"""Tracking switches, as the API takes and tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Reason, Told, Yes


class TrackingSwitches(Told):
    """What is off. `contacts` is how many contacts have it off of their own."""

    account: bool
    lists: list[int]
    territories: list[str]
    contacts: int


class Switch(Asked):
    kind: Literal["account", "list", "territory", "contact"]
    key: Annotated[StrictStr, Field(max_length=320)] = Field(
        "", description="The list's id, the territory, the contact's address; empty for the account."
    )
    off: Yes = Field(description="True: nobody there is followed any more.")
    reason: Reason = None
