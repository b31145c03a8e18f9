"""Contacts join and leave a list by their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.audit.actions import record
from fairpost.contacts.actions.change_lists import allowed_list
from fairpost.contacts.actions.suppress_addresses import read_one
from fairpost.contacts.membership import add_members, remove_members
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST = 10_000
# By the unique index (account_id, canonical).
SELECT_ORDINALS = "SELECT canonical, ordinal FROM contact WHERE account_id = %s AND canonical = ANY(%s)"


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """How many joined or left, and the addresses that are no contacts of the account."""

    changed: int
    unknown: list[str]


def add_to_list(
    *,
    actor: Actor,
    account_id: int,
    list_id: int,
    addresses: Sequence[str],
    reason: str | None = None,
    clock: Clock | None = None,
) -> MembersChanged:
    """Contacts of the account join the list; addresses that are no contacts yet come by an import."""
    return change(actor, account_id, list_id, addresses, True, reason, clock, act="list.join")


def remove_from_list(
    *,
    actor: Actor,
    account_id: int,
    list_id: int,
    addresses: Sequence[str],
    reason: str | None = None,
    clock: Clock | None = None,
) -> MembersChanged:
    """Contacts leave the list and stay contacts. It is no suppression: an import may add them again."""
    return change(actor, account_id, list_id, addresses, False, reason, clock, act="list.leave")


@transaction.atomic
def change(
    actor: Actor,
    account_id: int,
    list_id: int,
    addresses: Sequence[str],
    joining: bool,
    reason: str | None,
    clock: Clock | None,
    *,
    act: str,
) -> MembersChanged:
    allowed_list(actor, account_id, list_id, act=act)
    if not addresses or len(addresses) > MOST:
        raise Invalid(_("Give between 1 and {most} addresses; more come as an import.").format(most=MOST))
    canonicals = sorted({read_one(address) for address in addresses})
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ORDINALS, [account_id, canonicals])
        found = dict(cursor.fetchall())
        apply = add_members if joining else remove_members
        changed = apply(cursor, account_id, list_id, BitMap(found.values()))
    record(
        actor=actor,
        act="list.joined" if joining else "list.left",
        account_id=account_id,
        subject=f"list:{list_id}",
        reason=reason,
        facts={"contacts": changed},
        clock=clock or SystemClock(),
    )
    return MembersChanged(changed, [each for each in canonicals if each not in found])
