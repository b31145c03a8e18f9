"""Strikes are derived, never stored: measures in force once, for those named responsible, until they expire or fall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from fairpost.enforcement.acting import acts_of, state_of
from fairpost.enforcement.models import AppealRuling, Measure
from fairpost.enforcement.naming import label
from fairpost.enforcement.policies.names import label as clause_label
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import account
from fairpost.tenants.queries.neighbourhood import organisations_same

NEVER = frozenset({"draft", "proposed", "approved", "rejected", "withdrawn"})


@dataclass(frozen=True, slots=True)
class StrikeView:
    """One strike. `state` is active, expired, stayed, superseded (the measure in its place may carry one) or void."""

    measure_id: int
    measure: str
    decision: str
    organisation_id: int
    clauses: tuple[str, ...]
    state: str
    since: datetime
    expires_at: datetime


def strikes(actor: Actor, account_id: int, clock: Clock = SYSTEM_CLOCK) -> list[StrikeView]:
    """Strikes of the organisation that holds the account, the newest first."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    return strikes_of(account(account_id).holder_id, clock.now())


def strikes_of(organisation_id: int, now: datetime) -> list[StrikeView]:
    """Of this body under whichever of its rows, the newest first. Taking part in something is no responsibility."""
    rows = organisations_same([organisation_id])
    named = Q()
    for each in sorted(rows):
        named |= Q(decision__responsible__contains=[each])
    measures = (
        Measure.objects.filter(named, strike=True)
        .select_related("decision")
        .prefetch_related("acts", "decision__clauses")
        .order_by("-pk")
    )
    void = overturned_for(rows, measures)
    found = [strike(each, organisation_id, each.pk in void, now) for each in measures]
    return [each for each in found if each is not None]


def active_strikes(organisation_id: int, now: datetime) -> list[StrikeView]:
    """Those that count."""
    return [each for each in strikes_of(organisation_id, now) if each.state == "active"]


def overturned_for(organisations: Iterable[int], measures: Iterable[Measure]) -> set[int]:
    """The measures that an appeal overturned for this participant alone."""
    return set(
        AppealRuling.objects.filter(
            measure__in=[each.pk for each in measures], organisation_id__in=list(organisations), outcome="overturned"
        ).values_list("measure_id", flat=True)
    )


def strike(measure: Measure, organisation_id: int, void: bool, now: datetime) -> StrikeView | None:
    acts = acts_of(measure)
    state = state_of(measure, now, acts)
    activated = next((each.at for each in acts if each.act == "activated"), None)
    if state in NEVER or activated is None or activated > now:
        return None
    expires_at = activated + timedelta(days=settings.FAIRPOST.strike_days)
    return StrikeView(
        measure_id=measure.pk,
        measure=label("measure", measure.pk),
        decision=label("decision", measure.decision_id),
        organisation_id=organisation_id,
        clauses=tuple(clause_label(each.code, each.version) for each in measure.decision.clauses.all()),
        state=standing("overturned" if void else state, expires_at <= now),
        since=activated,
        expires_at=expires_at,
    )


def standing(state: str, over: bool) -> str:
    """An overturned strike never was; a stayed one does not count while the stay lasts."""
    if state == "overturned":
        return "void"
    if over:
        return "expired"
    return state if state in ("stayed", "superseded") else "active"
