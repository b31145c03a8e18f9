"""Figures about decisions and their measures: by kind, clause, source and automation, with coverage and ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fairpost.enforcement.acting import state_of
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.dsa.effects import EFFECTS
from fairpost.enforcement.models import Decision, Measure
from fairpost.enforcement.policies.names import label as clause_label
from fairpost.enforcement.transparency.selection import Selection

AUTOMATIC, BY_PEOPLE = "automatic", "people"
RESTRICTIONS = ("visibility", "monetary", "provision", "account")
COVERED = ("organisations", "accounts", "units", "identities", "joint_senders")


@dataclass(frozen=True, slots=True)
class Cell:
    """How many measures of one kind rest on one clause, came from one source, and how automatic that was.

    A measure under two clauses is in two cells; `by_kind` counts it once.
    """

    kind: str
    clause: str
    source: str
    detection: str
    decision: str
    count: int


@dataclass(frozen=True, slots=True)
class DecidedFigures:
    """`withheld` are decisions of the period that stand in no breakdown, by why: sealed, or still the parties'."""

    decisions: int
    withheld: dict[str, int]
    measures: int
    by_kind: dict[str, int]
    by_restriction: dict[str, int]
    by_clause: dict[str, int]
    by_source: dict[str, int]
    by_detection: dict[str, int]
    by_decision: dict[str, int]
    cells: tuple[Cell, ...]
    covered: dict[str, int]
    campaigns_covered: int
    contacts_covered: int
    strikes: int
    states_now: dict[str, int]
    interim: dict[str, int]
    brakes: dict[str, int]


def decided_figures(selection: Selection) -> DecidedFigures:
    numbers = selection.decisions
    decisions = {
        each.pk: each
        for each in Decision.objects.filter(pk__in=numbers).select_related("case").prefetch_related("clauses")
    }
    rows = Measure.objects.filter(decision__in=numbers).prefetch_related("acts", "coverage").order_by("pk")
    measures = [each for each in rows if MEASURES[each.kind].notified]
    cells: Counter[tuple[str, ...]] = Counter()
    by: dict[str, Counter[str]] = {name: Counter() for name in ("clause", "source", "detection", "decision")}
    for each in measures:
        row = decisions[each.decision_id]
        source, detection, automation = row.case.source, detected(row), automation_of(row, each.kind)
        clauses = sorted(clause_label(clause.code, clause.version) for clause in row.clauses.all())
        for clause in clauses:
            cells[(each.kind, clause, source, detection, automation)] += 1
        by["clause"].update(clauses)
        by["source"][source] += 1
        by["detection"][detection] += 1
        by["decision"][automation] += 1
    states = {each.pk: state_of(each, selection.now) for each in measures}
    return DecidedFigures(
        decisions=len(numbers),
        withheld=selection.withheld,
        measures=len(measures),
        by_kind=counted(each.kind for each in measures),
        by_restriction=counted(name for each in measures for name in restrictions(each.kind)),
        by_clause=ordered(by["clause"]),
        by_source=ordered(by["source"]),
        by_detection=ordered(by["detection"]),
        by_decision=ordered(by["decision"]),
        cells=tuple(Cell(*key, count) for key, count in sorted(cells.items())),
        strikes=sum(each.strike and states[each.pk] != "overturned" for each in measures),
        states_now=counted(states.values()),
        interim=outcomes(measures, states, "interim_hold"),
        brakes=outcomes(measures, states, "brake"),
        **coverage_figures(measures),
    )


def detected(row: Decision) -> str:
    return AUTOMATIC if row.automated_detection else BY_PEOPLE


def automation_of(row: Decision, kind: str) -> str:
    """no, partial or full; the machine's own brakes are fully automatic, whatever else was stated."""
    return "full" if MEASURES[kind].machine else row.automated_decision


def restrictions(kind: str) -> list[str]:
    """What it restricts in the words of the template: visibility, monetary, provision, account."""
    effect = EFFECTS.get(kind)
    return [name for name in RESTRICTIONS if effect is not None and getattr(effect, name)]


def coverage_figures(measures: list[Measure]) -> dict[str, Any]:
    """Distinct ones over all measures, as their latest statements name them; campaigns and contacts are added up."""
    statements = [
        max(each.coverage.all(), key=lambda one: one.revision).statement for each in measures if each.coverage.all()
    ]
    covered = {
        kind: len({each["id"] for one in statements for each in one["covered"].get(kind, ())}) for kind in COVERED
    }
    campaigns = [one.get("campaigns", {}) for one in statements]
    return {
        "covered": covered,
        "campaigns_covered": sum(each.get("scheduled", 0) + each.get("running", 0) for each in campaigns),
        "contacts_covered": sum(one.get("contacts", 0) for one in statements),
    }


def outcomes(measures: list[Measure], states: dict[int, str], kind: str) -> dict[str, int]:
    """Of measures that lapse by themselves: how many were applied, replaced by a decision, ended, or lapsed."""
    mine = [each for each in measures if each.kind == kind]
    found = Counter(states[each.pk] for each in mine)
    confirmed = sum(any(act.act == "confirmed" for act in each.acts.all()) for each in mine)
    return {
        "applied": len(mine),
        "confirmed": confirmed + found["superseded"],
        "lapsed": found["lapsed"],
        "lifted_or_overturned": found["lifted"] + found["overturned"],
    }


def counted(values: Any) -> dict[str, int]:
    return ordered(Counter(values))


def ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
