"""Registers an organisation that is made of others, and its first participants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.tenants.actions.add_participant import write_participation
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import JointSender, Organisation
from fairpost.tenants.scope import own_account


@dataclass(frozen=True, slots=True)
class Participation:
    """An organisation takes part from the day `since` until, not including, `until` (None: no end known)."""

    organisation_id: int
    since: date
    until: date | None = None


@transaction.atomic
def create_joint_sender(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    postal_address: str = "",
    participants: Sequence[Participation] = (),
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the joint sender's id.

    Its own organisation is made with it; a notice is published afterwards.
    """
    authorise(actor, "account.manage", account_id=account_id, act="joint_sender.create")
    own_account(account_id)
    organisation = Organisation.objects.create(
        account_id=account_id,
        name=single_line(name, "name"),
        postal_address=several_lines(postal_address, "postal_address", 500, required=False),
        created_at=clock.now(),
    )
    joint = JointSender.objects.create(account_id=account_id, organisation=organisation, created_at=clock.now())
    for each in participants:
        write_participation(joint, each.organisation_id, each.since, each.until)
    record(
        actor=actor,
        act="joint_sender.created",
        account_id=account_id,
        subject=f"joint_sender:{joint.id}",
        reason=reason,
        facts={
            "organisation_id": organisation.id,
            "participants": [each.organisation_id for each in participants],
        },
        clock=clock,
    )
    return joint.id
