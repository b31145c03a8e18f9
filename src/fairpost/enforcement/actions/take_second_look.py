"""Another person looks at what came into force without one, and lifts it where they disagree."""

from __future__ import annotations

from fairpost.audit.actions import record
from fairpost.enforcement.acting import lock_decision, perform, performing, state_of
from fairpost.enforcement.actions.approve_decision import take_hand
from fairpost.enforcement.evidence import evidence_hash
from fairpost.enforcement.models import EvidenceView
from fairpost.enforcement.naming import label
from fairpost.enforcement.queries.decisions import DecisionView, decision_view
from fairpost.enforcement.queries.second_looks import ROLE
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

LIFTABLE = frozenset({"active", "stayed"})


def take_second_look(
    *, actor: Actor, decision_id: int, agrees: bool, reason: str, clock: Clock = SYSTEM_CLOCK
) -> DecisionView:
    """Keeps that a second person looked, and what they found. Where they disagree, what is still in force is lifted.

    Refused to whoever has a hand in the decision, and to who has not opened the evidence.
    """
    authorise(actor, "decision.approve")
    person_id = acting_person(actor)
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    now = clock.now()
    with performing(actor):
        row = lock_decision(decision_id)
        measures = [each for each in row.measures.order_by("pk") if each.four_eyes == "after"]
        if not any(each.acts.filter(act="activated").exists() for each in measures):
            raise Conflict(
                _("Decision {decision} waits for no second look.").format(decision=label("decision", decision_id))
            )
        check_opened(row.case_id, person_id)
        if row.hands.filter(role=ROLE).exclude(person_id=person_id).exists():
            raise Conflict(_("A second person has looked at it already."))
        take_hand(row, person_id, ROLE, now)
        for each in measures:
            if not agrees and state_of(each, now) in LIFTABLE:
                perform(each.pk, "lifted", actor=actor, reason=reason, now=now)
        record(
            actor=actor, act="decision.looked_at", account_id=None, subject=f"decision:{row.pk}", reason=reason,
            facts={"agrees": agrees}, clock=clock,
        )  # fmt: skip
    return decision_view(decision_id, now)


def check_opened(case_id: int, person_id: int) -> None:
    """Nobody agrees or disagrees with what they have not seen: all evidence as it is now."""
    if not EvidenceView.objects.filter(
        case_id=case_id, person_id=person_id, evidence_hash=evidence_hash(case_id)
    ).exists():
        raise Conflict(
            _("You have not opened the evidence of case C-{case}.").format(case=case_id),
            hint=_("Open it first: fairpost case evidence C-{case}.").format(case=case_id),
        )
