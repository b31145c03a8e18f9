"""A second person declares a period too, as the first one did; from then on it is in force, for everybody alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.actions.activate_decision import hold_campaigns, refuse_inside_transaction
from fairpost.enforcement.force.store import put_force
from fairpost.enforcement.models import RiskPeriod
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import Fence, mailings
from fairpost.enforcement.queries.periods import PeriodView, period, row_of, state_of
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Forbidden
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

SHORTEST_HASH = 12


@dataclass(frozen=True, slots=True)
class PeriodBegun:
    """A period in force or scheduled, the campaigns that it holds at once, and that no sender goes past it."""

    period: PeriodView
    held: tuple[tuple[int, int], ...]
    fence: Fence


def second_declaration(
    *, actor: Actor, period_id: int, hash: str, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> PeriodBegun:
    """Brings the period into force, at once or when it starts. `hash` is of the declaration; twelve characters do.

    Raises Forbidden for who declared it first (the database refuses that too), Conflict for a declaration that is not
    the one that was read, and for a period that is not waiting for its second declaration.
    """
    authorise(actor, "risk.declare")
    person_id = acting_person(actor)
    now = clock.now()
    labels = scope_from_json(row_of(period_id).scope).values("content_class")
    refuse_inside_transaction()
    mailings().classify(labels)
    with transaction.atomic():
        row = RiskPeriod.objects.select_for_update().get(pk=period_id)
        check(row, person_id, hash, state_of(row, now))
        row.seconded_by_id, row.seconded_at = person_id, now
        row.save(update_fields=["seconded_by", "seconded_at"])
        put_force(
            source="period",
            source_id=row.pk,
            kind="period",
            scope=scope_from_json(row.scope),
            effect={"review": True, "spares_cleared": not row.covers_cleared},
            starts_at=max(row.starts_at, now),
            ends_at=row.ends_at,
        )
        held = hold_campaigns(mailings().all(None), now)
        record(
            actor=actor,
            act="risk_period.seconded",
            account_id=None,
            subject=f"risk_period:{row.pk}",
            reason=reason,
            facts={"hash": row.hash, "campaigns": len(held)},
            clock=clock,
        )
        epoch = mailings().raise_epoch()
    fence = mailings().await_fence(epoch)
    return PeriodBegun(period(actor, period_id, clock), tuple(held), fence)


def check(row: RiskPeriod, person_id: int, hash: str, state: str) -> None:
    if state != "declared":
        raise Conflict(
            _("Period {period} is {state}: it waits for no second declaration.").format(
                period=label("period", row.pk), state=state_in_words(state)
            )
        )
    if row.declared_by_id == person_id:
        raise Forbidden(_("You declared this period first; a second person must declare it too."))
    if len(hash) < SHORTEST_HASH or not row.hash.startswith(hash.lower()):
        raise Conflict(
            _("This is not the declaration that you second."),
            field="hash",
            hint=_("Read it again and name its hash: {hash}.").format(hash=row.hash[:SHORTEST_HASH]),
        )
