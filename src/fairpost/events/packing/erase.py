"""What one contact did: shown to them, and erased from rows, packs and sets; counts name nobody and stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyroaring import BitMap

from fairpost.contacts.holdings import Whom
from fairpost.events.kinds import MACHINES, NAMES
from fairpost.events.members import NO_LINK, chunk_of
from fairpost.events.packing.columns import unpack
from fairpost.events.packing.packs import write_pack
from fairpost.events.queries.single import events_of

# A pass over the account's sets and packs: an erasure is rare.
SETS = """
SELECT campaign_id, kind, link, chunk, members FROM event_members
WHERE account_id = %s AND (chunk = %s OR (chunk = %s AND link <> -1)) FOR UPDATE
"""
WRITE_SET = """
UPDATE event_members SET members = %s
WHERE account_id = %s AND campaign_id = %s AND kind = %s AND link = %s AND chunk = %s
"""
DAYS = "SELECT kind, day, members FROM event_day_members WHERE account_id = %s AND chunk = %s FOR UPDATE"
WRITE_DAY = """
UPDATE event_day_members SET members = %s WHERE account_id = %s AND kind = %s AND day = %s AND chunk = %s
"""
DOMAINS = "DELETE FROM domain_chunk WHERE account_id = %s AND chunk = %s"
ROWS = "DELETE FROM event WHERE account_id = %s AND ordinal = %s"
PACKS = """
SELECT campaign_id, pack, columns FROM event_pack WHERE account_id = %s AND low <= %s AND high >= %s FOR UPDATE
"""
DROP_PACK = "DELETE FROM event_pack WHERE account_id = %s AND campaign_id = %s AND pack = %s"


def export(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Every open and click of this one person, in order of time."""
    if whom.ordinal is None:
        return []
    return [
        {
            "campaign": each.campaign_id,
            "at": each.at,
            "what": NAMES[each.kind],
            "link": each.link if each.link >= 0 else None,
            "machine": MACHINES.get(each.machine),
        }
        for each in events_of(cursor, whom.account_id, whom.ordinal)
    ]


def erase(cursor: Any, whom: Whom, now: datetime) -> int:
    """Takes the person out of everything that names their number; returns how many rows were changed."""
    if whom.ordinal is None:
        return 0
    account_id, ordinal = whom.account_id, whom.ordinal
    changed = erase_sets(cursor, account_id, ordinal)
    cursor.execute(DOMAINS, [account_id, chunk_of(ordinal)])  # made anew from the contacts there are
    cursor.execute(ROWS, [account_id, ordinal])
    changed += max(0, cursor.rowcount)
    cursor.execute(PACKS, [account_id, ordinal, ordinal])
    for campaign_id, number, columns in cursor.fetchall():
        events = unpack(bytes(columns))
        left = events[events["ordinal"] != ordinal]
        if len(left) < len(events):
            cursor.execute(DROP_PACK, [account_id, campaign_id, number])
            if len(left):
                write_pack(cursor, account_id, campaign_id, number, left)
            changed += 1
    return changed


def erase_sets(cursor: Any, account_id: int, ordinal: int) -> int:
    changed, chunk = 0, chunk_of(ordinal)
    cursor.execute(SETS, [account_id, chunk, chunk_of(ordinal, NO_LINK + 1)])
    for campaign_id, kind, link, number, members in cursor.fetchall():
        if octets := without(members, ordinal):
            cursor.execute(WRITE_SET, [octets, account_id, campaign_id, kind, link, number])
            changed += 1
    cursor.execute(DAYS, [account_id, chunk])
    for kind, day, members in cursor.fetchall():
        if octets := without(members, ordinal):
            cursor.execute(WRITE_DAY, [octets, account_id, kind, day, chunk])
            changed += 1
    return changed


def without(members: Any, ordinal: int) -> bytes | None:
    """The set without this member; None where it is not in it."""
    found = BitMap.deserialize(bytes(members))
    if ordinal not in found:
        return None
    found.remove(ordinal)
    return found.serialize()
