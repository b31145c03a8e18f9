"""What the register says of a decision: whom it names are organisations and senders, never people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.states import LAPSES
from fairpost.enforcement.dsa.personal_data import masked
from fairpost.enforcement.queries.decisions import DecisionView, MeasureView
from fairpost.kernel.text import in_language

NAMED = ("organisations", "accounts", "units", "domains")  # an address or a person is only counted
NAMED_KINDS = frozenset({"organisation", "account", "unit", "domain"})
SHOWN_SELECTORS = frozenset({"content_class", "capability", "channel", "territory", "domain", "link_domain"})


def is_anonymous(decision: DecisionView) -> bool:
    """Interim measures and brakes accuse nobody by name: nobody has decided on the facts yet."""
    return any(each.kind in LAPSES for each in decision.measures)


def public_measures(decision: DecisionView) -> list[MeasureView]:
    """Those that anybody is told of; internal notes and what was handed to an authority are not."""
    return [each for each in decision.measures if MEASURES[each.kind].notified]


def original(decision: DecisionView, anonymous: bool, now: datetime) -> dict[str, Any]:
    """The statement of the decision itself, as it is kept. Mail addresses and telephone numbers are masked."""
    with in_language("en"):
        return {
            "clauses": [
                {"clause": each.label, "url": each.permalink, "titles": titles(each.texts)} for each in decision.clauses
            ],
            "facts": "" if anonymous else masked(decision.facts),
            "legal_ground": masked(decision.legal_ground),
            "source": decision.source,
            "automated_detection": decision.automated_detection,
            "automated_decision": decision.automated_decision,
            "supersedes": decision.supersedes,
            "measures": [measure(each, anonymous, now) for each in public_measures(decision)],
        }


def titles(texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {language: each["title"] for language, each in texts.items()}


def measure(view: MeasureView, anonymous: bool, now: datetime) -> dict[str, Any]:
    duration = view.duration.to_json()
    duration.setdefault("starts_at", (view.active_since or now).isoformat())
    return {
        "measure": view.id,
        "kind": view.kind,
        "mechanism": plain(view.mechanism),
        "duration": plain(duration),
        "strike": view.strike,
        "scope": scope(view.scope, anonymous),
        "coverage": coverage(view.coverage, anonymous),
    }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: masked(each) if isinstance(each, str) and name != "kind" else each for name, each in values.items()}


def scope(selectors: Mapping[str, Any], anonymous: bool) -> dict[str, Any]:
    """Selectors that name no one as they are, of all others how many values they have."""
    shown = SHOWN_SELECTORS - {"domain", "link_domain"} if anonymous else SHOWN_SELECTORS
    given = {kind: values for kind, values in selectors.items() if kind != "excluded"}
    return {kind: list(values) if kind in shown else len(values) for kind, values in given.items()}


def coverage(statement: Mapping[str, Any], anonymous: bool) -> dict[str, Any]:
    """Who is covered and who expressly is not, by name and with the reason; anonymous ones as numbers only."""
    covered = statement.get("covered", {})
    spared = statement.get("not_covered", ())
    campaigns = statement.get("campaigns", {})
    return {
        "covered": {kind: named(values, anonymous or kind not in NAMED) for kind, values in covered.items() if values},
        "not_covered": [spared_line(each) for each in spared if each["kind"] in NAMED_KINDS and not anonymous],
        "not_covered_unnamed": sum(anonymous or each["kind"] not in NAMED_KINDS for each in spared),
        "campaigns": campaigns.get("scheduled", 0) + campaigns.get("running", 0),
        "contacts": statement.get("contacts", 0),
        "territory": statement.get("territory", ""),
    }


def named(values: Sequence[Mapping[str, Any]], counted: bool) -> Any:
    if counted or not all(each.get("name") for each in values):
        return len(values)
    return [{"name": masked(each["name"]), "why": each["why"]} for each in values]


def spared_line(line: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": line["kind"], "name": masked(line["name"]), "why": line["why"]}


def told(decision: DecisionView) -> tuple[set[int], set[int]]:
    """The accounts and the organisations without one that the decision is about."""
    accounts: set[int] = set()
    organisations: set[int] = set()
    for view in public_measures(decision):
        for each in view.coverage.get("notices", ()):
            if each.get("account_id"):
                accounts.add(each["account_id"])
            elif each.get("organisation_id"):
                organisations.add(each["organisation_id"])
        accounts |= {each["id"] for each in view.coverage.get("covered", {}).get("accounts", ()) if each.get("id")}
    return accounts, organisations
