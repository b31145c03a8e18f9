"""Strikes that add up open a case with the clauses attached; what follows from them is for people to decide."""

from __future__ import annotations

from django.conf import settings

from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.happenings import Happening
from fairpost.enforcement.models import Measure
from fairpost.enforcement.queries.strikes import StrikeView, active_strikes
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, FixedClock
from fairpost.kernel.text import _
from fairpost.tenants.queries.neighbourhood import accounts_held_by
from fairpost.tenants.queries.senders import organisation_names

MACHINE = Actor(name="strikes", via="system")
QUEUE = "strikes"


def look_at_strikes(happening: Happening) -> None:
    """After a decision came into force: a case for each organisation whose strikes reach the threshold with it."""
    fresh = Measure.objects.filter(decision_id=happening.decision_id, strike=True).select_related("decision")
    responsible = {each for measure in fresh for each in measure.decision.responsible}
    for organisation_id in sorted(responsible):
        found = active_strikes(organisation_id, happening.at)
        if len(found) >= settings.FAIRPOST.strike_threshold:
            open_strike_case(organisation_id, found, FixedClock(happening.at))


def open_strike_case(organisation_id: int, found: list[StrikeView], clock: Clock) -> int:
    """Each strike is a piece of evidence that names its measure, so that the case is reopened where one falls."""
    name = organisation_names([organisation_id]).get(organisation_id, "")
    accounts = sorted(accounts_held_by([organisation_id]))
    case_id = open_case(
        actor=MACHINE,
        title=_("{count} strikes of {name}").format(count=len(found), name=name),
        source="machine",
        account_id=accounts[0] if len(accounts) == 1 else None,
        queue=QUEUE,
        clock=clock,
    )
    for each in found:
        add_evidence(
            actor=MACHINE,
            case_id=case_id,
            label=_("strike of {measure}").format(measure=each.measure),
            text=_("{measure} of {decision} under {clauses}, since {since}, expires {expires}").format(
                measure=each.measure,
                decision=each.decision,
                clauses=", ".join(each.clauses),
                since=each.since.isoformat(),
                expires=each.expires_at.isoformat(),
            ),
            reference=f"measure:{each.measure_id}",
            clock=clock,
        )
    return case_id
