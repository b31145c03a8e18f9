"""Segments are saved conditions: created, changed, archived; what they select is asked anew each time."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.contacts.models import Segment
from fairpost.contacts.naming import resolve_names
from fairpost.contacts.scope import own_segment
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.segments.json_form import to_json
from fairpost.segments.parser import parse
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import once, own_account, own_unit


@transaction.atomic
def create_segment(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    condition: str,
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock | None = None,
) -> int:
    """Returns the segment's id. Raises `Invalid` with the place where the condition cannot be read."""
    unit_id = unit_id if unit_id is not None else actor.unit_id
    authorise(actor, "segment.write", account_id=account_id, unit_id=unit_id, act="segment.write")
    own_account(account_id)
    if unit_id is not None:
        own_unit(account_id, unit_id)
    clock = clock or SystemClock()
    name = single_line(name, "name")
    tree = resolve_names(actor, account_id, parse(condition), unit_id)
    with once(_("There is a segment {name!r} already.").format(name=name), "name"):
        made = Segment.objects.create(
            account_id=account_id,
            unit_id=unit_id,
            name=name,
            condition=condition,
            tree=to_json(tree),
            created_at=clock.now(),
            updated_at=clock.now(),
        )
    noted(actor, "segment.created", account_id, made.id, reason, clock)
    return made.id


@transaction.atomic
def change_segment(
    *,
    actor: Actor,
    account_id: int,
    segment_id: int,
    condition: str,
    reason: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Gives the segment another condition; campaigns frozen before keep what they selected."""
    found = allowed_segment(actor, account_id, segment_id)
    clock = clock or SystemClock()
    tree = resolve_names(actor, account_id, parse(condition), found.unit_id)
    Segment.objects.filter(id=found.id).update(condition=condition, tree=to_json(tree), updated_at=clock.now())
    noted(actor, "segment.changed", account_id, segment_id, reason, clock)


@transaction.atomic
def archive_segment(
    *, actor: Actor, account_id: int, segment_id: int, reason: str | None = None, clock: Clock | None = None
) -> None:
    """Takes the segment out of use and frees its name."""
    found = allowed_segment(actor, account_id, segment_id)
    clock = clock or SystemClock()
    Segment.objects.filter(id=found.id).update(archived_at=clock.now())
    noted(actor, "segment.archived", account_id, segment_id, reason, clock)


def allowed_segment(actor: Actor, account_id: int, segment_id: int) -> Segment:
    authorise(actor, "segment.write", account_id=account_id, unit_id=actor.unit_id)
    found = own_segment(actor, account_id, segment_id)
    authorise(actor, "segment.write", account_id=account_id, unit_id=found.unit_id, act="segment.write")
    return found


def noted(actor: Actor, act: str, account_id: int, segment_id: int, reason: str | None, clock: Clock) -> None:
    record(actor=actor, act=act, account_id=account_id, subject=f"segment:{segment_id}", reason=reason, clock=clock)
