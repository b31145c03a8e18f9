"""Who stands behind a mail of one sender identity, in every sense that a measure can name."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.models import JointSender, SenderIdentity
from fairpost.tenants.participants import active_participants
from fairpost.tenants.same_body import same_body
from fairpost.tenants.scope import one


@dataclass(frozen=True, slots=True)
class SenderSubject:
    """Organisations are given with every row that stands for the same body.

    `joint_sender_ids` are those whose organisation is the declared legal sender, in whichever account they are
    administered, and `participant_ids` the organisations that take part in them at the moment that was asked for.
    An empty `link_domain` means the platform's.
    """

    account_id: int
    holder_ids: frozenset[int]
    unit_id: int
    identity_id: int
    domain: str
    link_domain: str
    legal_sender_ids: frozenset[int]
    joint_sender_ids: frozenset[int]
    participant_ids: frozenset[int]


def sender_subject(account_id: int, identity_id: int, *, clock: Clock = SYSTEM_CLOCK) -> SenderSubject:
    """Raises `NotFound` for another account's identity."""
    row: SenderIdentity = one(
        SenderIdentity.objects.filter(account_id=account_id, id=identity_id).select_related("account", "domain"),
        _("There is no such sender identity."),
    )
    senders = same_body([row.organisation_id])
    joint = frozenset(JointSender.objects.filter(organisation_id__in=senders).values_list("id", flat=True))
    now = clock.now()
    return SenderSubject(
        account_id=account_id,
        holder_ids=same_body([row.account.holder_id]),
        unit_id=row.unit_id,
        identity_id=row.id,
        domain=row.domain.name,
        link_domain=row.link_domain,
        legal_sender_ids=senders,
        joint_sender_ids=joint,
        participant_ids=same_body(each for number in joint for each in active_participants(number, now)),
    )
