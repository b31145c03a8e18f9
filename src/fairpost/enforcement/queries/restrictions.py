"""The status of an account: everything in force on it, measures and its own pauses, by whom and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.catalogue.capabilities import ALWAYS
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.store import current
from fairpost.enforcement.naming import decision_url, label
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.enforcement.queries.dispositions import HeldView, held_campaigns
from fairpost.enforcement.queries.pauses import pause_view
from fairpost.enforcement.scope.subject import with_parents
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.senders import Sender, held_accounts, senders


@dataclass(frozen=True, slots=True)
class Restriction:
    """One measure, pause or period in force. `begun_by`: the platform, or who of the customer's own people."""

    name: str
    source: str
    kind: str
    denies: tuple[str, ...]
    review: bool
    per_hour: int | None
    audience: int | None
    scope: dict[str, list[str]]
    since: datetime
    until: datetime | None
    begun_by: str
    decision: str
    clauses: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Status:
    """What applies to an account now. `always` goes on whatever is in force; `held` are campaigns that wait."""

    account_id: int
    at: datetime
    restrictions: tuple[Restriction, ...]
    held: tuple[HeldView, ...]
    always: tuple[str, ...]


def status(actor: Actor, account_id: int, clock: Clock = SYSTEM_CLOCK) -> Status:
    """Everything in force on an account, or on a part of it; for its own people and for those who enforce."""
    authorise(actor, "account.read", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    own = senders(now, accounts=[account_id])
    holder = held_accounts([account_id])[0].holder_ids
    forces = list(current().forces.values())
    found = [each for each in forces if running(each, now) and touches(each, account_id, holder, own)]
    return Status(
        account_id=account_id,
        at=now,
        restrictions=tuple(restriction(each, now) for each in sorted(found, key=lambda each: each.id)),
        held=tuple(held_campaigns(actor, account_id=account_id)),
        always=tuple(_(each) for each in ALWAYS),
    )


def running(force: Force, now: datetime) -> bool:
    return force.starts_at <= now and (force.ends_at is None or now < force.ends_at)


def touches(force: Force, account_id: int, holder: frozenset[int], own: list[Sender]) -> bool:
    """Whether it can apply to anything of the account: to all of it, or to mail of one of its senders."""
    scope = force.scope
    if force.source == "pause" or scope.values("account"):
        return str(account_id) in scope.values("account")
    if scope.values("organisation") & {str(each) for each in holder}:
        return True
    return any(sends_inside(force, each) for each in own)


def sends_inside(force: Force, sender: Sender) -> bool:
    asked = {
        "organisation": {str(each) for each in sender.legal_ids | sender.holder_ids},
        "joint_sender": {str(each) for each in sender.joint_sender_ids},
        "unit": {str(sender.unit_id)},
        "identity": {str(sender.identity_id)},
        "domain": set(with_parents(sender.domain)),
        "link_domain": set(with_parents(sender.link_domain)),
    }
    named = [each for each in force.scope.selectors if each.kind in asked]
    return bool(named) and all(each.values & asked[each.kind] for each in named)


def restriction(force: Force, now: datetime) -> Restriction:
    decision = decision_view(force.decision_id, now) if force.decision_id else None
    begun_by = _("the platform")
    if force.source == "pause":
        begun_by = pause_view(force.source_id, now).begun_by
    return Restriction(
        name=force.name,
        source=force.source,
        kind=force.kind,
        denies=tuple(sorted(force.denies)),
        review=force.review,
        per_hour=force.per_hour,
        audience=force.audience,
        scope=force.scope.to_json(),
        since=force.starts_at,
        until=force.ends_at,
        begun_by=begun_by,
        decision=label("decision", force.decision_id) if force.decision_id else "",
        clauses=tuple(each.label for each in decision.clauses) if decision else (),
        url=decision_url(force.decision_id) if force.decision_id else "",
    )
