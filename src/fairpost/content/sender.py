"""For whom a mail speaks: the facts of a sender identity that its content must state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.engine.document import LegalSender
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.queries import identity, joint_notice


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """The legal sender as the mail names it, with the ids that the version is bound to."""

    organisation_id: int
    unit_id: int
    legal_sender: LegalSender
    joint_notice_id: int | None


def sender_facts(account_id: int, identity_id: int, *, language: str, at: datetime, unit_id: int | None) -> SenderFacts:
    """The facts in force at `at`. Raises NotFound for another account's identity, and for another unit's."""
    sender = identity(account_id, identity_id)
    if unit_id is not None and sender.unit_id != unit_id:
        raise NotFound(_("There is no such sender identity."))
    notice = None
    if sender.joint_sender_id is not None:
        notice = joint_notice(sender.joint_sender_id, at, account_id=account_id)
    text = (notice.text.get(language) or notice.text.get("en", "")) if notice else ""
    return SenderFacts(
        organisation_id=sender.organisation_id,
        unit_id=sender.unit_id,
        legal_sender=LegalSender(sender.organisation, sender.postal_address, text),
        joint_notice_id=notice.id if notice else None,
    )
