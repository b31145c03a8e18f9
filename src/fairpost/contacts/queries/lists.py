"""The lists of an account, with how many members each has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from pyroaring import BitMap

from fairpost.contacts.models import ContactList
from fairpost.contacts.scope import may_use, own_list
from fairpost.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class MailingList:
    """`public_title` is what contacts read where they may join by themselves; empty for an internal list."""

    list_id: int
    name: str
    members: int
    unit_id: int | None
    created_at: datetime
    public_title: str = ""


def lists_of(actor: Actor, account_id: int) -> list[MailingList]:
    """The lists that the actor may use, by name."""
    rows = ContactList.objects.filter(account_id=account_id, archived_at=None).order_by("name")
    return [shown(each) for each in rows if may_use(actor, each.unit_id)]


def mailing_list(actor: Actor, account_id: int, list_id: int) -> MailingList:
    """One list. Raises `NotFound`."""
    return shown(own_list(actor, account_id, list_id))


def shown(row: ContactList) -> MailingList:
    with connection.cursor() as cursor:
        # By the primary key (account_id, list_id, chunk).
        cursor.execute(
            "SELECT members FROM list_chunk WHERE account_id = %s AND list_id = %s", [row.account_id, row.id]
        )
        members = sum(len(BitMap.deserialize(bytes(chunk))) for (chunk,) in cursor)
    return MailingList(row.id, row.name, members, row.unit_id, row.created_at, row.public_title)
