"""Sign-up forms, consent texts and the ledger, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Address, Asked, Block, Id, Line, Name, Reason, Told

Language = Literal["en", "fr", "it", "es", "de"]
TextName = Annotated[StrictStr, Field(min_length=1, max_length=40, pattern="^[a-z][a-z0-9-]*$")]


class SignupForm(Told):
    """`url` is the public page; `lists` are joined by whoever confirms by mail."""

    id: int
    title: str
    language: str
    url: str
    public_id: str
    lists: list[int]
    attributes: list[str]
    consent: str
    mail_text: str
    origins: list[str]
    redirect_url: str
    identity_id: int
    unit_id: int | None
    created_at: datetime
    closed_at: datetime | None


class NewForm(Asked):
    title: Name
    lists: Annotated[list[Id], Field(min_length=1, max_length=20)]
    consent: TextName = Field(description="Name of a published consent text of this language.")
    identity_id: Id = Field(description="In whose name the confirmation is asked.")
    language: Language = "en"
    attributes: Annotated[list[Line], Field(max_length=20, description="Attributes to ask for.")] = []
    mail_text: Annotated[StrictStr, Field(max_length=500, description="Own words in the mail; no links.")] = ""
    origins: Annotated[list[Line], Field(max_length=20, description="Sites that may post; none: any.")] = []
    redirect_url: Line = ""
    unit_id: Id | None = None
    reason: Reason = None


class ConsentText(Told):
    """`label` is what the ledger names: name/version/language."""

    label: str
    name: str
    version: int
    language: str
    text: str
    published_at: datetime


class NewConsentText(Asked):
    name: TextName
    language: Language = "en"
    text: Block
    reason: Reason = None


class ConsentLine(Told):
    """One line of the ledger. `what`: account, list:ID, tracking or a purpose."""

    id: int
    at: datetime
    what: str
    act: Literal["given", "confirmed", "withdrawn", "refused", "erased"]
    how: str
    text_version: str
    source: str


class Erase(Asked):
    address: Address
    reason: Annotated[StrictStr, Field(min_length=1, max_length=1000, description="Why; without the address.")]


class Erased(Told):
    """How many rows of each holding were removed or changed."""

    erased: dict[str, int]


class Dossier(Told):
    """Everything that is held on one address; each part is there only where it has something."""

    address: str
    account: int
    at: datetime
    held: dict[str, Any]
