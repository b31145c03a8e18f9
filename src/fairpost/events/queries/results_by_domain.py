"""What came back by the domain of the recipient, or by the mailbox provider that stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fairpost.contacts.queries.domains import providers
from fairpost.delivery.connect import connect
from fairpost.events.domains.rollup import NAMES, OTHERS, Counts, counts_of, shortened, unpacked
from fairpost.events.reports.scope import Scope, campaigns_in
from fairpost.kernel.actor import Actor

By = Literal["domain", "provider"]
# By the primary key.
KEPT = "SELECT campaign_id, made_at, counts FROM campaign_domains WHERE account_id = %s AND campaign_id = ANY(%s)"
AT_ONCE = 3  # campaigns that are counted when asked, where the background has not come to them yet


@dataclass(frozen=True, slots=True)
class DomainResult:
    """Recipients of one domain, or provider; '' are the others together. Machines are apart."""

    domain: str
    accepted: int
    opened: int
    clicked: int
    unsubscribed: int
    complained: int
    hard_bounced: int
    soft_bounced: int
    machine_opened: int
    machine_clicked: int


@dataclass(frozen=True, slots=True)
class DomainResults:
    """`made_at` is when the oldest of the counts was made, None where all were counted now; `lacking` are campaigns
    that the background has not come to yet, and that are not in the numbers."""

    made_at: datetime | None
    lacking: int
    rows: tuple[DomainResult, ...]


def results_by_domain(
    actor: Actor, account_id: int, scope: Scope, *, by: By = "domain", limit: int = 50
) -> DomainResults:
    """The domains with the most recipients, and all others together."""
    campaigns = campaigns_in(actor, account_id, scope)
    with connect() as own:
        made_at, lacking, parts = counts_in(own, account_id, campaigns)
        names = providers(own, {domain for part in parts for domain in part}) if by == "provider" else {}
    summed: Counts = {}
    for part in parts:
        for domain, counts in part.items():
            name = names.get(domain, domain)
            before = summed.get(name, [0] * len(NAMES))
            summed[name] = [a + b for a, b in zip(before, counts, strict=True)]
    shown = shortened(summed, limit)
    ordered = sorted(shown.items(), key=lambda each: (each[0] == OTHERS, -each[1][0], each[0]))
    return DomainResults(made_at, lacking, tuple(DomainResult(domain, *counts) for domain, counts in ordered))


def counts_in(connection: Any, account_id: int, campaigns: Sequence[int]) -> tuple[datetime | None, int, list[Counts]]:
    """(oldest, campaigns that are lacking, the counts of each of the others)."""
    if len(campaigns) == 1:
        return None, 0, [counts_of(connection, account_id, campaigns[0])]
    rows = connection.execute(KEPT, [account_id, list(campaigns)]).fetchall()
    lacking = sorted(set(campaigns) - {row[0] for row in rows})
    now = [counts_of(connection, account_id, each) for each in lacking[:AT_ONCE]]
    oldest = min((row[1] for row in rows), default=None)
    return oldest, len(lacking[AT_ONCE:]), [*(unpacked(bytes(row[2])) for row in rows), *now]
