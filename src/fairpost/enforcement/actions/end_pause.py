"""A customer ends its own pause. No measure is lifted by that, and lifting a measure ends no pause."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.actions.begin_pause import nameless, refuse_outsiders
from fairpost.enforcement.force.store import end_force
from fairpost.enforcement.models import Pause
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.queries.pauses import PauseView, pause_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import within_unit


def end_pause(
    *, actor: Actor, account_id: int, pause_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> PauseView:
    """What runs goes on at once, as far as no measure, no other pause and no hold is in its way.

    Raises NotFound for another account's (and unit's) pause, Conflict where it is over.
    """
    authorise(actor, "pause.write", account_id=account_id, unit_id=actor.unit_id, act="pause.end")
    refuse_outsiders(actor)
    now = clock.now()
    with transaction.atomic():
        row = Pause.objects.select_for_update().filter(pk=pause_id, account_id=account_id).first()
        missing = _("There is no pause {pause}.").format(pause=label("pause", pause_id))
        if row is None:
            raise NotFound(missing)
        within_unit(actor, row.unit_id, missing)
        if row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now):
            raise Conflict(_("The pause {pause} is over.").format(pause=label("pause", pause_id)))
        row.ended_at, row.ended_by, row.ended_by_person_id = now, nameless(actor), actor.person_id
        row.save(update_fields=["ended_at", "ended_by", "ended_by_person"])
        end_force("pause", row.pk)
        record(
            actor=actor,
            act="pause.ended",
            account_id=account_id,
            subject=f"pause:{row.pk}",
            reason=reason,
            clock=clock,
        )
        mailings().raise_epoch()
    return pause_view(pause_id, now)
