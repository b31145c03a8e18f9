"""Who takes part in a joint sender on which day; days are those of its account's time zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from fairpost.tenants.models import JointSender, JointSenderParticipant


def active_participants(joint_sender_id: int, at: datetime) -> frozenset[int]:
    """Ids of the organisations that take part at `at`."""
    day = day_of(joint_sender_id, at)
    return frozenset(
        JointSenderParticipant.objects.filter(
            Q(until=None) | Q(until__gt=day), joint_sender_id=joint_sender_id, since__lte=day
        ).values_list("organisation_id", flat=True)
    )


def day_of(joint_sender_id: int, at: datetime) -> date:
    zone = JointSender.objects.values_list("account__time_zone", flat=True).get(id=joint_sender_id)
    return at.astimezone(ZoneInfo(zone)).date()
