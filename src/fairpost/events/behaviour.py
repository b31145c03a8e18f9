"""What contacts did, for segments: sets that the fold keeps, read and joined; single events are never looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg import Connection, Cursor
from pyroaring import BitMap

from fairpost.delivery.queries.received import campaigns_sent, last_campaigns, received
from fairpost.events.kinds import (
    BY_MACHINE,
    CLICK,
    COMPLAINT,
    DONATION,
    HARD_BOUNCE,
    NO_LINK,
    OPEN,
    SOFT_BOUNCE,
    UNSUBSCRIBE,
)
from fairpost.events.members import chunk_of
from fairpost.segments.tree import Ago, Behaved, Campaigns, LastCampaigns, Period

KINDS = {
    "opened": [OPEN],
    "clicked": [CLICK],
    "donated": [DONATION],
    "bounced": [HARD_BOUNCE, SOFT_BOUNCE],
    "complained": [COMPLAINT],
    "unsubscribed": [UNSUBSCRIBE],
}
# By the primary keys (account_id, campaign_id, kind, link, chunk) and (account_id, kind, day, chunk).
IN_CAMPAIGNS = """
SELECT members FROM event_members
WHERE account_id = %s AND campaign_id = ANY(%s) AND kind = ANY(%s) AND link = %s AND chunk BETWEEN %s AND %s
"""
IN_DAYS = """
SELECT members FROM event_day_members
WHERE account_id = %s AND kind = ANY(%s) AND day BETWEEN %s AND %s AND chunk BETWEEN %s AND %s
"""
ALL_CHUNKS = (0, 2**31 - 1)


def look_up(
    connection: Connection[Any],
    account_id: int,
    deeds: Sequence[Behaved],
    today: date,
    span: tuple[int, int] | None = None,
) -> list[BitMap]:
    """Who did each of these, as `contacts.behaviour` asks for it. What was folded before is in it."""
    return [doers(connection, account_id, each, today, span) for each in deeds]


def doers(
    connection: Connection[Any], account_id: int, deed: Behaved, today: date, span: tuple[int, int] | None
) -> BitMap:
    match deed.scope:
        case Campaigns(named):
            campaigns = [each.campaign_id or 0 for each in named]
        case LastCampaigns(count, unit_id):
            campaigns = last_campaigns(connection, account_id, count, unit_id)
        case Period(first, last):
            return doers_in_days(connection, account_id, deed, (on(first, today), on(last, today)), span)
    if deed.did == "received":
        return received(connection, account_id, campaigns, span)
    link = NO_LINK if deed.link is None else deed.link
    return joined(connection, IN_CAMPAIGNS, [account_id, campaigns, kinds_of(deed), link, *chunks(span, link)])


def doers_in_days(
    connection: Connection[Any],
    account_id: int,
    deed: Behaved,
    days: tuple[date | None, date | None],
    span: tuple[int, int] | None,
) -> BitMap:
    if deed.did == "received":
        return received(connection, account_id, campaigns_sent(connection, account_id, *days), span)
    first, last = days[0] or date.min, days[1] or date.max
    return joined(connection, IN_DAYS, [account_id, kinds_of(deed), first, last, *chunks(span, NO_LINK)])


def kinds_of(deed: Behaved) -> list[int]:
    return [kind + BY_MACHINE if deed.machine else kind for kind in KINDS[deed.did]]


def on(day: date | Ago | None, today: date) -> date | None:
    return day.on(today) if isinstance(day, Ago) else day


def chunks(span: tuple[int, int] | None, link: int) -> tuple[int, int]:
    return (chunk_of(span[0], link), chunk_of(span[1] - 1, link)) if span else ALL_CHUNKS


def joined(connection: Connection[Any], sql: str, values: list[Any]) -> BitMap:
    """The union of all sets that a query gives, some thousand at a time."""
    found = BitMap()
    with Cursor(connection) as cursor:
        cursor.execute(sql, values, binary=True)  # type: ignore[arg-type]
        while rows := cursor.fetchmany(4096):
            found |= BitMap.union(*(BitMap.deserialize(members) for (members,) in rows))
    return found
