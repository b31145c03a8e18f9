"""Everything that a notice says, as plain values: what is not in here cannot stand in a notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from fairpost.enforcement.catalogue.durations import Duration

Why = Literal[
    "decision",
    "addendum",
    "coverage_changed",
    "stayed",
    "stay_ended",
    "stay_refused",
    "lifted",
    "overturned",
    "superseded",
    "appeal_decided",
    "campaign_held",
    "campaign_reviewed",
]
OVER = frozenset({"lifted", "overturned", "superseded"})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a coverage statement: a kind of thing, its name, and the sentence (in English) that says why."""

    kind: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """A coverage statement as one recipient is told it; `others` counts those whose names are not theirs to know."""

    covered: tuple[Line, ...] = ()
    others: int = 0
    not_covered: tuple[Line, ...] = ()
    scheduled: int = 0
    running: int = 0
    contacts: int = 0
    territory: str = ""


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One measure. `selected` and `excluded` are (kind of selector, names); `scope` is the machine-readable form."""

    number: str
    kind: str
    duration: Duration
    starts_at: datetime
    state: str = "active"
    mechanism: Mapping[str, Any] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)
    selected: tuple[tuple[str, tuple[str, ...]], ...] = ()
    excluded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    next_review: datetime | None = None
    strike: bool = False
    coverage: CoverageFacts = CoverageFacts()
    withholds: bool = False
    asks_review: bool = False


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """A clause as it stood: `label` is code@version, `texts` are {language: {"title", "text"}}."""

    label: str
    link: str
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the recipient can turn to: `appeal` is the number given to the appeal command, `api` the API's address."""

    contact: str
    decision_url: str = ""
    read_url: str = ""
    show_command: str = ""
    appeal_command: str = ""
    appeal_api: str = ""
    stay_option: str = "--stay"


@dataclass(frozen=True, slots=True)
class Happened:
    """The act that a later notice is about; a field that is empty is not spoken of.

    `rulings` are (measure, outcome, reason) of an appeal; the measure is empty where the outcome is of all of it.
    """

    reason: str = ""
    until: datetime | None = None
    until_appeal: bool = False
    within: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    appeal: str = ""
    rulings: tuple[tuple[str, str, str], ...] = ()
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """A campaign that waits for a person. `reasons` are (force, kind, decision, address); decision may be empty."""

    campaign: str
    held_at: datetime
    reasons: tuple[tuple[str, str, str, str], ...] = ()
    due_at: datetime | None = None
    on_time_out: str = ""
    state: str = "held"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One notice to one recipient. Times have a zone; `zone` is the account's (a name of the IANA database).

    `recipient` is an account or organisation, never a person: what is kept for good names no one. `care_of` is the
    account that passes it on. `decision` is D-17, or empty where a campaign is held by no decision. `held_now` are
    the campaigns of the recipient that this decision has just stopped.
    """

    why: Why
    at: datetime
    zone: str
    recipient: str
    ways: Ways
    care_of: str = ""
    decision: str = ""
    measures: tuple[MeasureFacts, ...] = ()
    clauses: tuple[ClauseFacts, ...] = ()
    legal_ground: str = ""
    facts: str = ""
    quoted: str = ""
    campaigns: tuple[str, ...] = ()
    held_now: tuple[str, ...] = ()
    source: str = "own_initiative"
    source_identity: str = ""
    automated_detection: bool = False
    automated_decision: str = "no"
    strike_names: tuple[str, ...] = ()
    strike_expires_at: datetime | None = None
    appeal_by: datetime | None = None
    outside_redress: str = ""
    happened: Happened = Happened()
    held: HeldFacts | None = None
