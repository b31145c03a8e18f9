"""Whoever asks to be left alone is left alone from the commit on, by whatever way they asked: link, one click or mail.

Plain SQL over any cursor, so that pages, the fold of an edge and the mail intake do the very same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pyroaring import BitMap

from fairpost.contacts.consent import note_consents
from fairpost.contacts.queries.living_lists import living_lists
from fairpost.contacts.reach import Reach
from fairpost.contacts.suppression import add_suppressions
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.events.kinds import NO_LINK, UNSUBSCRIBE
from fairpost.events.members import add_members
from fairpost.events.totals import Total, add_totals, hour_of

REASON = "unsubscribed"
BY_LINK = "unsubscribe_link"
BY_MAIL = "unsubscribe_mail"

# All by the primary keys.
LISTS = "SELECT list_ids FROM dispatch WHERE account_id = %s AND campaign_id = %s"
ADDRESSES = "SELECT ordinal, canonical FROM contact WHERE account_id = %s AND ordinal = ANY(%s)"
NOTED = "SELECT members FROM event_members WHERE account_id = %s AND campaign_id = %s AND kind = %s AND link = %s"


class Raced(Exception):
    """Somebody else noted the same people at the same moment: roll back, and do it again."""


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """`known` where the contact is there still, `first` where it had not unsubscribed from this campaign before."""

    known: bool
    first: bool


NOBODY = Unsubscribed(known=False, first=False)


def unsubscribe(cursor: Any, claims: TokenClaims, now: datetime, how: str = BY_LINK) -> Unsubscribed:
    """Suppresses whom a genuine unsubscribe token names, in the caller's transaction. Again is harmless.

    A test mail's token does nothing. `how` is a way that the consent ledger knows.
    """
    if claims.test:
        return NOBODY
    known, first = unsubscribe_all(cursor, claims.account_id, claims.campaign_id, {claims.ordinal: now}, how)
    return Unsubscribed(claims.ordinal in known, claims.ordinal in first)


def unsubscribe_all(
    cursor: Any, account_id: int, campaign_id: int, wishes: Mapping[int, datetime], how: str = BY_LINK
) -> tuple[BitMap, BitMap]:
    """Suppresses contacts (by ordinal, with when they asked for it) in the caller's transaction. Again is harmless.

    The reach is that of the lists which the campaign addressed, else the account; where one of the lists is gone it is
    the account: further than was asked, never less. Returns those who are contacts still, and of these those who had
    not unsubscribed from this campaign before. Raises Raced, only where there are several wishes.
    """
    cursor.execute(ADDRESSES, [account_id, list(wishes)])
    addresses = dict(cursor.fetchall())
    reach = reaches(cursor, account_id, campaign_id) if addresses else []
    known, first = BitMap(addresses), BitMap()
    for hour, group in by_hour({each: wishes[each] for each in addresses}):
        new = note_people(cursor, account_id, campaign_id, BitMap(group), hour)
        canonicals = [addresses[each] for each in group]
        source = f"campaign:{campaign_id}"
        for each in reach:
            add_suppressions(cursor, account_id, canonicals, each, REASON, source, max(wishes[one] for one in group))
        lines = [(addresses[one], one, what(each), wishes[one]) for one in new for each in reach]
        if lines:
            note_consents(cursor, account_id, lines, "withdrawn", how, None, source)
        first |= new
    return known, first


def by_hour(wishes: Mapping[int, datetime]) -> Iterator[tuple[datetime, list[int]]]:
    """(hour, those who asked within it), in order."""
    for hour, group in groupby(sorted(wishes, key=lambda each: wishes[each]), lambda each: hour_of(wishes[each])):
        yield hour, sorted(group)


def note_people(cursor: Any, account_id: int, campaign_id: int, ordinals: BitMap, hour: datetime) -> BitMap:
    """Adds them to the sets and counts of this hour; returns those that were not there yet."""
    before = noted(cursor, account_id, campaign_id) if len(ordinals) > 1 else BitMap()
    # The sets are locked by this: of two wishes at once the second finds the first's commit.
    added = add_members(cursor, account_id, campaign_id, UNSUBSCRIBE, ordinals, day=hour.date())
    new = ordinals - before if added else BitMap()
    if added != len(new):
        raise Raced
    if added:
        add_totals(cursor, [Total(account_id, campaign_id, UNSUBSCRIBE, NO_LINK, hour, added)])
    return new


def noted(cursor: Any, account_id: int, campaign_id: int) -> BitMap:
    """Those who have unsubscribed from the campaign already."""
    cursor.execute(NOTED, [account_id, campaign_id, UNSUBSCRIBE, NO_LINK])
    return BitMap.union(BitMap(), *(BitMap.deserialize(bytes(each)) for (each,) in cursor.fetchall()))


def reaches(cursor: Any, account_id: int, campaign_id: int) -> list[Reach]:
    """The lists that the campaign addressed, where all of them still stand; else the account."""
    cursor.execute(LISTS, [account_id, campaign_id])
    row = cursor.fetchone()
    lists = sorted(set(row[0])) if row else []
    if lists and living_lists(cursor, account_id, lists) == set(lists):
        return [Reach("list", str(each)) for each in lists]
    return [Reach("account")]


def what(reach: Reach) -> str:
    """What was withdrawn, as the ledger names it."""
    return f"{reach.kind}:{reach.key}" if reach.key else reach.kind
