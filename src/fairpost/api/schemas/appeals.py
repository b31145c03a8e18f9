"""Appeals and strikes, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Moment, Reason, Told, Yes

Statement = Annotated[StrictStr, Field(min_length=1, max_length=20_000)]
Why = Annotated[StrictStr, Field(min_length=1, max_length=5000, description="Why; the party is told.")]
Scope = Annotated[dict[str, Any], Field(description='Selectors, such as {"unit": [4]}.')]


class AppealAct(Told):
    """One act; who did it is a number."""

    act: str
    at: datetime
    person_id: int | None
    reason: str
    detail: dict[str, Any]


class Ruling(Told):
    """What was decided on a measure; with an organisation, for that participant alone."""

    measure: str
    organisation_id: int | None
    outcome: str = Field(description="upheld, varied, overturned or remanded.")
    reason: str
    excluded: dict[str, Any]
    decision: str = Field(description="The decision that took the measure's place; empty where none did.")


class Appeal(Told):
    id: int
    label: str
    decision_id: int
    decision: str
    account_id: int | None
    organisation_id: int
    measures: list[str]
    state: str = Field(
        description="filed, assigned, in_review, info_requested, decided, closed, inadmissible or withdrawn."
    )
    stay_asked: bool
    key_date: datetime | None
    expedited: bool
    filed_at: datetime
    informed_at: datetime
    window_ends_at: datetime
    first_touch_due_at: datetime
    decision_due_at: datetime
    overdue: bool
    escalated_at: datetime | None
    reviewer: int | None
    answer_by: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    rulings: list[Ruling]
    acts: list[AppealAct]


class FiledAppeal(Told):
    """`effect` says what filing changes about what is in force: nothing."""

    appeal: Appeal
    effect: str


class AppealText(Told):
    """What was written; `text` is null where it was erased."""

    act: str
    at: datetime
    text: str | None


class NewAppeal(Asked):
    decision_id: Id
    statement: Statement
    organisation_id: Id | None = Field(None, description="In whose name; null: the account's holder.")
    measures: list[Id] | None = Field(None, min_length=1, max_length=100, description="Null: all that concern it.")
    stay: Yes = False
    key_date: Moment | None = Field(None, description="Election or filing date that makes it urgent.")


class Answer(Asked):
    answer: Statement


class Assignment(Asked):
    reviewer_id: Id | None = Field(None, description="Null: the caller.")
    reason: Reason = None


class Question(Asked):
    question: Statement
    answer_by: Moment | None = None


class Reasoned(Asked):
    reason: Why


class NewStay(Asked):
    measure_id: Id
    reason: Why
    until: Moment | None = Field(None, description="Null: until the appeal is decided.")
    within: Scope | None = None


class NoStay(Asked):
    measure_id: Id | None = None
    reason: Why


class EndOfStay(Asked):
    measure_id: Id
    reason: Why


class NewRuling(Asked):
    """With `organisation_id` for that participant alone; `excluded` is what it is left out by."""

    measure: Line = Field(description="M-4")
    outcome: Line
    reason: Why
    organisation_id: Id | None = None
    excluded: dict[str, list[Id]] | None = None
    varied: dict[str, Any] | None = Field(None, description="The measure that takes its place: no more than it was.")


class Rulings(Asked):
    rulings: list[NewRuling] = Field(min_length=1, max_length=200)


class DecidedAppeal(Told):
    """`reopened` are the cases that are open again because of it."""

    appeal: Appeal
    reopened: list[int]


class Strike(Told):
    measure_id: int
    measure: str
    decision: str
    organisation_id: int
    clauses: list[str]
    state: str = Field(description="active, expired, stayed, superseded or void; only active ones count.")
    since: datetime
    expires_at: datetime
