"""What belongs to another account is not found; what belongs to another business unit neither."""

from __future__ import annotations

from fairpost.contacts.models import ContactList, Segment
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


def own_list(actor: Actor, account_id: int, list_id: int, *, lock: bool = False) -> ContactList:
    """A list of the account that is not archived and that the actor's unit may use."""
    rows = ContactList.objects.filter(account_id=account_id, id=list_id, archived_at=None)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None or not may_use(actor, found.unit_id):
        raise NotFound(_("There is no list {id} in this account.").format(id=list_id))
    return found


def own_segment(actor: Actor, account_id: int, segment_id: int) -> Segment:
    """A segment of the account that is not archived and that the actor's unit may use."""
    found = Segment.objects.filter(account_id=account_id, id=segment_id, archived_at=None).first()
    if found is None or not may_use(actor, found.unit_id):
        raise NotFound(_("There is no segment {id} in this account.").format(id=segment_id))
    return found


def may_use(actor: Actor, unit_id: int | None) -> bool:
    """What has no unit is everybody's in the account; an actor without unit sees all units."""
    return actor.unit_id is None or unit_id is None or unit_id == actor.unit_id
