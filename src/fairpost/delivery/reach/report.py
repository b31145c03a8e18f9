"""Says what became of accepted mail: delivered, bounced, held, still queued, out of reach, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.models import Relay
from fairpost.delivery.reach.adapter import Campaign
from fairpost.delivery.reach.adapters import ADAPTERS
from fairpost.delivery.reach.tally import members_in, sums
from fairpost.delivery.reach.trail import accepted_by
from fairpost.kernel.text import _

POOL = "SELECT pool_id FROM dispatch WHERE account_id = %s AND campaign_id = %s"
ACCEPTED = """
SELECT coalesce(sum(size), 0)::bigint FROM outcome_size
WHERE account_id = %s AND campaign_id = %s AND state = 'accepted'
"""
ASKED = """
SELECT relay_id, cardinality(unresolved), counted FROM relay_hold WHERE account_id = %s AND campaign_id = %s
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Accepted messages; all but `accepted` and `uncertain` add up to `accepted`.

    `queued` are in reach and not held: nothing was asked, or the relay has not said anything of them yet. `gone` left
    the queue, and its log has not said how. `uncertain` are among `held`: a delivery had perhaps begun before.
    """

    accepted: int = 0
    delivered: int = 0
    bounced: int = 0
    held: int = 0
    queued: int = 0
    discarded: int = 0
    gone: int = 0
    out_of_reach: int = 0
    uncertain: int = 0


@dataclass(frozen=True, slots=True)
class CampaignInQueues:
    """The counts of one campaign."""

    account_id: int
    campaign_id: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class RelayReach:
    """One relay that accepted mail: `out_of_reach` messages lie there where they cannot be held, because of `reason`.

    A `reason` without such messages says what could not be learned although the rest was done.
    """

    relay_id: int
    name: str
    kind: str
    out_of_reach: int
    reason: str


@dataclass(frozen=True, slots=True)
class QueueReport:
    """The answer to a hold, a release or a discard. `seconds` is how long it took."""

    campaigns: tuple[CampaignInQueues, ...]
    total: Counts
    relays: tuple[RelayReach, ...]
    seconds: float


def queue_report(
    connection: Any, campaigns: Sequence[Campaign], unreached: Mapping[int, str], seconds: float,
    notes: Mapping[int, str] | None = None,
) -> QueueReport:  # fmt: skip
    """Counts these campaigns. `unreached` are relays whose queue could not be reached, each with its reason."""
    found, beyond = [], dict.fromkeys(unreached, 0)
    named: dict[int, Relay] = {}
    for campaign in campaigns:
        relays = relays_of(connection, campaign)
        named.update({each.pk: each for each in relays})
        counts, out = count(connection, campaign, relays, frozenset(unreached))
        for relay, number in out.items():
            beyond[relay] = beyond.get(relay, 0) + number
        found.append(CampaignInQueues(*campaign, counts))
    reasons = {**(notes or {}), **unreached}
    told = tuple(
        RelayReach(each.pk, each.name, each.kind, beyond.get(each.pk, 0), reasons.get(each.pk, "") or reason_of(each))
        for each in sorted(named.values(), key=lambda each: each.pk)
    )
    return QueueReport(tuple(found), total(found), told, seconds)


def relays_of(connection: Any, campaign: Campaign) -> list[Relay]:
    row = connection.execute(POOL, campaign).fetchone()
    return list(Relay.objects.filter(pool_id=row[0])) if row else []


def reason_of(relay: Relay) -> str:
    return "" if relay.kind in ADAPTERS else _("Fairpost has no access to this relay's queue.")


def total(found: Sequence[CampaignInQueues]) -> Counts:
    return Counts(**{each.name: sum(getattr(one.counts, each.name) for one in found) for each in fields(Counts)})


def count(
    connection: Any, campaign: Campaign, relays: Sequence[Relay], unreached: frozenset[int]
) -> tuple[Counts, dict[int, int]]:
    """The counts of one campaign, and how many of them are out of reach at which relay."""
    [accepted] = connection.execute(ACCEPTED, campaign).fetchone()
    told: dict[str, int] = {}
    for (_relay, state), size in sums(connection, campaign).items():
        told[state] = told.get(state, 0) + size
    asked = {row[0]: row[1:] for row in connection.execute(ASKED, campaign)}
    uncertain = sum(row[0] for row in asked.values())
    beyond = {each.pk for each in relays if each.kind not in ADAPTERS or each.pk in unreached}
    counting = {each for each, row in asked.items() if row[1] is not None} - beyond
    accounted = sum(told.get(each, 0) for each in ("delivered", "bounced", "held", "discarded", "gone"))
    lying = where_it_lies(connection, campaign, relays, beyond, counting, accepted - accounted)
    for relay in counting:  # it cannot name them: what it does not count has left it
        here = min(asked[relay][1], lying[relay])
        told["held"] = told.get("held", 0) + here
        told["gone"] = told.get("gone", 0) + lying[relay] - here
    out = {each: lying[each] for each in beyond}
    known = sum(told.get(each, 0) for each in ("delivered", "bounced", "held", "discarded", "gone"))
    counts = Counts(
        accepted=accepted,
        delivered=told.get("delivered", 0),
        bounced=told.get("bounced", 0),
        held=told.get("held", 0),
        queued=max(0, accepted - known - sum(out.values())),
        discarded=told.get("discarded", 0),
        gone=told.get("gone", 0),
        out_of_reach=sum(out.values()),
        uncertain=min(uncertain, told.get("held", 0)),
    )
    return counts, out


def where_it_lies(
    connection: Any, campaign: Campaign, relays: Sequence[Relay], beyond: set[int], counting: set[int], rest: int
) -> dict[int, int]:
    """Messages of which nothing is known but that this relay accepted them, for relays that cannot name them.

    The trail is read only where more than one relay took part.
    """
    wanted = frozenset(beyond | counting)
    if not wanted:
        return {}
    if len(relays) == 1:
        return dict.fromkeys(wanted, max(0, rest))
    found = accepted_by(connection, campaign, wanted)
    for relay, members in found.items():
        members -= members_in(connection, campaign, relay, ("held", "gone")) or BitMap()
    return {relay: len(members) for relay, members in found.items()}
