"""A person takes a release of content back; what asks for a review asks again from then on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.actions.activate_decision import refuse_inside_transaction
from fairpost.enforcement.models import Clearance
from fairpost.enforcement.ports import Fence, mailings
from fairpost.enforcement.queries.clearances import ClearanceView, view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back, and that no sender goes by it any more (`fence`)."""

    clearances: tuple[ClearanceView, ...]
    fence: Fence


def withdraw_clearance(
    *,
    actor: Actor,
    reason: str,
    clearance_id: int | None = None,
    family: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Withdrawn:
    """One release, or all of a family. Raises NotFound, and Conflict where it was taken back already."""
    authorise(actor, "clearance.write")
    person_id = acting_person(actor)
    why = single_line(reason, "reason", 1000)
    if (clearance_id is None) == (not family):
        raise Invalid(_("Name a clearance or a family."), field="clearance_id")
    refuse_inside_transaction()
    with transaction.atomic():
        found = Clearance.objects.select_for_update().order_by("pk")
        wanted = found.filter(family=family) if family else found.filter(pk=clearance_id)
        if not wanted:
            raise NotFound(_("There is no such clearance."))
        rows = [each for each in wanted if each.withdrawn_at is None]
        if not rows:
            raise Conflict(_("The clearance was withdrawn already."))
        for row in rows:
            row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason = clock.now(), person_id, why
            row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
            record(
                actor=actor,
                act="clearance.withdrawn",
                account_id=row.account_id,
                subject=f"clearance:{row.pk}",
                reason=why,
                clock=clock,
            )
        mailings().classify()
        epoch = mailings().raise_epoch()
    fence = mailings().await_fence(epoch)
    return Withdrawn(tuple(view(each) for each in rows), fence)
