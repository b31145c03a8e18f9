"""Lists are created, renamed and archived; an archived list stays on record and frees its name."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.contacts.models import ContactList
from fairpost.contacts.scope import own_list
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import once, own_account, own_unit


@transaction.atomic
def create_list(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock | None = None,
) -> int:
    """Returns the list's id. A list of a unit is seen by that unit only, a list without unit by the whole account."""
    unit_id = unit_id if unit_id is not None else actor.unit_id
    authorise(actor, "list.write", account_id=account_id, unit_id=unit_id, act="list.write")
    own_account(account_id)
    if unit_id is not None:
        own_unit(account_id, unit_id)
    clock = clock or SystemClock()
    name = single_line(name, "name")
    with once(_("There is a list {name!r} already.").format(name=name), "name"):
        made = ContactList.objects.create(account_id=account_id, unit_id=unit_id, name=name, created_at=clock.now())
    noted(actor, "list.created", account_id, made.id, reason, clock)
    return made.id


@transaction.atomic
def rename_list(
    *,
    actor: Actor,
    account_id: int,
    list_id: int,
    name: str,
    reason: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Gives the list another name; segments that use it keep using it."""
    found = allowed_list(actor, account_id, list_id, act="list.write")
    name = single_line(name, "name")
    with once(_("There is a list {name!r} already.").format(name=name), "name"):
        ContactList.objects.filter(id=found.id).update(name=name)
    noted(actor, "list.renamed", account_id, list_id, reason, clock or SystemClock())


@transaction.atomic
def publish_list(
    *,
    actor: Actor,
    account_id: int,
    list_id: int,
    title: str,
    reason: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Contacts read this title, and may join by their preference centre; an empty one makes the list internal again."""
    found = allowed_list(actor, account_id, list_id, act="list.write")
    title = single_line(title, "title", required=False)
    ContactList.objects.filter(id=found.id).update(public_title=title)
    noted(actor, "list.published" if title else "list.withdrawn", account_id, list_id, reason, clock or SystemClock())


@transaction.atomic
def archive_list(
    *, actor: Actor, account_id: int, list_id: int, reason: str | None = None, clock: Clock | None = None
) -> None:
    """Takes the list out of use. Campaigns that were frozen from it are not touched."""
    found = allowed_list(actor, account_id, list_id, act="list.write")
    clock = clock or SystemClock()
    ContactList.objects.filter(id=found.id).update(archived_at=clock.now())
    noted(actor, "list.archived", account_id, list_id, reason, clock)


def allowed_list(actor: Actor, account_id: int, list_id: int, *, act: str) -> ContactList:
    authorise(actor, "list.write", account_id=account_id, unit_id=actor.unit_id, act=act)
    found = own_list(actor, account_id, list_id, lock=True)
    authorise(actor, "list.write", account_id=account_id, unit_id=found.unit_id, act=act)
    return found


def noted(actor: Actor, act: str, account_id: int, list_id: int, reason: str | None, clock: Clock) -> None:
    record(actor=actor, act=act, account_id=account_id, subject=f"list:{list_id}", reason=reason, clock=clock)
