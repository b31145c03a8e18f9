"""An organisation joins a joint sender; mail with a notice that does not name it stops being current."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import JointSender, JointSenderParticipant
from fairpost.tenants.scope import once, own_joint_sender, own_organisation


@transaction.atomic
def add_participant(
    *,
    actor: Actor,
    account_id: int,
    joint_sender_id: int,
    organisation_id: int,
    since: date,
    until: date | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the participation's id. `until` is the first day on which it no longer takes part."""
    authorise(actor, "account.manage", account_id=account_id, act="joint_sender.join")
    joint = own_joint_sender(account_id, joint_sender_id, lock=True)
    participation_id = write_participation(joint, organisation_id, since, until)
    record(
        actor=actor,
        act="joint_sender.joined",
        account_id=account_id,
        subject=f"joint_sender:{joint_sender_id}",
        reason=reason,
        facts={"organisation_id": organisation_id, "since": str(since), "until": until and str(until)},
        clock=clock,
    )
    return participation_id


def write_participation(joint: JointSender, organisation_id: int, since: date, until: date | None) -> int:
    organisation = own_organisation(joint.account_id, organisation_id)
    if organisation.id == joint.organisation_id:
        raise Invalid(_("A joint sender cannot take part in itself."), field="organisation_id")
    if until is not None and until <= since:
        raise Invalid(_("A participation must end after it begins."), field="until")
    taken = _("This organisation takes part at that time already.")
    with once(taken, "since"):
        return JointSenderParticipant.objects.create(
            joint_sender=joint, organisation=organisation, since=since, until=until
        ).id
