"""Webhooks and hooks of providers, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictInt, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Reason, Told

Url = Annotated[StrictStr, Field(max_length=2000, description="An https address on the public internet.")]
EventType = Annotated[
    StrictStr, Field(max_length=60, description="Such as contact.bounced or contact.*; see docs/reference/webhooks.md.")
]
Secret = Annotated[
    StrictStr | None,
    Field(
        max_length=200,
        description="whsec_ and the base64 of 24 to 64 octets; left out, one is made.",
        json_schema_extra={"writeOnly": True},
    ),
]


class Webhook(Told):
    """An address that events are posted to. What waits is counted in events."""

    id: int
    account_id: int
    unit_id: int | None
    url: str
    events: list[str]
    state: str = Field(description="active, paused, failing or removed.")
    state_reason: str
    state_at: datetime
    created_at: datetime
    old_secret_until: datetime | None = Field(description="Until when posts are signed with the old secret too.")
    failures: int = Field(description="Since the last post that was taken.")
    failing_since: datetime | None
    next_at: datetime | None = Field(description="When it is tried again, after a failure.")
    waiting: int


class NewWebhook(Asked):
    url: Url
    events: Annotated[list[EventType], Field(min_length=1, max_length=50)]
    unit_id: Id | None = None
    secret: Secret = None
    reason: Reason = None


class AddedWebhook(Told):
    """With the secret that signs, told this once."""

    id: int
    url: str
    events: list[str]
    secret: str | None


class NewSecret(Asked):
    overlap_hours: Annotated[StrictInt, Field(ge=0, le=720, description="How long the old one signs too.")] = 24
    secret: Secret = None
    reason: Reason = None


class Delivery(Told):
    """One post of a webhook's log, under the id that its receiver knows it by."""

    number: int
    delivery_id: str
    state: str = Field(description="waiting, delivered or given_up.")
    events: int
    made_at: datetime
    attempts: int
    tried_at: datetime | None
    next_at: datetime | None
    status: int | None = Field(description="Of the last answer; null where none came.")
    error: str
    seconds: float | None


class Again(Asked):
    delivery_id: Annotated[StrictStr, Field(pattern="^dlv_[0-9a-f]{32}$")]
    reason: Reason = None


class GivenUp(Told):
    """How many deliveries that were given up are tried again."""

    deliveries: int


class Hook(Told):
    """An address that a provider posts to; of the installation where account_id is null."""

    hook_id: str
    account_id: int | None
    provider: str
    name: str
    url: str
    settings: dict[str, str]
    created_at: datetime


class NewHook(Asked):
    provider: Line = Field(description="ses, generic or donations.")
    name: Line = ""
    settings: dict[StrictStr, Line] = Field(default_factory=dict, description="ses: topic, the ARN of its topic.")
    secret: Secret = None
    reason: Reason = None


class AddedHook(Told):
    """With the secret that the provider signs with, told this once; empty where it has a key of its own."""

    hook_id: str
    provider: str
    url: str
    secret: str | None


class ProviderPost(Told):
    """One post of a provider. What it said is not kept."""

    id: int
    hook_id: str
    received_at: datetime
    state: str = Field(description="new, done, refused or failed.")
    error: str
    attempts: int
    done_at: datetime | None
