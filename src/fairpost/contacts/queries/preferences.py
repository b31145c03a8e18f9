"""What a contact may choose for itself: its lists and those it may join, its language, whether it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.contacts.models import ContactAttribute, ContactList
from fairpost.contacts.queries.contacts import SELECT_LISTS
from fairpost.contacts.queries.lookup import Contact, contact_by_ordinal
from fairpost.contacts.queries.members import CHUNK_BITS
from fairpost.contacts.queries.tracking import ordinal_is_off
from fairpost.tenants.naming import LANGUAGES

LANGUAGE = "language"  # the attribute, where the account has one of this name and of texts

# By the primary key (account_id, canonical, ...).
SELECT_LEFT = """
    SELECT reach, reach_id FROM suppression
    WHERE account_id = %s AND canonical = %s AND reach IN ('account', 'list')"""


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list by the name that contacts read. `on`: mail to it reaches this contact."""

    list_id: int
    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """`language` is None where the account keeps none, and `left_all` where the whole account may not write."""

    contact: Contact
    lists: tuple[ListChoice, ...]
    language: str | None
    tracking: bool
    left_all: bool


def preferences_of(account_id: int, ordinal: int) -> Preferences | None:
    """None where there is no such contact any more."""
    contact = contact_by_ordinal(account_id, ordinal)
    if contact is None:
        return None
    with connection.cursor() as cursor:
        members = lists_with(cursor, account_id, ordinal)
        cursor.execute(SELECT_LEFT, [account_id, contact.canonical])
        left = set(cursor.fetchall())
    rows = ContactList.objects.filter(account_id=account_id, archived_at=None).order_by("name")
    choices = [
        ListChoice(each.pk, each.public_title or each.name, each.pk in members and ("list", str(each.pk)) not in left)
        for each in rows
        if each.public_title or each.pk in members
    ]
    return Preferences(
        contact,
        tuple(choices),
        language_of(account_id, contact.attributes.get(LANGUAGE, "")),
        not ordinal_is_off(account_id, ordinal),
        ("account", "") in left,
    )


def lists_with(cursor: Any, account_id: int, ordinal: int) -> set[int]:
    cursor.execute(SELECT_LISTS, [account_id, ordinal >> CHUNK_BITS])
    return {each for each, members in cursor.fetchall() if ordinal in BitMap.deserialize(bytes(members))}


def language_of(account_id: int, value: Any) -> str | None:
    """The one that is kept (empty for none that is known here); None where the account keeps none."""
    if not ContactAttribute.objects.filter(account_id=account_id, name=LANGUAGE, kind="text").exists():
        return None
    code = str(value).strip().lower()[:2]
    return code if code in LANGUAGES else ""
