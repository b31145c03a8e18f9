"""An organisation leaves a joint sender; mail with a notice that still names it stops being current."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import JointSenderParticipant
from fairpost.tenants.scope import one, own_joint_sender


@transaction.atomic
def end_participation(
    *,
    actor: Actor,
    account_id: int,
    joint_sender_id: int,
    organisation_id: int,
    until: date,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """`until` is the first day without it.

    The participation that runs on the day before is the one that ends.
    """
    authorise(actor, "account.manage", account_id=account_id, act="joint_sender.leave")
    own_joint_sender(account_id, joint_sender_id, lock=True)
    running = JointSenderParticipant.objects.filter(
        Q(until=None) | Q(until__gte=until),
        since__lt=until,
        joint_sender_id=joint_sender_id,
        organisation_id=organisation_id,
    )
    participation = one(running, _("This organisation does not take part on that day."))
    JointSenderParticipant.objects.filter(id=participation.id).update(until=until)
    record(
        actor=actor,
        act="joint_sender.left",
        account_id=account_id,
        subject=f"joint_sender:{joint_sender_id}",
        reason=reason,
        facts={"organisation_id": organisation_id, "until": str(until)},
        clock=clock,
    )
