"""Where opens and clicks are not followed in an account, and whether a single contact's are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from pyroaring import BitMap

from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.queries.lookup import contact_by_address
from fairpost.contacts.tracking import tracking_off
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class TrackingSwitches:
    """What is off. `contacts` is how many contacts have it off of their own."""

    account: bool
    lists: tuple[int, ...]
    territories: tuple[str, ...]
    contacts: int


def tracking_switches(account_id: int) -> TrackingSwitches:
    """All switches of the account that are off. By the primary keys."""
    with connection.cursor() as cursor:
        off = tracking_off(cursor, account_id, 0, 0)
        cursor.execute("SELECT members FROM tracking_off_chunk WHERE account_id = %s", [account_id])
        contacts = sum(len(BitMap.deserialize(bytes(members))) for (members,) in cursor.fetchall())
    return TrackingSwitches(off.account, tuple(sorted(off.lists)), tuple(sorted(off.territories)), contacts)


def contact_is_off(account_id: int, address: str) -> bool:
    """Whether this contact has it off of its own. Raises `NotFound` for no contact."""
    found = contact_by_address(account_id, canonical_form(address))
    if found is None:
        raise NotFound(_("{address} is no contact of this account.").format(address=address[:100]))
    return ordinal_is_off(account_id, found.ordinal)


def ordinal_is_off(account_id: int, ordinal: int) -> bool:
    with connection.cursor() as cursor:
        return ordinal in tracking_off(cursor, account_id, ordinal, ordinal).contacts
