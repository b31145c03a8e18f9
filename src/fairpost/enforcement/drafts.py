"""What somebody wants to decide, checked whole before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fairpost.enforcement.catalogue.assessment import KEYWORD, check_assessment
from fairpost.enforcement.catalogue.durations import Duration, check_duration, duration_from_json
from fairpost.enforcement.catalogue.forms import check_form, check_forms
from fairpost.enforcement.catalogue.measures import (
    BRAKE,
    INTERIM,
    INTERIM_NEAR_ELECTION,
    MeasureKind,
)
from fairpost.enforcement.catalogue.mechanisms import check_mechanism, measure_kind
from fairpost.enforcement.queries.policies import ClauseView
from fairpost.enforcement.scope.selector import Scope, scope_from_json
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

AUTOMATION = ("no", "partial", "full")
FORMS: dict[str, type] = {
    **dict.fromkeys(("facts", "milder_step", "milder_why_not", "quoted", "automated_decision"), str),
    **dict.fromkeys(("legal_ground", "outside_redress", "notice_withheld"), str),
    **dict.fromkeys(("automated_detection", "near_election"), bool),
    **dict.fromkeys(("measures", "campaigns", "responsible"), list),
    "assessment": Mapping,
}
MEASURE_FORMS: dict[str, type] = {
    "kind": str, "scope": Mapping, "duration": Mapping, "mechanism": Mapping, "strike": bool
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """One measure as somebody wants it. `strike` matters only where the kind leaves it open."""

    kind: str
    scope: Scope
    duration: Duration
    mechanism: Mapping[str, Any] = field(default_factory=dict)
    strike: bool = False

    @property
    def of(self) -> MeasureKind:
        return measure_kind(self.kind)

    @property
    def strikes(self) -> bool:
        """Whether it counts as a strike."""
        return self.of.strike == "always" or (self.of.strike == "optional" and self.strike)


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision as somebody wants it. `campaigns` are (account, campaign) pairs that it was taken on.

    `responsible` are the organisations that strikes go to. `near_election`: within 14 days of a declared election or
    filing date. `notice_withheld`: why the notices are withheld or delayed (a hijacked account, an order).
    """

    facts: str
    measures: Sequence[MeasureDraft]
    milder_step: str
    milder_why_not: str
    quoted: str = ""
    campaigns: Sequence[tuple[int, int]] = ()
    automated_detection: bool = False
    automated_decision: str = "no"
    assessment: Mapping[str, Any] = field(default_factory=dict)
    responsible: Sequence[int] = ()
    legal_ground: str = ""
    outside_redress: str = ""
    near_election: bool = False
    notice_withheld: str = ""


def check_draft(draft: DecisionDraft, clauses: Sequence[ClauseView], now: datetime) -> None:
    """Raises Invalid for whatever a proposal lacks."""
    if not clauses:
        raise Invalid(_("A decision names at least one clause of the policy, in its version."), field="clauses")
    for name in ("facts", "milder_step", "milder_why_not"):
        if not getattr(draft, name).strip():
            raise Invalid(_("A decision must state its {name}.").format(name=name), field=name)
    if draft.automated_decision not in AUTOMATION:
        raise Invalid(
            _("automated_decision is one of {all}.").format(all=", ".join(AUTOMATION)), field="automated_decision"
        )
    if not draft.measures:
        raise Invalid(_("A decision has at least one measure."), field="measures")
    for number, each in enumerate(draft.measures):
        try:
            check_measure(each, draft, now)
        except Invalid as error:
            raise Invalid(
                error.message, field=f"measures.{number}.{error.field or 'kind'}", hint=error.hint
            ) from error
    if any(KEYWORD in each.dsa_keywords for each in clauses) and any(restricts(each.of) for each in draft.measures):
        check_assessment(draft.assessment)


def restricts(kind: MeasureKind) -> bool:
    """Whether it takes something away, for which the six factors must be weighed. The machine's brake cannot."""
    return (bool(kind.denies) or kind.review) and not kind.machine


def check_measure(draft: MeasureDraft, decision: DecisionDraft, now: datetime) -> None:
    kind = draft.of
    check_mechanism(kind, draft.mechanism)
    check_duration(draft.duration, kind.durations, now)
    if kind.needs and not any(draft.scope.values(each) for each in kind.needs):
        raise Invalid(
            _("A measure {kind} must select by {selectors}.").format(
                kind=kind.code, selectors=" / ".join(sorted(kind.needs))
            ),
            field="scope",
        )
    if draft.strikes and not decision.responsible:
        raise Invalid(_("A strike needs the organisation that is responsible."), field="responsible")
    longest = {
        "interim_hold": INTERIM_NEAR_ELECTION if decision.near_election else INTERIM,
        "brake": BRAKE,
    }.get(kind.code)
    ends_at = draft.duration.ends_at
    if longest is not None and ends_at is not None and ends_at - (draft.duration.starts_at or now) > longest:
        raise Invalid(
            _("A measure {kind} lasts at most {hours} hours.").format(
                kind=kind.code, hours=longest // timedelta(hours=1)
            ),
            field="duration.ends_at",
        )


def draft_from_json(data: Mapping[str, Any]) -> DecisionDraft:
    """The draft of a JSON object, as the API and files for the command line carry it. Raises Invalid."""
    check_forms(data, FORMS, "")
    known = set(DecisionDraft.__dataclass_fields__)
    for name in data:
        if name not in known:
            raise Invalid(
                _("A decision has no {name}.").format(name=repr(name)),
                field=str(name),
                hint=_("It has {all}.").format(all=", ".join(sorted(known))),
            )
    for name in ("facts", "milder_step", "milder_why_not", "measures"):
        if name not in data:
            raise Invalid(_("A decision must state its {name}.").format(name=name), field=name)
    for each in data.get("responsible", ()):
        check_form(each, int, "responsible")
    measures = [measure_from_json(each, f"measures.{number}") for number, each in enumerate(data["measures"])]
    campaigns = [pair(each) for each in data.get("campaigns", ())]
    return DecisionDraft(**{**data, "measures": measures, "campaigns": campaigns})


def pair(value: Any) -> tuple[int, int]:
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not all(type(each) is int for each in value):
        raise Invalid(_("A campaign is named by its account and its number: [3, 12]."), field="campaigns")
    return value[0], value[1]


def measure_from_json(data: Any, place: str) -> MeasureDraft:
    check_forms(data, MEASURE_FORMS, place)
    for name in data:
        if name not in MeasureDraft.__dataclass_fields__:
            raise Invalid(_("A measure has no {name}.").format(name=repr(name)), field=f"{place}.{name}")
    for name in ("kind", "scope", "duration"):
        if name not in data:
            raise Invalid(_("A measure must state its {name}.").format(name=name), field=f"{place}.{name}")
    return MeasureDraft(
        kind=measure_kind(str(data["kind"])).code,
        scope=scope_from_json(data["scope"], field=f"{place}.scope"),
        duration=duration_from_json(data["duration"]),
        mechanism=dict(data.get("mechanism", {})),
        strike=data.get("strike", False),
    )
