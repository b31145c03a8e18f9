"""One person holds mail because harm is imminent: once in a case, for three days at most, one near an election."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fairpost.enforcement.actions.activate_decision import Activated, activate_decision
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.catalogue.measures import INTERIM, INTERIM_NEAR_ELECTION
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft
from fairpost.enforcement.queries.periods import near_key_date
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def take_interim_hold(
    *,
    actor: Actor,
    case_id: int,
    clauses: Sequence[str],
    scope: Mapping[str, Any],
    facts: str,
    harm: str,
    milder_step: str,
    milder_why_not: str,
    hours: int | None = None,
    assessment: Mapping[str, Any] | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Activated:
    """In force when it returns, with notices queued; another person looks at it afterwards.

    `harm` says what would happen without it. 72 hours, or 24 within 14 days of a declared election or filing date,
    unless fewer `hours` are asked for. It lapses by itself; a decision may take its place. Raises Conflict for a second
    one in the case.
    """
    now = clock.now()
    longest = INTERIM_NEAR_ELECTION if near_key_date(now) else INTERIM
    term = longest if hours is None else timedelta(hours=hours)
    if not timedelta(0) < term <= longest:
        raise Invalid(
            _("An interim hold lasts between 1 and {hours} hours here and now.").format(
                hours=longest // timedelta(hours=1)
            ),
            field="hours",
        )
    if not harm.strip():
        raise Invalid(_("Say which harm is imminent."), field="harm")
    draft = DecisionDraft(
        facts=told(facts.strip(), harm.strip()),
        measures=[MeasureDraft("interim_hold", scope_from_json(scope), Duration("until", ends_at=now + term))],
        milder_step=milder_step,
        milder_why_not=milder_why_not,
        assessment=assessment or {},
    )
    made = propose_decision(
        actor=actor, case_id=case_id, clauses=clauses, draft=draft, reason=reason, clock=clock
    )
    return activate_decision(actor=actor, decision_id=made.id, reason=reason, clock=clock)


def told(facts: str, harm: str) -> str:
    """The facts with the harm below; no facts stay none, and are refused as such."""
    return _("{facts}\n\nImminent harm: {harm}").format(facts=facts, harm=harm) if facts else ""
