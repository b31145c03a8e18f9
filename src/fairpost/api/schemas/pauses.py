"""Pauses, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from fairpost.api.schemas.fields import Asked, Id, Moment, Reason, Told

Pausable = Literal["sending", "fundraising", "import", "automations", "forms"]


class Pause(Told):
    """Of the account, of a unit, or of what the account sends for a joint sender. Names are those of its own people."""

    id: int
    label: str
    account_id: int
    unit_id: int | None
    joint_sender_id: int | None
    capability: str
    state: str = Field(description="running or over.")
    reason: str
    begun_by: str
    begun_at: datetime
    ends_at: datetime | None
    ended_by: str
    ended_at: datetime | None


class NewPause(Asked):
    capability: Pausable = "sending"
    unit_id: Id | None = None
    joint_sender_id: Id | None = None
    until: Moment | None = None
    reason: Reason = None


class Fence(Told):
    """How long it took until nothing more could be handed to a relay; `uncertain` are senders that did not confirm."""

    seconds: float
    uncertain: list[str]


class PauseBegun(Told):
    pause: Pause
    fence: Fence
