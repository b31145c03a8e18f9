"""What a campaign came to, or all campaigns of a sender, unit, joint sender or account together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.delivery.queries.outcomes import outcome_sums
from fairpost.events.donations.amounts import write_amount
from fairpost.events.kinds import BY_MACHINE, CLICK, COMPLAINT, OPEN, UNSUBSCRIBE
from fairpost.events.reports.rates import Rate, rates
from fairpost.events.reports.scope import Scope, campaigns_in
from fairpost.kernel.actor import Actor

STATES = ("accepted", "deferred", "withheld", "failed", "in_doubt", "unknown")

# All by the primary keys' prefix of each campaign, some rows each.
DISPATCHES = """
SELECT sum(audience_size)::bigint, min(frozen_at), max(frozen_at) FROM dispatch
WHERE account_id = %s AND campaign_id = ANY(%s)
"""
COUNTS = """
SELECT kind, sum(people)::bigint, sum(total)::bigint FROM event_count
WHERE account_id = %s AND campaign_id = ANY(%s) AND link = -1 GROUP BY kind
"""
BOUNCES = """
SELECT cls, kind, by_relay, sum(total)::bigint FROM returned_class
WHERE account_id = %s AND campaign_id = ANY(%s) GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""
# By the index donation_campaign.
RAISED = """
SELECT currency, sum(amount)::bigint, sum(amount - refunded - charged_back)::bigint,
       count(DISTINCT (platform, order_id)),
       count(DISTINCT donor) + count(DISTINCT (platform, order_id)) FILTER (WHERE donor IS NULL)
FROM donation WHERE account_id = %s AND campaign_id = ANY(%s) AND amount > 0 GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """How many recipients are in this state for this reason."""

    state: str
    reason: str
    recipients: int


@dataclass(frozen=True, slots=True)
class Deed:
    """`people`: recipients who did it, each once per campaign; `total`: how often. Those of machines are apart.

    A recipient may be in both: a machine fetched the mail ahead, and the person opened it later.
    """

    people: int
    total: int
    machine_people: int = 0
    machine_total: int = 0


@dataclass(frozen=True, slots=True)
class Bounce:
    """Messages that were refused: `by_relay` at once, never accepted; else they came back after they were accepted.

    `kind` is hard_bounce, soft_bounce, or refusal (of content or sender, not of the address).
    """

    cls: str
    kind: str
    by_relay: bool
    recipients: int


@dataclass(frozen=True, slots=True)
class Raised:
    """Donations attributed to the campaigns, in decimal texts of one currency."""

    currency: str
    raised: str
    net: str
    gifts: int
    donors: int


@dataclass(frozen=True, slots=True)
class Results:
    """One report. `delivered` is what relays accepted and nobody sent back; `pending` had no outcome yet.

    `of` says what it is of, `id` which (the account's where it is of all). `donated` is None for who may not see it.
    """

    of: str
    id: int
    campaigns: int
    first_begun_at: datetime | None
    last_begun_at: datetime | None
    audience: int
    pending: int
    accepted: int
    deferred: int
    withheld: int
    failed: int
    in_doubt: int
    unknown: int
    returned: int
    delivered: int
    opened: Deed
    clicked: Deed
    unsubscribed: Deed
    complained: Deed
    rates: tuple[Rate, ...]
    reasons: tuple[Reason, ...]
    bounces: tuple[Bounce, ...]
    donated: tuple[Raised, ...] | None


def results(actor: Actor, account_id: int, scope: Scope) -> Results:
    """The report of a scope. Raises NotFound where the actor sees no such thing."""
    campaigns = campaigns_in(actor, account_id, scope)
    [(audience, first, last)] = asked(DISPATCHES, account_id, campaigns)
    states, reasons = outcomes(account_id, campaigns)
    bounces = tuple(Bounce(*row) for row in asked(BOUNCES, account_id, campaigns))
    returned = sum(each.recipients for each in bounces if not each.by_relay)
    delivered = max(0, states["accepted"] - returned)
    deeds = deeds_of(account_id, campaigns)
    opened, clicked, unsubscribed, complained = (deeds[kind] for kind in (OPEN, CLICK, UNSUBSCRIBE, COMPLAINT))
    refused = sum(each.recipients for each in bounces)
    return Results(
        of=scope.of,
        id=scope.campaign_id or scope.identity_id or scope.unit_id or scope.joint_sender_id or account_id,
        campaigns=len(campaigns),
        first_begun_at=first,
        last_begun_at=last,
        audience=audience or 0,
        pending=max(0, (audience or 0) - sum(states.values())),
        **states,
        returned=returned,
        delivered=delivered,
        opened=opened,
        clicked=clicked,
        unsubscribed=unsubscribed,
        complained=complained,
        rates=rates(
            delivered=delivered, attempted=states["accepted"] + states["failed"], refused=refused,
            opened=opened.people, clicked=clicked.people, unsubscribed=unsubscribed.people,
            complained=complained.people,
        ),
        reasons=reasons,
        bounces=bounces,
        donated=raised(account_id, campaigns) if "donation.read" in actor.capabilities else None,
    )  # fmt: skip


def outcomes(account_id: int, campaigns: Sequence[int]) -> tuple[dict[str, int], tuple[Reason, ...]]:
    """Recipients by state, and by state and reason where there is one."""
    states, reasons = dict.fromkeys(STATES, 0), defaultdict(int)
    for sums in outcome_sums(account_id, campaigns).values():
        for (state, reason), size in sums.items():
            states[state] += size
            if reason:
                reasons[state, reason] += size
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return states, tuple(Reason(state, reason, size) for (state, reason), size in ordered)


def deeds_of(account_id: int, campaigns: Sequence[int]) -> dict[int, Deed]:
    """By kind, those of machines within those of people."""
    found = {kind: (people, total) for kind, people, total in asked(COUNTS, account_id, campaigns)}
    none = (0, 0)
    kinds = (OPEN, CLICK, UNSUBSCRIBE, COMPLAINT)
    return {kind: Deed(*found.get(kind, none), *found.get(kind + BY_MACHINE, none)) for kind in kinds}


def raised(account_id: int, campaigns: Sequence[int]) -> tuple[Raised, ...]:
    return tuple(
        Raised(currency, write_amount(amount, currency), write_amount(net, currency), gifts, donors)
        for currency, amount, net, gifts, donors in asked(RAISED, account_id, campaigns)
    )


def asked(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
