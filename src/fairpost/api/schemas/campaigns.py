"""Campaigns and what became of their recipients, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from fairpost.api.schemas.fields import Address, Asked, Id, Moment, Name, Reason, Told, Yes
from fairpost.api.schemas.held import Held

Ids = Annotated[list[Id], Field(max_length=1000)]
State = Literal["pending", "accepted", "deferred", "withheld", "failed", "in_doubt", "unknown"]


class Audience(Asked):
    """(everyone, or any of the lists and segments) minus any of the excluded ones; all are ids."""

    everyone: Yes = False
    lists: Ids = []
    segments: Ids = []
    exclude_lists: Ids = []
    exclude_segments: Ids = []


class AudienceTold(Told):
    everyone: bool = False
    lists: list[int] = []
    segments: list[int] = []
    exclude_lists: list[int] = []
    exclude_segments: list[int] = []


class NewCampaign(Asked):
    name: Name
    identity_id: Id
    content_version_id: Id
    audience: Audience
    pool_id: Id | None = Field(None, description="Relay pool; default: the account's, else the installation's.")
    tracking: Yes = Field(True, description="False leaves links as they are and adds no open pixel.")
    canary_percent: float = Field(0, ge=0, le=50, description="So many percent of the audience go first; 0: none.")
    canary_minutes: int = Field(0, ge=0, le=1440, description="So long after them the rest follows.")
    reason: Reason = None


class CampaignChange(Asked):
    """What is left out stays."""

    name: Name = ""
    identity_id: Id = 1
    content_version_id: Id = 1
    audience: Audience = Audience()
    pool_id: Id | None = None
    tracking: Yes = True
    canary_percent: float = Field(0, ge=0, le=50)
    canary_minutes: int = Field(0, ge=0, le=1440)
    reason: Reason = None


class Campaign(Told):
    """`state` is draft, scheduled, planning, running, paused, stopped, cancelled or finished."""

    id: int
    account_id: int
    unit_id: int
    name: str
    state: str
    state_reason: str
    identity_id: int
    content_version_id: int
    audience: AudienceTold
    pool_id: int | None
    tracking: bool
    canary_percent: float
    canary_minutes: int
    test_of: int | None
    scheduled_at: datetime | None
    latest_at: datetime | None
    created_at: datetime
    started_at: datetime | None


class AudiencePreview(Told):
    """`selected` less the three below it makes `recipients`."""

    selected: int
    excluded: int
    suppressed: int
    dead_domain: int
    recipients: int


class MailPreview(Told):
    """`html` is the author's markup: show it in a sandboxed frame only."""

    recipient: str
    subject: str
    text: str
    html: str


class Test(Asked):
    addresses: list[Address] = Field(min_length=1, max_length=50)
    attributes: dict[str, Any] = Field({}, description="For addresses that are no contacts.", max_length=500)
    reason: Reason = None


class Start(Asked):
    latest_at: Moment | None = Field(None, description="What is not sent by then is withheld; default: in three days.")
    reason: Reason = None


NOW = Start()


class Schedule(Asked):
    at: Moment
    latest_at: Moment | None = None
    reason: Reason = None


class ReasonCount(Told):
    state: str
    reason: str
    count: int


class Progress(Told):
    """Each recipient of the frozen audience is in exactly one count: they add up to `audience`.

    `possibly_doubled` are among `accepted`. What freezing left out is in `excluded`, `suppressed` and `dead_domain`.
    """

    state: str
    state_reason: str
    state_by: str
    state_at: datetime
    audience: int
    pending: int
    accepted: int
    deferred: int
    withheld: int
    failed: int
    in_doubt: int
    unknown: int
    possibly_doubled: int
    reasons: list[ReasonCount]
    selected: int
    excluded: int
    suppressed: int
    dead_domain: int
    frozen_at: datetime | None
    latest_at: datetime
    finished_at: datetime | None
    pool_id: int


class BeyondRelays(Told):
    """What relays have told of accepted messages: `deferred` are queued there, `held` may not go out.

    `gone` left the queue, and the relay's log has not said how.
    """

    delivered: int
    bounced: int
    deferred: int
    held: int
    discarded: int
    gone: int


class Canary(Told):
    """`size` recipients go first; `state` is sending, waiting (until `until`), troubled, passed or released."""

    size: int
    state: str
    until: datetime | None
    reason: str


class Status(Told):
    """`progress` null: not started. `waiting_for` says all that keeps it from going on, by whom and since when.

    `held` null: it is not held. `beyond_relays` null: no relay tells what became of the accepted. `canary` null: it
    began with everybody.
    """

    campaign: Campaign
    progress: Progress | None
    waiting_for: list[str]
    beyond_relays: BeyondRelays | None
    held: Held | None
    canary: Canary | None


class Uncertain(Told):
    """A sender that did not confirm: of each, at most one message per connection may still be handed over."""

    sender_id: str
    host: str
    pid: int
    connections: int
    ordinals: list[int]


class Stopped(Told):
    """When this answer comes, nothing more of the campaign is handed to a relay, but what `uncertain` names."""

    campaign_id: int
    state: str
    seconds: float
    accepted: int
    pending: int
    deferred: int
    withheld: int
    uncertain: list[Uncertain]


class Attempt(Told):
    at: datetime
    state: str
    relay_id: int
    code: int
    enhanced: str
    reply: str


class Outcome(Told):
    """What one contact got; `not_in_audience` where the frozen audience is without it."""

    address: str
    ordinal: int
    campaign_id: int
    state: str
    reason: str
    attempts: list[Attempt]


class Recipient(Told):
    """`address` is empty where the contact is gone since."""

    ordinal: int
    address: str
    state: str
    reason: str


