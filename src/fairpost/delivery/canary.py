"""A canary is a small part of the audience that is written to first, spread over mailbox providers like the whole.

A large part chosen at random is spread like the whole. A small one is chosen provider by provider from a larger
random choice: in proportion, and at least one of each provider that was found there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from random import Random
from typing import Any

from pyroaring import BitMap

from fairpost.contacts.queries.domains import providers

LATER = datetime(9000, 1, 1, tzinfo=UTC)  # when the rest is due until it is let go
LARGE = 20_000  # from here on chance alone spreads well enough
WIDER = 4  # times as many as are wanted are looked at where the part is small

# By the primary key (account_id, ordinal).
SELECT_DOMAINS = """
    SELECT ordinal, substr(canonical, strpos(canonical, '@') + 1) FROM contact
    WHERE account_id = %s AND ordinal = ANY(%s)"""


def choose_canary(connection: Any, account_id: int, members: BitMap, size: int, random: Random) -> BitMap:
    """`size` of the members, at least one of each provider that a wider random choice meets."""
    if size >= len(members):
        return members.copy()
    if size >= LARGE:
        return by_chance(members, size, random)
    looked_at = by_chance(members, min(len(members), size * WIDER), random)
    groups = by_provider(connection, account_id, looked_at)
    chosen = BitMap()
    for name, share in quotas({name: len(group) for name, group in groups.items()}, size).items():
        chosen.update(random.sample(groups[name], share))
    return chosen


def by_chance(members: BitMap, size: int, random: Random) -> BitMap:
    return BitMap(members[rank] for rank in random.sample(range(len(members)), size))


def by_provider(connection: Any, account_id: int, ordinals: BitMap) -> dict[str, list[int]]:
    """Ordinals by the provider of their domain, or by the domain where no provider is known."""
    rows = connection.execute(SELECT_DOMAINS, [account_id, list(ordinals)]).fetchall()
    known = providers(connection, {domain for _ordinal, domain in rows})
    groups: dict[str, list[int]] = defaultdict(list)
    for ordinal, domain in rows:
        groups[known.get(domain, domain)].append(ordinal)
    return groups


def quotas(sizes: dict[str, int], wanted: int) -> dict[str, int]:
    """How many of each group: in proportion, and at least one of each, of the largest where they are too many."""
    groups = sorted(sizes, key=lambda name: (-sizes[name], name))[:wanted]
    total = sum(sizes[name] for name in groups)
    wanted = min(wanted, total)
    exact = {name: sizes[name] * wanted / total for name in groups}
    share = {name: max(1, int(exact[name])) for name in groups}
    while sum(share.values()) > wanted:
        several = [name for name in groups if share[name] > 1]
        share[max(several, key=lambda name: share[name] - exact[name])] -= 1
    while sum(share.values()) < wanted:
        more = [name for name in groups if share[name] < sizes[name]]
        share[max(more, key=lambda name: exact[name] - share[name])] += 1
    return share
