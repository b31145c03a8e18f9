"""Who must not be followed: the switches of an account, its lists and territories, and of single contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from fairpost.contacts.queries.members import CHUNK_BITS

# Both by the primary keys; one statement, so that all switches are seen at the same moment.
SELECT_OFF = """
    SELECT kind, key, NULL::bytea FROM tracking_off WHERE account_id = %s
    UNION ALL
    SELECT 'contact', '', members FROM tracking_off_chunk WHERE account_id = %s AND chunk BETWEEN %s AND %s"""
HOLD_CHUNK = """
    INSERT INTO tracking_off_chunk (account_id, chunk, members) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"""
SELECT_CHUNK = "SELECT members FROM tracking_off_chunk WHERE account_id = %s AND chunk = %s FOR UPDATE"
UPDATE_CHUNK = "UPDATE tracking_off_chunk SET members = %s WHERE account_id = %s AND chunk = %s"


@dataclass(frozen=True, slots=True)
class TrackingOff:
    """The switches that are off, seen at one moment, for contacts of one range of ordinals."""

    account: bool = False
    lists: frozenset[int] = frozenset()
    territories: frozenset[str] = frozenset()
    contacts: BitMap = field(default_factory=BitMap)

    def everybody(self, list_ids: Iterable[int]) -> bool:
        """Whether nobody of a mailing to these lists may be followed."""
        return self.account or not self.lists.isdisjoint(list_ids)

    def of_territory(self, attributes: Mapping[str, Any], attribute: str) -> bool:
        """Whether a contact with these attributes lives where nobody is followed."""
        return bool(self.territories) and territory_key(attributes.get(attribute, "")) in self.territories


def territory_key(value: Any) -> str:
    """Territories compare without regard to case and surrounding spaces: `fr ` is `FR`."""
    return str(value).strip().casefold()


def tracking_off(cursor: Any, account_id: int, first: int, last: int) -> TrackingOff:
    """What is off for contacts with ordinals from `first` to `last`. `cursor` is psycopg's or Django's."""
    cursor.execute(SELECT_OFF, [account_id, account_id, first >> CHUNK_BITS, last >> CHUNK_BITS])
    keys: dict[str, set[str]] = {"account": set(), "list": set(), "territory": set()}
    contacts = BitMap()
    for kind, key, members in cursor.fetchall():
        if kind == "contact":
            contacts |= BitMap.deserialize(bytes(members))
        else:
            keys[kind].add(key)
    lists = frozenset(int(each) for each in keys["list"])
    return TrackingOff(bool(keys["account"]), lists, frozenset(keys["territory"]), contacts)


def switch_contact(cursor: Any, account_id: int, ordinal: int, *, off: bool) -> bool:
    """Switches one contact inside the caller's transaction, the chunk's row held; False where it was so already."""
    chunk = ordinal >> CHUNK_BITS
    cursor.execute(HOLD_CHUNK, [account_id, chunk, BitMap().serialize()])
    cursor.execute(SELECT_CHUNK, [account_id, chunk])
    members = BitMap.deserialize(bytes(cursor.fetchone()[0]))
    if (ordinal in members) == off:
        return False
    if off:
        members.add(ordinal)
    else:
        members.discard(ordinal)
    cursor.execute(UPDATE_CHUNK, [members.serialize(), account_id, chunk])
    return True


def switch_all(cursor: Any, account_id: int, kind: str, key: str, now: datetime, *, off: bool) -> bool:
    """Switches the account, a list or a territory; False where it was so already."""
    if off:
        cursor.execute(
            "INSERT INTO tracking_off (account_id, kind, key, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [account_id, kind, key, now],
        )
    else:
        cursor.execute(
            "DELETE FROM tracking_off WHERE account_id = %s AND kind = %s AND key = %s", [account_id, kind, key]
        )
    return cursor.rowcount > 0
