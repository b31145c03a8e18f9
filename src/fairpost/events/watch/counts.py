"""What the watch goes by: mail that was accepted, and what of it bounced, was complained about or refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

# By the primary keys of dispatch and sent_provider: an account's campaigns of some days.
ACCEPTED = """
    SELECT d.campaign_id, d.sending_domain, p.provider, p.accepted
    FROM dispatch AS d JOIN sent_provider AS p ON p.account_id = d.account_id AND p.campaign_id = d.campaign_id
    WHERE d.account_id = %s AND NOT d.test AND d.frozen_at >= %s AND d.frozen_at < %s"""
RETURNED = """
    SELECT d.campaign_id, d.sending_domain, p.provider, p.kind, p.by_relay, p.total
    FROM dispatch AS d JOIN returned_provider AS p ON p.account_id = d.account_id AND p.campaign_id = d.campaign_id
    WHERE d.account_id = %s AND NOT d.test AND d.frozen_at >= %s AND d.frozen_at < %s"""


@dataclass(slots=True)
class Counts:
    """Of one campaign, or of one sending domain, at one provider or all of them; `refused` after they were taken."""

    accepted: int = 0
    complaints: int = 0
    bounces: int = 0
    refused: int = 0
    failed: int = 0  # hard bounces that the relay said at once: they are in no accepted

    def add(self, other: Counts) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def of(self, sign: str) -> tuple[int, int]:
        """(how many, of how many) for complaints, bounces or refused."""
        if sign == "bounces":
            return self.bounces, self.accepted + self.failed
        return getattr(self, sign), self.accepted


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was counted; `provider` is '' for the long tail and for who is unknown."""

    campaign_id: int
    sending_domain: str
    provider: str


def counts_between(account_id: int, since: datetime, until: datetime) -> dict[Place, Counts]:
    """Of the account's campaigns that began in this time, and what came back of them until now."""
    found: dict[Place, Counts] = defaultdict(Counts)
    with connection.cursor() as cursor:
        cursor.execute(ACCEPTED, [account_id, since, until])
        for campaign_id, domain, provider, accepted in cursor.fetchall():
            found[Place(campaign_id, domain, provider)].accepted += accepted
        cursor.execute(RETURNED, [account_id, since, until])
        for campaign_id, domain, provider, kind, by_relay, count in cursor.fetchall():
            add_returned(found[Place(campaign_id, domain, provider)], kind, by_relay, count)
    return dict(found)


def add_returned(counts: Counts, kind: str, by_relay: bool, count: int) -> None:
    if kind == "complaint":
        counts.complaints += count
    elif kind == "refusal":
        counts.refused += 0 if by_relay else count
    elif kind == "hard_bounce":
        counts.bounces += count
        counts.failed += count if by_relay else 0


def summed(found: dict[Place, Counts], key: Any) -> dict[Any, Counts]:
    """Added up by whatever `key` makes of a place; None leaves it out."""
    sums: dict[Any, Counts] = defaultdict(Counts)
    for place, counts in found.items():
        name = key(place)
        if name is not None:
            sums[name].add(counts)
    return dict(sums)
