"""A person confirms a brake: a measure of theirs takes its place, by a new decision; otherwise the brake lapses."""

from __future__ import annotations

from collections.abc import Sequence

from fairpost.enforcement.acting import state_of
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.drafts import DecisionDraft
from fairpost.enforcement.models import Measure
from fairpost.enforcement.naming import label
from fairpost.enforcement.queries.decisions import DecisionView, decision_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


def confirm_brake(
    *,
    actor: Actor,
    decision_id: int,
    clauses: Sequence[str],
    draft: DecisionDraft,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DecisionView:
    """Proposes what takes the brake's place, and puts it into force where that needs no second person.

    Where it does, the brake goes on until its end, and the new decision replaces it once it is in force. Raises
    NotFound for what is no brake, Conflict where it is over.
    """
    authorise(actor, "decision.propose")
    acting_person(actor)
    now = clock.now()
    row = brake_of(decision_id)
    state = state_of(row, now)
    if state not in ("active", "stayed"):
        raise Conflict(
            _("The brake {measure} is {state}.").format(measure=label("measure", row.pk), state=state_in_words(state)),
            hint=_("Propose a decision in its case instead."),
        )
    made = propose_decision(
        actor=actor, case_id=row.decision.case_id, clauses=clauses, draft=draft, supersedes=decision_id, reason=reason,
        clock=clock,
    )  # fmt: skip
    if all(each.state == "approved" for each in made.measures):
        activate_decision(actor=actor, decision_id=made.id, reason=reason, clock=clock)
    return decision_view(made.id, now)


def brake_of(decision_id: int) -> Measure:
    row = Measure.objects.select_related("decision").filter(decision_id=decision_id, kind="brake").first()
    if row is None:
        raise NotFound(_("Decision {decision} is no brake.").format(decision=label("decision", decision_id)))
    return row
