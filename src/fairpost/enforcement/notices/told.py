"""What one party is told of a coverage statement: all that is its own or stands in public beside it, and no more.

The participants of a joint sender stand side by side in every mail of it and are told of one another. Whoever else a
measure covers is a customer of somebody's own, and is only counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairpost.enforcement.coverage.compute import TERRITORY
from fairpost.enforcement.notices.addressees import Party
from fairpost.enforcement.notices.facts import CoverageFacts, Line
from fairpost.enforcement.scope.selector import SELECTORS
from fairpost.tenants.queries.neighbourhood import accounts_held_by
from fairpost.tenants.queries.senders import Sender, held_accounts, organisation_names

KINDS = {
    "organisations": "organisation",
    "accounts": "account",
    "units": "unit",
    "identities": "identity",
    "joint_senders": "joint_sender",
    "domains": "domain",
}
ATTRIBUTE = re.compile(re.escape(TERRITORY).replace(r"\{attribute\}", r"(.+?)"))
PUBLIC = frozenset({"content_class", "capability", "channel", "content", "territory", "link_domain", "domain"})


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to a party: numbers and names by kind; with `all` it is told everything."""

    all: bool
    by_kind: Mapping[str, frozenset[Any]]

    def has(self, kind: str, number: Any, name: str = "") -> bool:
        known = self.by_kind.get(kind, frozenset())
        return self.all or kind == "mail" or number in known or bool(name and name in known)


def own_things(party: Party, senders: list[Sender], scope: Mapping[str, Any]) -> Own:
    """What the party may be told of a measure with this scope. `senders` are all senders of the installation."""
    body = frozenset({party.organisation_id or party.holder_id})
    accounts = accounts_held_by(body) | ({party.account_id} if party.organisation_id is None else frozenset())
    mine = [each for each in senders if each.account_id in accounts]
    return Own(
        "joint_sender" in scope,
        {
            "organisation": body.union(*(each.holder_ids | each.legal_ids for each in mine)),
            "account": frozenset(accounts),
            "unit": frozenset(each.unit_id for each in mine),
            "identity": frozenset(each.identity_id for each in mine),
            "joint_sender": frozenset().union(*(each.joint_sender_ids for each in mine)),
            "domain": frozenset(each.domain for each in mine) | frozenset(scope.get("link_domain", ())),
        },
    )


def coverage_facts(statement: Mapping[str, Any], own: Own) -> CoverageFacts:
    covered = [
        (KINDS[kind], each["id"], each["name"], each["why"])
        for kind in KINDS
        for each in statement["covered"].get(kind, ())
    ]
    names = {each["id"]: each["name"] for each in statement["covered"].get("organisations", ())}
    shown = [row for row in covered if own.has(row[0], row[1], row[2])]
    not_covered = [each for each in statement["not_covered"] if own.has(each["kind"], each["id"], each["name"])]
    attribute = ATTRIBUTE.fullmatch(statement.get("territory", ""))
    return CoverageFacts(
        covered=tuple(Line(kind, name or names.get(number) or f"{number}", why) for kind, number, name, why in shown),
        others=len({row[1] for row in covered if row[0] == "account" and row not in shown}),
        not_covered=tuple(Line(each["kind"], each["name"], each["why"]) for each in not_covered),
        scheduled=statement["campaigns"]["scheduled"],
        running=statement["campaigns"]["running"],
        contacts=statement["contacts"],
        territory=attribute[1] if attribute else "",
    )


def selectors(scope: Mapping[str, Any], own: Own) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(kind, values) of what a scope selects, with names where there are; others' things are left out."""
    found = []
    for kind in SELECTORS:
        values = [str(each) for each in scope.get(kind, ())]
        if kind not in PUBLIC:
            values = [each for each in values if own.has(kind, int(each) if each.isdecimal() else each, each)]
        if values:
            found.append((kind, tuple(named(kind, values))))
    return tuple(found)


def named(kind: str, values: list[str]) -> list[str]:
    """`National Committee (3)` where the number has a name."""
    if kind not in ("account", "organisation"):
        return values
    numbers = [int(each) for each in values]
    names = (
        {each.account_id: each.name for each in held_accounts(numbers)}
        if kind == "account"
        else organisation_names(numbers)
    )
    return [f"{names[each]} ({each})" if each in names else str(each) for each in numbers]


def machine_scope(scope: Mapping[str, Any], own: Own) -> dict[str, Any]:
    """The scope in machine-readable form, without the numbers of others."""
    whole = {kind: values for kind, values in scope.items() if kind != "excluded"}
    kept: dict[str, Any] = {
        kind: [each for each in values if kind in PUBLIC or own.has(kind, int(each) if each.isdecimal() else each)]
        for kind, values in whole.items()
    }
    kept = {kind: values for kind, values in kept.items() if values}
    if "excluded" in scope and (excluded := machine_scope(scope["excluded"], own)):
        kept["excluded"] = excluded
    return kept
