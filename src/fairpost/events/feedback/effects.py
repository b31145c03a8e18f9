"""What a report does: counts it once, suppresses where the address is at fault, and notes what a person said by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pyroaring import BitMap

from fairpost.contacts.consent import note_consent
from fairpost.contacts.reach import Reach
from fairpost.contacts.suppression import add_suppressions
from fairpost.events.feedback.concerned import Concerned
from fairpost.events.kinds import CLICK, COMPLAINT, HARD_BOUNCE, NO_LINK, OPEN, SOFT_BOUNCE
from fairpost.events.members import CHUNK_BITS, add_members
from fairpost.events.totals import Total, add_totals, hour_of

ACCOUNT = Reach("account")
KINDS = {
    "hard_bounce": HARD_BOUNCE, "soft_bounce": SOFT_BOUNCE, "refusal": SOFT_BOUNCE, "complaint": COMPLAINT,
}  # fmt: skip
HARD = "hard bounce"
SOFT = "soft bounces"
COMPLAINED = "complaint"

SOFT_OVER = timedelta(days=7)  # the shortest time over which soft bounces can suppress
SOFT_FORGOTTEN = timedelta(days=90)  # without one for so long, counting begins anew

# By the primary key. A contact that bounced long ago, and never since, begins anew.
SOFT_COUNT = """
    INSERT INTO soft_bounce (account_id, ordinal, bounces, first_at, last_at)
    SELECT %(account)s, ordinal, 1, %(at)s, %(at)s FROM unnest(%(ordinals)s::int[]) AS ordinal ORDER BY ordinal
    ON CONFLICT (account_id, ordinal) DO UPDATE SET
        bounces = CASE WHEN soft_bounce.last_at < %(forgotten)s THEN 1 ELSE soft_bounce.bounces + 1 END,
        first_at = CASE WHEN soft_bounce.last_at < %(forgotten)s THEN %(at)s ELSE soft_bounce.first_at END,
        last_at = greatest(soft_bounce.last_at, %(at)s)
    RETURNING ordinal, bounces, first_at, last_at"""
SOFT_FORGET = "DELETE FROM soft_bounce WHERE account_id = %s AND ordinal = ANY(%s)"
# By the primary key: some hundred small rows at most.
ENGAGED = """
    SELECT members FROM event_day_members
    WHERE account_id = %s AND kind = ANY(%s) AND day >= %s AND chunk = %s"""


class Effect(NamedTuple):
    """`effect` as the table has it; `counted` where members and totals count it now."""

    effect: str
    counted: bool


def apply(cursor: Any, who: Concerned, kind: str, at: datetime, source: str, soft_limit: int, fault: bool) -> Effect:
    """Does to one known contact what a report of this kind does. `fault`: a soft bounce that is the address's own."""
    assert who.ordinal is not None
    if kind not in KINDS:
        return Effect("none", False)
    account_id, campaign_id = who.account_id, who.campaign_id
    counted = campaign_id is not None and count(cursor, account_id, campaign_id, kind, [who.ordinal], at) > 0
    origin = source if campaign_id is None else f"campaign:{campaign_id}"
    if kind == "hard_bounce":
        add_suppressions(cursor, account_id, [who.canonical], ACCOUNT, HARD, origin, at)
        return Effect("suppressed", counted)
    if kind == "complaint":
        complained(cursor, who, counted, origin, at)
        return Effect("suppressed", counted)
    # Several notices about one message, as of each day that it waits, are one bounce.
    new = counted or campaign_id is None
    if fault and new and worn_out(cursor, account_id, [who.ordinal], at, soft_limit):
        add_suppressions(cursor, account_id, [who.canonical], ACCOUNT, SOFT, origin, at)
        return Effect("suppressed", counted)
    return Effect("counted" if new else "none", counted)


def count(cursor: Any, account_id: int, campaign_id: int, kind: str, ordinals: Sequence[int], at: datetime) -> int:
    """Puts them into the set of their kind; how many were not in it, and are in the totals from now on."""
    number = KINDS[kind]
    added = add_members(cursor, account_id, campaign_id, number, BitMap(ordinals), day=at.date())
    if added:
        add_totals(cursor, [Total(account_id, campaign_id, number, NO_LINK, hour_of(at), added)])
    return added


def complained(cursor: Any, who: Concerned, first: bool, origin: str, at: datetime) -> None:
    """A complaint is an objection: nothing more of this account goes there, and the ledger says since when."""
    added = add_suppressions(cursor, who.account_id, [who.canonical], ACCOUNT, COMPLAINED, origin, at)
    if added or first:
        note_consent(
            cursor, who.account_id, who.canonical, who.ordinal, "account", "withdrawn", "complaint", None, origin, at
        )


def worn_out(cursor: Any, account_id: int, ordinals: Sequence[int], at: datetime, limit: int) -> list[int]:
    """Counts one more soft bounce of each of these contacts; returns those who have had enough of them.

    Enough is `limit` (0: never) over a week or more, without an open or click of theirs since the first.
    """
    given = {"account": account_id, "ordinals": list(ordinals), "at": at, "forgotten": at - SOFT_FORGOTTEN}
    cursor.execute(SOFT_COUNT, given)
    over = [row for row in cursor.fetchall() if limit and row[1] >= limit and row[3] - row[2] >= SOFT_OVER]
    alive = [ordinal for ordinal, _bounces, first, _last in over if engaged(cursor, account_id, ordinal, first)]
    if alive:
        cursor.execute(SOFT_FORGET, [account_id, alive])
    return [row[0] for row in over if row[0] not in alive]


def engaged(cursor: Any, account_id: int, ordinal: int, since: datetime) -> bool:
    cursor.execute(ENGAGED, [account_id, [OPEN, CLICK], since.date(), ordinal >> CHUNK_BITS])
    return any(ordinal in BitMap.deserialize(bytes(members)) for (members,) in cursor.fetchall())
