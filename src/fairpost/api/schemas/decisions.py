"""Decisions and their measures, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr

from fairpost.api.schemas.cases import Why
from fairpost.api.schemas.fields import Asked, Id, Line, Moment, Reason, Told, Yes
from fairpost.api.schemas.pauses import Fence
from fairpost.api.schemas.policies import Clause

Text = Annotated[StrictStr, Field(max_length=20_000)]
Selected = Annotated[list[StrictInt | Line], Field(min_length=1, max_length=1000)]
Kind = Annotated[StrictStr, Field(max_length=60, description="Kind of measure, such as suspend_sending.")]
Scope = Annotated[
    dict[str, Selected | dict[str, Selected]],
    Field(
        max_length=20,
        description='Selectors, all of which must hold: {"account": [3], "content_class": ["name@1"]}; '
        "`excluded` has selectors of what is left out.",
    ),
]
Mechanism = Annotated[dict[str, StrictInt | Text], Field(max_length=10, description="How it works.")]


class PreviewAsked(Asked):
    """A measure as somebody thinks of it."""

    kind: Kind
    scope: Scope
    mechanism: Mechanism = {}


class Duration(Asked):
    """A term. Which fields belong to which kind is in the reference; an end is the first instant outside."""

    kind: Literal["until", "indefinite_min", "until_condition", "permanent", "instant"]
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    earliest_end: Moment | None = None
    review_at: Moment | None = None
    review_days: StrictInt | None = Field(None, ge=1, le=365)
    conditions: Text = ""
    verifier: Line = ""
    reapply_at: Moment | None = None


class MeasureAsked(Asked):
    kind: Kind
    scope: Scope
    duration: Duration
    mechanism: Mechanism = {}
    strike: Yes = Field(False, description="Where the kind leaves open whether it counts as a strike.")


class Draft(Asked):
    """What is decided. `campaigns` are pairs of account and campaign; strikes go to the `responsible` organisations."""

    facts: Text
    milder_step: Text
    milder_why_not: Text
    measures: list[MeasureAsked] = Field(min_length=1, max_length=50)
    quoted: Text = ""
    campaigns: list[Annotated[list[Id], Field(min_length=2, max_length=2)]] = Field([], max_length=1000)
    automated_detection: Yes = False
    automated_decision: Literal["no", "partial", "full"] = "no"
    assessment: dict[str, Any] = Field({}, max_length=20, description="The six factors, for decisions on incitement.")
    responsible: list[Id] = Field([], max_length=100)
    legal_ground: Text = ""
    outside_redress: Text = ""
    near_election: Yes = False
    notice_withheld: Text = Field("", description="Why notices are withheld or delayed; empty: they are not.")


class NewDecision(Asked):
    clauses: list[Line] = Field(min_length=1, max_length=20, description="violence, or violence@1.")
    draft: Draft
    supersedes: Id | None = Field(None, description="The decision that this one replaces once it is in force.")
    only_draft: Yes = Field(False, description="Keeps it; submitting proposes it.")
    reason: Reason = None


class Approval(Asked):
    version: Annotated[StrictStr, Field(min_length=12, max_length=64, description="The version that was read.")]
    as_senior: Yes = False
    reason: Reason = None


class Ending(Asked):
    reason: Why


class Entry(Told):
    """One who is covered; `id` is null for a domain."""

    id: int | None
    name: str
    why: str


class Neighbour(Entry):
    """One who is expressly not covered, though one step away."""

    kind: str


class Campaigns(Told):
    """`ids` are pairs of account and campaign."""

    scheduled: int
    running: int
    ids: list[list[int]]


class Coverage(Told):
    """Who and what is covered, and who expressly not. `contacts` is how many, at most, would not be written to."""

    covered: dict[str, list[Entry]]
    not_covered: list[Neighbour]
    campaigns: Campaigns
    contacts: int
    territory: str
    notices: list[dict[str, int]] = Field(description="Accounts and organisations that are told.")


class DurationTold(Told):
    kind: str
    starts_at: datetime | None
    ends_at: datetime | None
    earliest_end: datetime | None
    review_at: datetime | None
    review_days: int | None
    conditions: str
    verifier: str
    reapply_at: datetime | None


class Act(Told):
    """One act on a measure, by the person with this number."""

    act: str
    at: datetime
    person_id: int | None
    reason: str
    detail: dict[str, Any]


class Measure(Told):
    """One measure as it stands now. `possible` are the acts that its state allows."""

    id: int
    label: str
    decision_id: int
    kind: str
    state: str
    mechanism: dict[str, Any]
    scope: dict[str, Any]
    duration: DurationTold
    active_since: datetime | None
    ends_at: datetime | None
    next_review: datetime | None
    strike: bool
    four_eyes: str
    revision: int = Field(description="Number of the coverage statement.")
    coverage: Coverage
    acts: list[Act]
    possible: list[str]


class Decision(Told):
    """One decision. An approval names its `version`, which changes with the coverage."""

    id: int
    label: str
    url: str
    case_id: int
    account_id: int | None
    source: str
    source_identity: str
    clauses: list[Clause]
    facts: str
    quoted: str
    campaigns: list[list[int]]
    milder_step: str
    milder_why_not: str
    automated_detection: bool
    automated_decision: str
    assessment: dict[str, Any]
    responsible: list[int]
    legal_ground: str
    outside_redress: str
    detail: dict[str, Any]
    evidence_hash: str
    version: str
    proposed_by: int | None
    proposed_at: datetime
    supersedes: int | None
    hands: list[list[int | str]] = Field(description="Pairs of a person's number and what the person did.")
    measures: list[Measure]


class Queued(Told):
    """What relays had accepted of the campaigns, and what became of it; `why` says what is out of reach."""

    accepted: int
    delivered: int
    held: int
    waiting: int
    bounced: int
    out_of_reach: int
    why: list[str]


class Activated(Told):
    """A decision in force. `held` are pairs of account and campaign."""

    decision: Decision
    held: list[list[int]]
    fence: Fence
    queued: Queued
