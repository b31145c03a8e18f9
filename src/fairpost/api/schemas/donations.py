"""Donations, as the API takes and tells them. Amounts are decimal texts: no number in JSON has cents for certain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Moment, Name, Reason, Told

Language = Literal["en", "fr", "it", "es", "de"]
Kind = Literal["donation", "refund", "chargeback", "cancellation", "correction"]
Text = Annotated[StrictStr, Field(max_length=320)]
Amount = Annotated[
    StrictStr, Field(max_length=40, description="Digits, and a dot before the currency's decimals: 12.50.")
]
Currency = Annotated[StrictStr, Field(max_length=3, description="Three letters of ISO 4217.")]


class StatedLine(Asked):
    """One line of a donation, or a change of one; docs/reference/donations.md says what each member means."""

    kind: Kind = "donation"
    platform: Text
    order_id: Text
    line_item: Text = ""
    event_id: Text = Field("", description="The change's own key; a donation has none.")
    at: Moment
    amount: Amount | None = None
    currency: Currency = ""
    receiver: Text | None = Field(None, description="The receiving organisation, by the platform's name or number.")
    designated: Text | None = Field(None, description="The participant that the donor chose, at a joint sender.")
    reference: Text = Field("", description="The donation reference as the donor gave it.")
    recurring: StrictBool = False
    plan: Text = Field("", description="What a recurring donation belongs to; empty: its own order.")
    sequence: StrictInt | None = None
    donor_id: Text = Field("", description="The platform's number of the donor; only a keyed hash is kept.")
    donor_email: Text = Field("", description="The donor's address; only a keyed hash is kept.")


class StatedLines(Asked):
    lines: Annotated[list[StatedLine], Field(min_length=1, max_length=1000)]
    source: Annotated[Line, Field(description="Where they come from, kept with each.")] = ""
    reason: Reason = None


class RefusedLine(Told):
    """`row` counts the lines given from 0; nothing of a refused line is kept."""

    row: int
    order_id: str
    field: str
    reason: str


class Taken(Told):
    """How many statements are new, how many were known, how many say otherwise of a line than one before."""

    added: int
    already: int
    differing: int
    refused: list[RefusedLine]


class Donation(Told):
    """One line as it stands. `place` is its cursor; `attribution` says why it has no campaign, empty where it has."""

    place: str
    platform: str
    order_id: str
    line_item: str
    at: datetime
    currency: str
    amount: str
    refunded: str
    charged_back: str
    net: str
    excess: str
    receiver: str
    organisation_id: int | None
    organisation: str
    joint_sender_id: int | None
    reference: str
    campaign_id: int | None
    attribution: str
    recurring: bool
    plan: str
    sequence: int | None
    cancelled_at: datetime | None
    notes: list[str]
    statements: int


class Figures(Told):
    """Of one currency; `per_thousand` is null where no mail was accepted."""

    currency: str
    raised: str
    refunded: str
    charged_back: str
    net: str
    donors: int
    gifts: int
    average: str
    median: str
    one_off_gifts: int
    recurring_gifts: int
    recurring_raised: str
    plans: int
    plans_cancelled: int
    attributed: str
    per_thousand: str | None


class Part(Told):
    """`of` is an hour, a campaign, an organisation or the reason why not, as the list says that it stands in."""

    of: str
    name: str
    currency: str
    gifts: int | None
    raised: str
    net: str | None


class DonationReport(Told):
    """Donations given within the period; `window` says how they are attributed. Currencies are never added up."""

    campaign_id: int | None
    identity_id: int | None
    joint_sender_id: int | None
    since: datetime | None
    until: datetime | None
    window_days: list[int]
    window: str
    mails: int
    waiting: int | None = Field(description="Changes whose donation was not stated yet; of the whole account only.")
    currencies: list[Figures]
    by_hour: list[Part]
    by_participant: list[Part]
    by_campaign: list[Part]
    not_attributed: list[Part]


class NewReceiver(Asked):
    platform: Name
    receiver: Name
    organisation_id: Id
    reason: Reason = None


class Receiver(Told):
    """What a platform's name means now, and how many orders were divided anew."""

    platform: str
    receiver: str
    organisation_id: int
    organisation: str
    orders: int


class MadeDocument(Told):
    """A receipt or letter; hashes are SHA-256 of each form as UTF-8, and are on record."""

    language: str
    text: str
    html: str
    text_hash: str
    html_hash: str
