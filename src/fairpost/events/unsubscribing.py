"""Whoever asks to be left alone is left alone from the commit on, by whatever way they asked: link, one click or mail.

Plain SQL over any cursor, so that pages, the fold of an edge and the mail intake do the very same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from fairpost.contacts.consent import note_consent
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

# Both by the primary keys.
LISTS = "SELECT list_ids FROM dispatch WHERE account_id = %s AND campaign_id = %s"
ADDRESS = "SELECT canonical FROM contact WHERE account_id = %s AND ordinal = %s"


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """`known` where the contact is there still, `first` where it had not unsubscribed from this campaign before."""

    known: bool
    first: bool


NOBODY = Unsubscribed(known=False, first=False)


def unsubscribe(cursor: Any, claims: TokenClaims, now: datetime, how: str = BY_LINK) -> Unsubscribed:
    """Suppresses whom a genuine unsubscribe token names, in the caller's transaction. Again is harmless.

    The reach is that of the lists which the campaign addressed, else the account; where one of the lists is gone it is
    the account: further than was asked, never less. A test mail's token does nothing. `how` is a way that the consent
    ledger knows.
    """
    if claims.test:
        return NOBODY
    cursor.execute(ADDRESS, [claims.account_id, claims.ordinal])
    row = cursor.fetchone()
    if row is None:
        return NOBODY
    source = f"campaign:{claims.campaign_id}"
    # The set is locked first: of two wishes at once the second finds the first's commit.
    first = add_members(
        cursor, claims.account_id, claims.campaign_id, UNSUBSCRIBE, BitMap([claims.ordinal]), day=now.date()
    )
    if first:
        hour = hour_of(now)
        add_totals(cursor, [Total(claims.account_id, claims.campaign_id, UNSUBSCRIBE, NO_LINK, hour, 1)])
    for reach in reaches(cursor, claims):
        add_suppressions(cursor, claims.account_id, [row[0]], reach, REASON, source, now)
        if first:
            what = f"{reach.kind}:{reach.key}" if reach.key else reach.kind
            note_consent(cursor, claims.account_id, row[0], claims.ordinal, what, "withdrawn", how, None, source, now)
    return Unsubscribed(known=True, first=bool(first))


def reaches(cursor: Any, claims: TokenClaims) -> list[Reach]:
    """The lists that the campaign addressed, where all of them still stand; else the account."""
    cursor.execute(LISTS, [claims.account_id, claims.campaign_id])
    row = cursor.fetchone()
    lists = sorted(set(row[0])) if row else []
    if lists and living_lists(cursor, claims.account_id, lists) == set(lists):
        return [Reach("list", str(each)) for each in lists]
    return [Reach("account")]
