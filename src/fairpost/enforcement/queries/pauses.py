"""The customer's own pauses, with who began and ended them and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from fairpost.enforcement.models import Pause
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class PauseView:
    """One pause. `state` is running or over; `begun_by` and `ended_by` are names as they are now.

    `ends_at` is when it ends by itself. `ended_by` is empty for one whose time was over.
    """

    id: int
    label: str
    account_id: int
    unit_id: int | None
    joint_sender_id: int | None
    capability: str
    state: str
    reason: str
    begun_by: str
    begun_at: datetime
    ends_at: datetime | None
    ended_by: str
    ended_at: datetime | None


ROWS = Pause.objects.select_related("begun_by_person", "ended_by_person")


def pauses(
    actor: Actor,
    account_id: int,
    *,
    over: bool = False,
    before: int | None = None,
    limit: int = 100,
    clock: Clock = SYSTEM_CLOCK,
) -> list[PauseView]:
    """Those in force, or (`over`) those that are not any more; the newest first. A unit sees no other unit's."""
    authorise(actor, "account.read", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    running = Q(ended_at=None) & (Q(ends_at=None) | Q(ends_at__gt=now))
    rows = ROWS.filter(~running if over else running, account_id=account_id)
    if actor.unit_id is not None:
        rows = rows.filter(Q(unit=None) | Q(unit_id=actor.unit_id))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(each, now) for each in rows.order_by("-pk")[:limit]]


def pause_view(pause_id: int, now: datetime) -> PauseView:
    """One pause, for other parts of enforcement."""
    return view(ROWS.get(pk=pause_id), now)


def view(row: Pause, now: datetime) -> PauseView:
    over_at = row.ended_at or (row.ends_at if row.ends_at and row.ends_at <= now else None)
    return PauseView(
        id=row.pk,
        label=label("pause", row.pk),
        account_id=row.account_id,
        unit_id=row.unit_id,
        joint_sender_id=row.joint_sender_id,
        capability=row.capability,
        state="over" if over_at else "running",
        reason=row.reason,
        begun_by=row.begun_by_person.name if row.begun_by_person else row.begun_by,
        begun_at=row.begun_at,
        ends_at=row.ends_at,
        ended_by=row.ended_by_person.name if row.ended_by_person else row.ended_by,
        ended_at=over_at,
    )
