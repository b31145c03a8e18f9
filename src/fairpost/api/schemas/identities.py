"""Sender identities, their DNS and DKIM keys, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Address, Asked, Block, Id, Line, Reason, Told, Yes

Sender = Annotated[StrictStr, Field(min_length=1, max_length=100)]


class Identity(Told):
    """`organisation` is the legal sender, a joint sender's own organisation where it has one."""

    id: int
    unit_id: int
    from_name: str
    from_address: str
    reply_to: str
    domain: str
    organisation_id: int
    organisation: str
    joint_sender_id: int | None
    postal_address: str
    link_domain: str
    return_path_domain: str


class NewIdentity(Asked):
    from_name: Sender
    from_address: Address
    unit_id: Id | None = None
    organisation_id: Id | None = None
    joint_sender_id: Id | None = None
    reply_to: Line = ""
    postal_address: Block = ""
    link_domain: Line = ""
    return_path_domain: Line = ""
    reason: Reason = None


class IdentityChange(Asked):
    """What is left out stays; an empty text removes reply-to and the two domains."""

    from_name: Sender | None = None
    reply_to: Line | None = None
    postal_address: Block | None = None
    link_domain: Line | None = None
    return_path_domain: Line | None = None
    reason: Reason = None


class DnsFinding(Told):
    check: str
    status: str
    name: str
    found: str
    advice: str


class Report(Told):
    """What DNS said; `passed` where no finding is an error."""

    identity_id: int
    at: datetime
    passed: bool
    findings: list[DnsFinding]


class Record(Told):
    """A record to publish in DNS."""

    name: str
    type: str
    value: str
    purpose: str


class DkimKey(Told):
    id: int
    domain: str
    selector: str
    algorithm: str
    state: Literal["waiting", "active", "retired"]
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None
    record: Record


class NewDkimKey(Asked):
    algorithm: Literal["rsa", "ed25519"] = "rsa"
    selector: Line = Field("", description="Default: a free one.")
    reason: Reason = None


class Activation(Asked):
    force: Yes = Field(False, description="Without looking into DNS; only for who manages the installation.")
    reason: Reason = None


class NewPlatformKey(NewDkimKey):
    domain: Line = Field("", description="Domain to sign for; default: the platform's host.")
