"""Templates and content versions, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Name, Reason, Told

Source = Annotated[StrictStr, Field(max_length=2_000_000)]


class TemplateSummary(Told):
    id: int
    unit_id: int | None
    name: str
    subject: str
    language: str
    kind: str
    updated_at: datetime


class Template(TemplateSummary):
    """A draft with its whole source; `text` empty: made from the HTML."""

    preheader: str
    mjml: str
    html: str
    text: str
    created_at: datetime


class NewTemplate(Asked):
    name: Name
    subject: Source = ""
    preheader: Source = ""
    mjml: Source = Field("", description="MJML, or `html`; not both.")
    html: Source = ""
    text: Source = ""
    language: Line = "en"
    unit_id: Id | None = None
    reason: Reason = None


class TemplateChange(Asked):
    name: Name | None = None
    subject: Source | None = None
    preheader: Source | None = None
    mjml: Source | None = None
    html: Source | None = None
    text: Source | None = None
    language: Line | None = None
    reason: Reason = None


class TemplateCopy(Asked):
    name: Name
    unit_id: Id | None = None
    reason: Reason = None


class NewVersion(Asked):
    identity_id: Id = Field(description="Sender identity whose legal sender the mail names.")
    donation_prefixes: list[Line] = Field([], max_length=100, description="Links that begin so ask for donations.")
    reason: Reason = None


class Check(Asked):
    """A mail that is judged without being kept."""

    subject: Source
    preheader: Source = ""
    mjml: Source = ""
    html: Source = ""
    text: Source = ""
    language: Line = "en"
    identity_id: Id | None = Field(None, description="Sender identity it is for; default: any.")
    donation_prefixes: list[Line] = Field([], max_length=100)


class Starter(Told):
    """A mail to begin from: take its parts as those of a new template."""

    name: str
    summary: str
    subject: str
    preheader: str
    mjml: str


class Reader(Asked):
    """Attributes of the contact to show a version for; `email` among them, if given."""

    attributes: dict[str, Any] = Field({}, max_length=500)


class ContentFinding(Told):
    level: str
    code: str
    message: str
    part: str
    line: int
    column: int


class Link(Told):
    url: str
    donation: bool


class Checked(Told):
    """What saving this mail as a version would find; it could be saved where no finding is an error."""

    findings: list[ContentFinding]
    size: int
    asks_donation: bool


class Shown(Told):
    """A filled mail. `html` is the author's markup: show it in a sandboxed frame only."""

    subject: str
    html: str
    text: str


class VersionSummary(Told):
    id: int
    template_id: int | None
    unit_id: int | None
    name: str
    subject: str
    hash: str
    size: int
    warnings: int
    asks_donation: bool
    created_at: datetime


class Version(Told):
    """An immutable mail; `findings` are the warnings it was saved with."""

    id: int
    unit_id: int | None
    template_id: int | None
    organisation_id: int
    joint_notice_id: int | None
    name: str
    language: str
    hash: str
    subject: str
    html: str
    text: str
    links: list[Link]
    findings: list[ContentFinding]
    asks_donation: bool
    size: int
    created_at: datetime
