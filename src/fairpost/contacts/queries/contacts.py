"""One contact with everything that is known of it, and how many there are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.models import ContactList
from fairpost.contacts.queries.members import CHUNK_BITS
from fairpost.contacts.scope import may_use
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _

# By the unique index (account_id, canonical); the others by their primary keys.
SELECT_CONTACT = """
    SELECT ordinal, COALESCE(address, canonical), attributes::text, created_at, updated_at
    FROM contact WHERE account_id = %s AND canonical = %s"""
SELECT_SUPPRESSIONS = """
    SELECT reach, reach_id, reason, source, created_at FROM suppression WHERE account_id = %s AND canonical = %s
    UNION ALL
    SELECT reach, reach_id, reason, source, created_at FROM shared_suppression WHERE canonical = %s
        AND (reach = 'installation' OR reach_id = ANY(%s))
    ORDER BY created_at"""
SELECT_LISTS = "SELECT list_id, members FROM list_chunk WHERE account_id = %s AND chunk = %s"


@dataclass(frozen=True, slots=True)
class SuppressionShown:
    reach: str
    reason: str
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact, its lists and what keeps it from being mailed. `contact` is None for an address that is none."""

    address: str
    canonical: str
    ordinal: int | None
    attributes: dict[str, Any]
    lists: list[str]
    suppressions: list[SuppressionShown]
    added: datetime | None
    updated: datetime | None


def count_contacts(account_id: int) -> int:
    """How many contacts the account has. One pass over its part of the primary key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contact WHERE account_id = %s", [account_id])
        return cursor.fetchone()[0]


def show_contact(actor: Actor, account_id: int, address: str, joint_senders: tuple[int, ...] = ()) -> ContactShown:
    """What is known of an address in this account. Raises `NotFound` where nothing is, `Invalid` for no address.

    Suppressions by other parties show only where they reach this account: installation-wide, or by one of
    `joint_senders`.
    """
    canonical = canonical_form(address)
    with connection.cursor() as cursor:
        suppressions = suppressions_of(cursor, account_id, canonical, joint_senders)
        cursor.execute(SELECT_CONTACT, [account_id, canonical])
        row = cursor.fetchone()
        if row is None and not suppressions:
            raise NotFound(_("{address} is no contact of this account.").format(address=canonical))
        if row is None:
            return ContactShown(canonical, canonical, None, {}, [], suppressions, None, None)
        lists = names_of_lists(cursor, actor, account_id, row[0])
    return ContactShown(row[1], canonical, row[0], json.loads(row[2]), lists, suppressions, row[3], row[4])


def suppressions_of(
    cursor: Any, account_id: int, canonical: str, joint_senders: tuple[int, ...]
) -> list[SuppressionShown]:
    known = [str(each) for each in joint_senders]
    cursor.execute(SELECT_SUPPRESSIONS, [account_id, canonical, canonical, known])
    return [
        SuppressionShown(f"{reach}:{key}" if key else reach, reason, source, since)
        for reach, key, reason, source, since in cursor.fetchall()
    ]


def names_of_lists(cursor: Any, actor: Actor, account_id: int, ordinal: int) -> list[str]:
    cursor.execute(SELECT_LISTS, [account_id, ordinal >> CHUNK_BITS])
    ids = [list_id for list_id, members in cursor.fetchall() if ordinal in BitMap.deserialize(bytes(members))]
    rows = ContactList.objects.filter(account_id=account_id, id__in=ids, archived_at=None).order_by("name")
    return [each.name for each in rows if may_use(actor, each.unit_id)]
