"""Keeps what became of accepted mail in a relay's queue: bitmaps by batch, each recipient in at most one state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyroaring import BitMap

from fairpost.delivery.plan import SHIFT
from fairpost.delivery.reach.adapter import Campaign, Place

ENDED = ("delivered", "bounced", "discarded")
# Which states a new one replaces; what is not named stays. Held mail stays held whatever an attempt that was on its way
# says, until it was delivered or bounced; a release says so itself.
REPLACES = {
    "deferred": ("gone",),
    "held": ("deferred", "gone"),
    "gone": ("deferred", "held"),
    "discarded": ("deferred", "held", "gone"),
    "bounced": ("deferred", "held", "gone"),
    "delivered": ("deferred", "held", "gone", "bounced", "discarded"),
}
WHERE = "account_id = %s AND campaign_id = %s AND batch_no = %s AND relay_id = %s"


def mark(
    connection: Any, relay_id: int, campaign: Campaign, state: str, ordinals: Iterable[int], *, released: bool = False
) -> None:
    """Moves these recipients into `state`. The caller holds the relay's lock, and a transaction where it needs one."""
    replaces = ("held", "gone") if released else REPLACES[state]
    for number, members in by_batch(ordinals).items():
        move(connection, relay_id, (*campaign, number), state, members, replaces)


def by_batch(ordinals: Iterable[int]) -> dict[int, BitMap]:
    """The ordinals of each batch."""
    found: dict[int, list[int]] = {}
    for each in ordinals:
        found.setdefault(each >> SHIFT, []).append(each)
    return {number: BitMap(members) for number, members in found.items()}


def move(connection: Any, relay_id: int, place: Place, state: str, members: BitMap, replaces: tuple[str, ...]) -> None:
    rows = states_of(connection, relay_id, place)
    for other, kept in rows.items():
        if other != state and other not in replaces:
            members = members - kept
    if members <= rows.get(state, BitMap()):
        return
    with connection.transaction():
        for other in replaces:
            if other in rows and rows[other].intersect(members):
                write(connection, relay_id, place, other, rows[other] - members)
        write(connection, relay_id, place, state, rows.get(state, BitMap()) | members)


def states_of(connection: Any, relay_id: int, place: Place) -> dict[str, BitMap]:
    """What is known of one batch at one relay."""
    rows = connection.execute(f"SELECT state, members FROM relay_outcome WHERE {WHERE}", [*place, relay_id])
    return {state: BitMap.deserialize(bytes(members)) for state, members in rows}


def write(connection: Any, relay_id: int, place: Place, state: str, members: BitMap) -> None:
    key = [*place, relay_id, state]
    if not members:
        connection.execute(f"DELETE FROM relay_outcome WHERE {WHERE} AND state = %s", key)
        return
    members.run_optimize()
    connection.execute(
        "INSERT INTO relay_outcome (account_id, campaign_id, batch_no, relay_id, state, size, members)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (account_id, campaign_id, batch_no, relay_id, state)"
        " DO UPDATE SET size = EXCLUDED.size, members = EXCLUDED.members",
        [*key, len(members), members.serialize()],
    )


def members_in(connection: Any, campaign: Campaign, relay_id: int, states: Iterable[str]) -> BitMap:
    """Everybody of a campaign who is in one of these states at one relay."""
    rows = connection.execute(
        "SELECT members FROM relay_outcome WHERE account_id = %s AND campaign_id = %s AND relay_id = %s"
        " AND state = ANY(%s)",
        [*campaign, relay_id, list(states)],
    )
    found = BitMap()
    for (members,) in rows:
        found |= BitMap.deserialize(bytes(members))
    return found


def sums(connection: Any, campaign: Campaign) -> Mapping[tuple[int, str], int]:
    """How many are in each (relay, state)."""
    rows = connection.execute(
        "SELECT relay_id, state, sum(size)::bigint FROM relay_outcome_size WHERE account_id = %s AND campaign_id = %s"
        " GROUP BY relay_id, state",
        campaign,
    )
    return {(relay, state): count for relay, state, count in rows}
