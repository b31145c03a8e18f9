"""What a person has looked at and released, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from fairpost.enforcement.models import Clearance
from fairpost.kernel.actor import Actor
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class ClearanceView:
    """One release. `account_id` None: wherever this content is sent. `state` is active or withdrawn.

    Who did it is a number: customers read this too.
    """

    id: int
    account_id: int | None
    content_hash: str
    family: str
    state: str
    cleared_by: int | None
    cleared_at: datetime
    reason: str
    withdrawn_by: int | None
    withdrawn_at: datetime | None
    withdrawn_reason: str


def cleared_at(account_id: int, content_hash: str) -> datetime | None:
    """When a person last released exactly this content for this account; None where nobody did, or took it back."""
    return Clearance.objects.filter(
        Q(account_id=account_id) | Q(account=None), content_hash=content_hash, withdrawn_at=None
    ).aggregate(at=Max("cleared_at"))["at"]


def clearances(
    actor: Actor,
    *,
    account_id: int | None = None,
    family: str = "",
    before: int | None = None,
    limit: int = 100,
) -> list[ClearanceView]:
    """The newest first: of one account with those for all, or of all accounts for those who work on enforcement."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    rows = Clearance.objects.order_by("-pk")
    if account_id is not None:
        rows = rows.filter(Q(account_id=account_id) | Q(account=None))
    if family:
        rows = rows.filter(family=family)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(each) for each in rows[:limit]]


def view(row: Clearance) -> ClearanceView:
    return ClearanceView(
        id=row.pk,
        account_id=row.account_id,
        content_hash=row.content_hash,
        family=row.family,
        state="withdrawn" if row.withdrawn_at else "active",
        cleared_by=row.cleared_by_id,
        cleared_at=row.cleared_at,
        reason=row.reason,
        withdrawn_by=row.withdrawn_by_id,
        withdrawn_at=row.withdrawn_at,
        withdrawn_reason=row.withdrawn_reason,
    )
