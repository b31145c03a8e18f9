"""Sets for how many days a type of record is kept."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions.record import record
from fairpost.audit.models import RetentionPeriod
from fairpost.audit.permission import require
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST_DAYS = 36_500


@transaction.atomic
def set_retention(
    *, actor: Actor, record_type: str, days: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """`record_type` is a name of `fairpost.runtime.retention`, which the caller has looked up there."""
    require(actor, "audit.seal")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(_("Give between 1 and {most} days.").format(most=MOST_DAYS), field="days")
    RetentionPeriod.objects.update_or_create(record_type=record_type, defaults={"days": days, "set_at": clock.now()})
    record(
        actor=actor,
        act="retention.set",
        account_id=None,
        subject=f"record_type:{record_type}",
        reason=reason,
        facts={"days": days},
        clock=clock,
    )
