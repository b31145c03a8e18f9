"""Takes back that two organisations are one body."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.actions.identify_organisation import check_reason, organisation
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import Organisation


@transaction.atomic
def tell_apart_organisation(*, actor: Actor, organisation_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Takes back what `identify_organisation` said of this organisation. Raises `Conflict` where it said nothing."""
    authorise(actor, "installation.manage")
    check_reason(reason)
    other: int | None = organisation(organisation_id).same_as_id
    if not Organisation.objects.filter(id=organisation_id, same_as__isnull=False).update(same_as=None):
        raise Conflict(_("The organisation {id} is identified with no other.").format(id=organisation_id))
    record(
        actor=actor,
        act="organisation.told_apart",
        account_id=None,
        subject=f"organisation:{organisation_id}",
        reason=reason,
        facts={"same_as_id": other},
        clock=clock,
    )
