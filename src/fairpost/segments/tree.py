"""A condition over contacts is a tree of these nodes; everything else in this package reads or makes it.

Meaning, the same in SQL and in bitmaps: a comparison with an attribute that is not set, or whose value has
another type than the one compared with, does not hold; `!=` is exactly the opposite of `=`. Text compares by
code points, upper and lower case differ. A date is a calendar day in UTC, kept as text `YYYY-MM-DD`; any text of that
shape that lies between 0001-01-01 and 9999-12-31 counts as one. What a contact did is what a person did, as far as
anybody can tell, unless a machine is asked for; whoever did not do it is everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, get_args

Order = Literal["=", "!=", "<", "<=", ">", ">="]
TextMatch = Literal["contains", "starts with", "ends with"]
Deed = Literal["received", "opened", "clicked", "donated", "bounced", "complained", "unsubscribed"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
BY_MACHINE: tuple[Deed, ...] = ("opened", "clicked")


@dataclass(frozen=True, slots=True)
class Ago:
    """A day relative to the day the condition is asked: `days` before it, or after it where negative."""

    days: int

    def on(self, today: date) -> date:
        return today - timedelta(days=self.days)


Value = str | Decimal | bool | date | Ago


@dataclass(frozen=True, slots=True)
class Compare:
    """field = value, and the other orders. Booleans know only = and !=."""

    field: str
    order: Order
    value: Value


@dataclass(frozen=True, slots=True)
class Match:
    """field contains, starts with or ends with a text."""

    field: str
    how: TextMatch
    text: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """field in (values): the same as = with any of them."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsSet:
    """field has a value at all."""

    field: str


@dataclass(frozen=True, slots=True)
class InList:
    """The contact is a member of a list. `list_id` is None until the name has been looked up."""

    name: str
    list_id: int | None = None


@dataclass(frozen=True, slots=True)
class NamedCampaign:
    """One campaign. `campaign_id` is None until the name has been looked up."""

    name: str
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Any of these campaigns."""

    named: tuple[NamedCampaign, ...]


@dataclass(frozen=True, slots=True)
class LastCampaigns:
    """Any of the `count` campaigns started last, tests left out; with `unit_id` those of this business unit alone."""

    count: int
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included; None where it has no end on this side."""

    first: date | Ago | None = None
    last: date | Ago | None = None


EVER = Period()
Scope = Campaigns | LastCampaigns | Period


@dataclass(frozen=True, slots=True)
class Behaved:
    """The contact did this at least once within the scope.

    `link` is a link's number in the content of the one campaign of the scope. `machine`: a machine did it.
    """

    did: Deed
    scope: Scope = EVER
    link: int | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Compare | Match | OneOf | IsSet | InList | Behaved | And | Or | Not

# Fields every contact has; all other names are attributes.
EMAIL, ADDED = "email", "added"

MAX_DEPTH = 12
MAX_NODES = 200
MAX_TEXT = 10_000
MAX_VALUES = 1_000
MAX_CAMPAIGNS = 100
MAX_LINK = 32_766
