"""Joint senders with everyone who takes, took or will take part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairpost.tenants.models import JointSender
from fairpost.tenants.scope import own_account, own_joint_sender


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """From the day `since` until, not including, the day `until`."""

    organisation_id: int
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class JointSenderRow:
    """One joint sender; it is the organisation `organisation_id` itself."""

    id: int
    organisation_id: int
    name: str
    participants: tuple[ParticipantRow, ...]


def joint_sender(account_id: int, joint_sender_id: int) -> JointSenderRow:
    """Raises `NotFound` for another account's."""
    return joint_sender_row(own_joint_sender(account_id, joint_sender_id))


def joint_senders(account_id: int, *, after: int = 0, limit: int = 100) -> list[JointSenderRow]:
    """By id, those after `after`."""
    own_account(account_id)
    rows = JointSender.objects.filter(account_id=account_id, id__gt=after).select_related("organisation")
    return [joint_sender_row(each) for each in rows.order_by("id")[:limit]]


def joint_sender_row(row: JointSender) -> JointSenderRow:
    participants = row.participants.select_related("organisation").order_by("since", "id")
    return JointSenderRow(
        row.id,
        row.organisation_id,
        row.organisation.name,
        tuple(ParticipantRow(p.organisation_id, p.organisation.name, p.since, p.until) for p in participants),
    )
