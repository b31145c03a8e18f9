"""Computes a coverage statement: who and what a scope covers at this moment, and who it expressly does not.

The same function serves the preview before anyone proposes, the proposal, the activation and every addendum, so that
they can be held against one another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from fairpost.enforcement.coverage.neighbours import OTHER_MAIL, PARTICIPANT, line, neighbours
from fairpost.enforcement.coverage.reach import OF_SENDERS, check_scope, reached
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.ports import Mailing, mailings
from fairpost.enforcement.scope.selector import Scope
from fairpost.enforcement.scope.subject import with_parents
from fairpost.kernel.text import mark
from fairpost.tenants.queries.senders import Sender, held_accounts, organisation_names, senders

TERRITORY = mark(
    "A recipient's territory is what the contact's attribute {attribute} says; contacts without it are not covered."
)
NAMED = mark("named by the measure")
LEGAL_SENDER = mark("the declared legal sender of covered mail")
HOLDS = mark("holds a covered account")
SENDS = mark("sends covered mail")
PART_OF_SCOPE = mark("inside the scope")
LINKED = mark("covered mail links to it")
LINKS_OWNED = mark("its links are covered: the domain is this organisation's")
LINKS_THERE = mark("its mail that links to the domain is covered; its other mail is not")


@dataclass(frozen=True, slots=True)
class Coverage:
    """A coverage statement as it is kept, and the campaigns in it."""

    statement: Mapping[str, Any]
    campaigns: tuple[Mailing, ...]

    @property
    def hash(self) -> str:
        """SHA-256 over those who are covered and those who are expressly not; counts that change hourly stay out."""
        kept = {name: self.statement[name] for name in ("covered", "not_covered")}
        return sha256(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def coverage(
    scope: Scope,
    needs: frozenset[str],
    now: datetime,
    territory_attribute: str,
    linking: frozenset[int] = frozenset(),
) -> Coverage:
    """The coverage of a scope. `needs` are the capabilities that the measure concerns (`*`: all).

    `linking` are accounts of which it is known that they link to the scope's domains. Raises Invalid where numbers in
    the scope need their account beside them.
    """
    check_scope(scope)
    everybody = near(scope, now)
    covered = reached(scope, everybody)
    force = probe(scope, needs, now)
    campaigns = tuple(each for each in mailings().all(None) if concerns(each, force, needs))
    linked = linked_senders(scope, linking | {each.account_id for each in campaigns}, everybody)
    statement = {
        "covered": covered_lines(scope, covered, linked),
        "not_covered": not_covered_lines(scope, covered, linked, everybody),
        "campaigns": {
            "scheduled": sum(each.state == "scheduled" for each in campaigns),
            "running": sum(each.state != "scheduled" for each in campaigns),
            "ids": [[each.account_id, each.campaign_id] for each in campaigns],
        },
        "contacts": sum(each.left for each in campaigns),
        "territory": TERRITORY.format(attribute=territory_attribute) if scope.values("territory") else "",
        "notices": to_be_told(scope, covered, linked),
    }
    return Coverage(statement, campaigns)


def near(scope: Scope, now: datetime) -> list[Sender]:
    """Every sender that the scope may reach, and those one step away from them; fewer than all where it can be told."""
    named = {int(each) for each in scope.values("account")}
    if not named or scope.values("link_domain"):
        return senders(now)
    inside = senders(now, accounts=named)
    known = {each.identity_id for each in inside}
    beside = senders(now, domains={each.domain for each in inside})
    return sorted(
        [*inside, *(each for each in beside if each.identity_id not in known)], key=lambda each: each.identity_id
    )


def probe(scope: Scope, needs: frozenset[str], now: datetime) -> Force:
    """The scope as a force, to hold campaigns against it exactly as the gate does."""
    return Force(0, "measure", 0, None, "preview", scope, now, denies=needs)


def concerns(mailing: Mailing, force: Force, needs: frozenset[str]) -> bool:
    subject = mailing.subject
    return ("*" in needs or not needs.isdisjoint(subject.needs)) and force.covers(subject)


def linked_senders(scope: Scope, linking: frozenset[int], everybody: Sequence[Sender]) -> list[Sender]:
    """Those whose domains are linked to, and those whose campaigns link there."""
    if not scope.values("link_domain"):
        return []
    owning = {each.identity_id for each in owners(scope, everybody)}
    return [each for each in everybody if each.identity_id in owning or each.account_id in linking]


def owners(scope: Scope, senders: Iterable[Sender]) -> list[Sender]:
    """The senders to whom a domain belongs that the scope selects by its links."""
    wanted = scope.values("link_domain")
    return [
        each
        for each in senders
        if not wanted.isdisjoint({*with_parents(each.domain), *with_parents(each.link_domain or each.domain)})
    ]


def covered_lines(scope: Scope, covered: Sequence[Sender], linked: Sequence[Sender]) -> dict[str, list[dict[str, Any]]]:
    reasons: dict[int, str] = {}
    for each in covered:
        for number in each.holder_ids:
            reasons.setdefault(number, HOLDS)
    for each in covered:
        for number in each.legal_ids:
            reasons[number] = LEGAL_SENDER
    for number in scope.values("organisation"):
        reasons[int(number)] = NAMED
    for why, those in ((LINKS_OWNED, owners(scope, linked)), (LINKS_THERE, linked)):
        for each in those:
            for number in each.holder_ids:
                reasons.setdefault(number, why)
    names = organisation_names(reasons)
    return {
        "organisations": [entry(number, names.get(number, ""), reasons[number]) for number in sorted(reasons)],
        "accounts": account_lines(scope, covered, linked),
        "units": unique((each.unit_id, each.unit_name) for each in covered),
        "identities": unique((each.identity_id, each.from_address) for each in covered),
        "joint_senders": unique((number, "") for each in covered for number in each.joint_sender_ids),
        "domains": domain_lines(scope, covered),
    }


def account_lines(scope: Scope, covered: Sequence[Sender], linked: Sequence[Sender]) -> list[dict[str, Any]]:
    named = held_accounts({int(each) for each in scope.values("account")})  # also where nothing is sent from it yet
    why = {each.account_id: NAMED for each in named}
    why |= {each.account_id: LINKS_THERE for each in linked}
    why |= {each.account_id: LINKS_OWNED for each in owners(scope, linked)}
    why |= {each.account_id: PART_OF_SCOPE for each in covered}
    names = {each.account_id: each.name for each in named}
    names |= {each.account_id: each.account_name for each in [*linked, *covered]}
    return [entry(number, names[number], why[number]) for number in sorted(why)]


def domain_lines(scope: Scope, covered: Sequence[Sender]) -> list[dict[str, Any]]:
    lines = [entry(None, each, SENDS) for each in sorted({each.domain for each in covered})]
    return lines + [entry(None, each, LINKED) for each in sorted(scope.values("link_domain"))]


def unique(pairs: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    return [entry(number, name, PART_OF_SCOPE) for number, name in sorted(dict(pairs).items())]


def entry(number: int | None, name: str, why: str) -> dict[str, Any]:
    return {"id": number, "name": name, "why": why}


def not_covered_lines(
    scope: Scope, covered: Sequence[Sender], linked: Sequence[Sender], everybody: Sequence[Sender]
) -> list[dict[str, Any]]:
    members = frozenset().union(*(each.participant_ids for each in covered))
    holders = frozenset().union(*(each.holder_ids for each in covered))
    named = {int(each) for each in scope.values("organisation")}
    names = organisation_names(members)
    told = {each.identity_id for each in linked}
    lines = [line("organisation", number, names[number], PARTICIPANT) for number in sorted(members - named)]
    if covered:
        lines += [
            each
            for each in neighbours(covered, everybody, held_accounts(holders=members | holders))
            if not (each["kind"] == "identity" and each["id"] in told)
        ]
    if any(each.kind not in OF_SENDERS for each in scope.selectors) or scope.values("link_domain"):
        lines.append(line("mail", None, "", OTHER_MAIL))
    return lines


def to_be_told(scope: Scope, covered: Sequence[Sender], linked: Sequence[Sender]) -> list[dict[str, int]]:
    """Who gets a notice of its own: each account, and each participant of a joint sender."""
    accounts = sorted({each.account_id for each in [*covered, *linked]} | {int(n) for n in scope.values("account")})
    members = sorted(frozenset().union(*(each.participant_ids for each in covered)))
    named = sorted(int(each) for each in scope.values("organisation"))
    told = [{"account_id": each} for each in accounts]
    return told + [{"organisation_id": each} for each in dict.fromkeys([*members, *named])]
