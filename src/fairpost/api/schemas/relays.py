"""Relays, destinations and senders, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from fairpost.api.schemas.fields import Asked, Line, Reason, Told, Yes

Secret = Annotated[StrictStr, Field(max_length=1000, json_schema_extra={"writeOnly": True})]
Rate = Annotated[float, Field(strict=True, gt=0, le=1_000_000, description="Messages a second, all senders together.")]


class Relay(Told):
    """A relay without its password."""

    id: int
    name: str
    pool: str
    host: str
    port: int
    tls: str
    verify: bool
    username: str
    signs: bool
    weight: int
    rate_per_second: float | None
    max_connections: int | None
    state: str
    state_reason: str
    kind: str
    queue: dict[str, str]


Kind = Literal["smtp", "postfix", "kumomta"]
Path = Annotated[StrictStr, Field(max_length=250)]


class Queue(Asked):
    """How a relay's queue is reached: paths of Postfix, or the admin API of KumoMTA. What is empty has its default."""

    config_directory: Path = ""
    postsuper: Path = ""
    postqueue: Path = ""
    log: Path = ""
    url: Line = ""
    username: Line = ""


NO_QUEUE = Queue()


class QueueAccess(Asked):
    kind: Kind
    queue: Queue = NO_QUEUE
    queue_secret: Secret | None = Field(None, description="Password or token; null keeps the one that is there.")
    reason: Reason = None


class NewRelay(Asked):
    name: Annotated[StrictStr, Field(min_length=1, max_length=100)]
    host: Annotated[StrictStr, Field(min_length=1, max_length=253)]
    port: Annotated[StrictInt, Field(ge=1, le=65535)] = 25
    pool: Annotated[StrictStr, Field(min_length=1, max_length=100)] = "default"
    tls: Literal["none", "starttls", "tls"] = "starttls"
    verify: Yes = True
    username: Line = ""
    password: Secret = ""
    signs: Yes = Field(False, description="The relay adds DKIM signatures itself.")
    weight: Annotated[StrictInt, Field(ge=1, le=1000)] = 1
    rate_per_second: Rate | None = None
    max_connections: Annotated[StrictInt, Field(ge=1, le=10_000)] | None = None
    max_messages: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0
    kind: Kind = "smtp"
    queue: Queue = NO_QUEUE
    queue_secret: Secret = ""
    reason: Reason = None


class Resume(Asked):
    """Why, and a new password where the old one has expired."""

    password: Secret | None = Field(None, description="A new one, where the old one has expired.")
    reason: Reason = None


AS_IT_IS = Resume()


class Pace(Asked):
    per_second: Rate | None = Field(description="null takes the limit away.")
    reason: Reason = None


class Sender(Told):
    """A sending process; `alive` false where its permit has run out."""

    sender_id: str
    host: str
    pid: int
    alive: bool
    connections: int
    leases: int
    open_intents: int
    started_at: datetime


class Abandon(Asked):
    reason: Annotated[StrictStr, Field(min_length=1, max_length=1000)]


class Abandoned(Told):
    sender_id: str
    leases: int
    in_doubt: int
    uncertain: int
