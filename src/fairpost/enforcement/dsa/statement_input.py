"""Everything of one measure and one recipient that a statement of reasons is made of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fairpost.enforcement.dsa.values import TERRITORIES

Source = Literal["report", "trusted_flagger", "authority", "own_initiative"]
Automation = Literal["none", "partial", "full"]
Ending = Literal["lifted", "overturned", "superseded", "lapsed"]
AppealState = Literal["filed", "upheld", "varied", "overturned", "remanded"]


@dataclass(frozen=True, slots=True)
class Ground:
    """The clause, as it stood, and its place in the schema.

    `clause` names it with its version (it becomes the ground), `explanation` says why it was broken. `law` is the
    legal ground and makes the decision one about illegal content; without it the content is against the terms.
    `also_illegal` says of content against the terms whether it is thought illegal too; None says nothing.
    `keyword_other` goes with KEYWORD_OTHER only. An empty `category` means one that the schema does not have.
    """

    clause: str
    explanation: str
    category: str = ""
    more_categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    keyword_other: str = ""
    law: str = ""
    also_illegal: bool | None = None
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """When it holds: `ends` is the end date, or the backstop of what has no fixed end; dates are in UTC.

    `fixed` tells an end date from a backstop. What the schema has no field for (`earliest_end`, reviews, `condition`,
    `reapply_from`) is said in the facts.
    """

    starts: date
    ends: date | None = None
    fixed: bool = True
    earliest_end: date | None = None
    review_days: int | None = None
    review_on: date | None = None
    condition: str = ""
    reapply_from: date | None = None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of the measure until the statement was written.

    `stayed_on`: it is stayed since then. `over_since`: it has no force since then, where that is before `ended_on`
    (lifted first, overturned later).
    """

    ended: Ending | None = None
    ended_on: date | None = None
    appeal: AppealState | None = None
    appeal_on: date | None = None
    stayed_on: date | None = None
    over_since: date | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Whose statement this is: decision "D-17", measure "M-40", recipient "account-3"; revisions count from 0.

    `corrects` is the puid of the statement that this one corrects; empty for revision 0.
    """

    decision: str
    measure: str
    recipient: str
    revision: int = 0
    corrects: str = ""
    prefix: str = "fairpost"


@dataclass(frozen=True, slots=True)
class StatementInput:
    """One measure as it concerns one recipient.

    `kind` is a code of the ladder; for `interim_hold` and `brake`, `effect` is the kind whose effect they have.
    `mechanism` says in a sentence what is restricted and how. `whole_service` is true where a suspension of sending
    leaves nothing of the account that may send. `source_identity` is the name of an organisation, never of a person.
    `territories` are codes of countries (empty: everywhere in the EEA), `language` is a language tag of the content.
    `content_on` is the day of the content, None where the measure is about none in particular. `written_in` is the
    language of the sentences that are added to the facts.
    """

    lineage: Lineage
    kind: str
    mechanism: str
    ground: Ground
    term: Term
    facts: str
    effect: str = ""
    capability: str = ""
    whole_service: bool = False
    platform_holds_money: bool = False
    protected_group: bool = False
    near_election: bool = False
    source: Source = "own_initiative"
    source_identity: str = ""
    automated_detection: bool = False
    automated_decision: Automation = "none"
    content_types: tuple[str, ...] = ("CONTENT_TYPE_TEXT",)
    content_type_other: str = ""
    language: str = ""
    content_on: date | None = None
    territories: tuple[str, ...] = TERRITORIES
    account_type: str = "ACCOUNT_TYPE_BUSINESS"
    aftermath: Aftermath = Aftermath()
    written_in: str = "en"
