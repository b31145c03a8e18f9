"""Says that two organisations are one body; what concerns one then concerns the other."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import Organisation
from fairpost.tenants.same_body import same_body

ONE_AT_A_TIME = 0x5A3E_B0D1  # of this installation's advisory locks: two at once could close a circle


@transaction.atomic
def identify_organisation(
    *,
    actor: Actor,
    organisation_id: int,
    same_as_id: int,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """`organisation_id` is the same body as `same_as_id`; either may belong to any account.

    Raises `Conflict` where they are one body already (which is also how a circle is refused), or where the first is
    identified with a third: identify that one instead, or take it back first.
    """
    authorise(actor, "installation.manage")
    check_reason(reason)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    row = organisation(organisation_id)
    organisation(same_as_id)
    if same_as_id in same_body([organisation_id]):
        raise Conflict(_("These are one body already."), field="same_as_id")
    if row.same_as_id is not None:
        raise Conflict(
            _("The organisation {id} is identified with {other} already.").format(
                id=organisation_id,
                other=row.same_as_id,
            ),
            hint=_("Identify the other one with it, or take that back first."),
            field="organisation_id",
        )
    Organisation.objects.filter(id=organisation_id).update(same_as_id=same_as_id)
    record(
        actor=actor,
        act="organisation.identified",
        account_id=None,
        subject=f"organisation:{organisation_id}",
        reason=reason,
        facts={"same_as_id": same_as_id},
        clock=clock,
    )


def organisation(organisation_id: int) -> Organisation:
    row = Organisation.objects.filter(id=organisation_id).first()
    if row is None:
        raise NotFound(_("There is no organisation {id}.").format(id=organisation_id))
    return row


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(
            _("Say why: measures on one will reach the other."),
            field="reason",
            hint=_("Name what proves it, such as a register number."),
        )
