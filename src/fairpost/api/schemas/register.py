"""The register, reports from outside, orders and figures, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Id, Line, Moment, Reason, Told, Yes

Words = Annotated[StrictStr, Field(min_length=1, max_length=5000)]


class Statement(Told):
    """The decision itself (number 1) or an amendment; all stand at one level, the newest first."""

    number: int
    kind: str
    title: str
    url: str
    at: datetime
    disclosed_at: datetime
    content: dict[str, Any]


class RegisterEntry(Told):
    """One entry. A sealed one has `sealed_until`, `legal_basis` and their sentence, and nothing of the decision."""

    id: str
    url: str
    visibility: Literal["parties", "public", "sealed"]
    updated_at: datetime
    published_at: datetime | None = None
    sealed_until: datetime | None = None
    legal_basis: str = ""
    sentence: str = ""
    anonymous: bool = False
    state: str = "sealed"
    measures: dict[str, str] = Field({}, description="State of each measure by its number, such as M-4.")
    statements: list[Statement] = []


class Undisclosed(Told):
    """What is not told, in bands such as 1-9."""

    orders: str
    entries: str


class Guarantee(Told):
    role: str
    sentence: str
    met: bool


class RegisterItself(Told):
    undisclosed: Undisclosed
    guarantees: list[Guarantee]


class Seal(Asked):
    until: Moment
    legal_basis: Annotated[StrictStr, Field(min_length=1, max_length=300, description="Everybody reads it.")]
    reason: Reason = None


class KeepOut(Asked):
    order_id: Id = Field(description="An order that forbids disclosure.")
    reason: Reason = None


class NewReport(Asked):
    """A report on a mail. `target` is a link out of it, its Message-ID or headers, or which mail it was."""

    category: Line = Field(description="violence, hate, fraud, consent, deception, illegal or other.")
    text: Annotated[StrictStr, Field(min_length=1, max_length=10_000)]
    target: Annotated[StrictStr, Field(max_length=50_000)] = ""
    address: Annotated[StrictStr, Field(max_length=320, description="Where the reporter is told; optional.")] = ""
    language: Line = "en"
    trusted_token: Line = ""


class FiledReport(Told):
    """`url` is secret: whoever has it follows the report. Repeated for its Idempotency-Key it is null."""

    id: str
    number: int
    url: str | None
    new: bool = Field(description="False where it repeats a report that is still open.")
    campaign_known: bool


class ReportLine(Told):
    id: str
    number: int
    state: str
    trusted: bool
    channel: str
    category: str
    account_id: int | None
    campaign_id: int | None
    case: str
    filed_at: datetime
    decided_at: datetime | None
    outcome: str


class OutsideReport(Told):
    """One report in clear; null is what was erased. The reporter's address is not told."""

    line: ReportLine
    text: str | None
    target: str | None
    language: str
    trusted_name: str
    has_address: bool
    reasons: str
    decision: str | None
    unfounded: bool
    complaint: str | None
    complaint_outcome: str
    complaint_reasons: str


class ReportDecision(Asked):
    """With the decision that followed, or none. Both sides read the reasons."""

    reasons: Words
    decision_id: Id | None = None
    unfounded: Yes = False


class ComplaintDecision(Asked):
    changed: Yes
    reasons: Words


class Reopened(Told):
    """The case that looks at the report anew, null where the decision stays."""

    case_id: int | None


class NewTrustedReporter(Asked):
    name: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    reason: Reason = None


class TrustedReporter(Told):
    """`token` is told this once."""

    id: int
    name: str
    token: str | None


class TrustedLine(Told):
    id: int
    name: str
    since: datetime
    until: datetime | None


class NewOrder(Asked):
    authority: Annotated[StrictStr, Field(min_length=1, max_length=300)]
    text: Annotated[StrictStr, Field(min_length=1, max_length=200_000)]
    legal_basis: Annotated[StrictStr, Field(min_length=1, max_length=300)]
    scope: Words
    deadline: Moment
    served_by: Annotated[StrictStr, Field(min_length=1, max_length=300)]
    served_at: Moment
    forbids_disclosure: Yes = False
    reason: Reason = None


class OrderLine(Told):
    id: str
    state: str
    legal_basis: str
    served_at: datetime
    deadline: datetime
    overdue: bool
    forbids_disclosure: bool
    decisions: list[str]
    case: str | None


class OrderAct(Told):
    act: str
    at: datetime
    person_id: int
    decision: str | None
    until: datetime | None
    what: str | None


class Order(Told):
    """One order in clear; null is what was erased."""

    line: OrderLine
    authority: str | None
    scope: str | None
    served_by: str | None
    text: str | None
    text_sha256: str
    registered_at: datetime
    registered_by: int
    acts: list[OrderAct]
    keeps_out: list[str]


class NewOrderAct(Asked):
    """What was done: answered (with a decision, or another answer), stayed (`until` a date or not), and so on."""

    act: Literal["answered", "stayed", "stay_ended", "closed"]
    what: Words
    decision_id: Id | None = None
    until: Moment | None = None
