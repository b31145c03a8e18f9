"""Carries out what was ruled on an appeal, in the transaction of the ruling: on the measure, its strike, its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from fairpost.enforcement.acting import measure_row, perform, state_of
from fairpost.enforcement.actions.activate_decision import activate, hold_campaigns
from fairpost.enforcement.actions.propose_decision import add_revision, fenced, insert_decision
from fairpost.enforcement.appeals.narrower import check_narrower
from fairpost.enforcement.appeals.rulings import Ruling
from fairpost.enforcement.catalogue.durations import duration_from_json
from fairpost.enforcement.catalogue.mechanisms import needs_of
from fairpost.enforcement.coverage.compute import Coverage, coverage
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft, check_measure
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import Appeal, Decision, Measure
from fairpost.enforcement.naming import label
from fairpost.enforcement.narrowing import narrow_force, scope_of, without
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.enforcement.reopening import note, reopen, reopen_what_rests_on
from fairpost.enforcement.scope.selector import EXCLUDABLE, Scope, selector
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.queries.neighbourhood import accounts_held_by, organisations_same
from fairpost.tenants.queries.senders import senders

IN_FORCE = frozenset({"scheduled", "active", "stayed"})


@dataclass(frozen=True, slots=True)
class Done:
    """What a ruling did: the cases it reopened, what it left out of the measure, the decision that takes its place."""

    reopened: tuple[int, ...] = ()
    excluded: Mapping[str, Any] = field(default_factory=dict)
    decision_id: int | None = None


def carry_out(actor: Actor, appeal: Appeal, ruling: Ruling, now: datetime) -> Done:
    """Does what the ruling says. An upheld measure stays as it is."""
    measure = measure_row(ruling.measure_id)
    if ruling.outcome == "remanded":
        return remand(actor, appeal, measure, ruling, now)
    if ruling.outcome == "varied":
        return vary(actor, appeal, measure, ruling, now)
    if ruling.outcome == "overturned" and ruling.organisation_id is not None:
        return overturn_for_one(actor, appeal, measure, ruling, now)
    if ruling.outcome == "overturned":
        return overturn(actor, appeal, measure, ruling, now)
    return Done()


def overturn(actor: Actor, appeal: Appeal, measure: Measure, ruling: Ruling, now: datetime) -> Done:
    """Out of force at once, and the strike void. One that another appeal overturned stays so."""
    if state_of(measure, now) != "overturned":
        perform(measure.pk, "overturned", actor=actor, reason=ruling.reason, detail={"appeal": appeal.pk}, now=now)
    why = _("Measure {measure} was overturned on appeal {appeal}: {reason}").format(
        measure=label("measure", measure.pk), appeal=label("appeal", appeal.pk), reason=ruling.reason
    )
    return Done(tuple(reopen_what_rests_on(actor, measure, why, now)))


def overturn_for_one(actor: Actor, appeal: Appeal, measure: Measure, ruling: Ruling, now: datetime) -> Done:
    """The measure leaves this participant out, by a narrower scope; for the others it stays as it is."""
    assert ruling.organisation_id is not None
    excluded = left_out(measure, ruling.organisation_id, ruling.excluded, now)
    if excluded and state_of(measure, now) in IN_FORCE:
        narrower = without(scope_of(measure), excluded)
        perform(
            measure.pk, "partly_overturned", actor=actor, reason=ruling.reason, now=now,
            detail={"appeal": appeal.pk, "organisation": ruling.organisation_id, "excluded": excluded},
        )  # fmt: skip
        narrow_force(measure, narrower)
        add_revision(measure, covered_by(narrower, measure, now), "appeal", now)
    why = _("Measure {measure} was overturned for organisation {organisation} on appeal {appeal}: {reason}").format(
        measure=label("measure", measure.pk),
        organisation=ruling.organisation_id,
        appeal=label("appeal", appeal.pk),
        reason=ruling.reason,
    )
    return Done(tuple(reopen_what_rests_on(actor, measure, why, now)), excluded)


def left_out(
    measure: Measure, organisation_id: int, wanted: Mapping[str, Sequence[int]] | None, now: datetime
) -> dict[str, list[str]]:
    """What is left out for a participant: its own accounts, with all that they dispatch, unless said otherwise.

    Where one of them sends for all, leaving it out would free the others too: then it must be said what is meant.
    """
    if wanted is not None:
        for kind in wanted:
            if kind not in EXCLUDABLE:
                raise Invalid(_("{kind} cannot be excluded.").format(kind=kind), field=f"rulings.excluded.{kind}")
        chosen = [selector(kind, list(values), "rulings.excluded") for kind, values in sorted(wanted.items()) if values]
        return {each.kind: sorted(each.values) for each in chosen}
    joint = {int(each) for each in scope_of(measure).values("joint_sender")}
    held = accounts_held_by([organisation_id])
    dispatching = {each.account_id for each in senders(now) if each.joint_sender_ids & joint}
    if dispatching <= held:
        raise Invalid(
            _("The accounts of organisation {organisation} send all mail of the joint sender.").format(
                organisation=organisation_id
            ),
            field="rulings.excluded",
            hint=_("Say with `excluded` what is left out; with nothing in it, only the strike falls."),
        )
    found = {"account": sorted(str(each) for each in held),
             "organisation": sorted(str(each) for each in organisations_same([organisation_id]))}  # fmt: skip
    return {kind: values for kind, values in found.items() if values}


def remand(actor: Actor, appeal: Appeal, measure: Measure, ruling: Ruling, now: datetime) -> Done:
    """Back to the case, which is open again and due; the measure goes on until somebody decides anew."""
    case = measure.decision.case
    reopen(actor, case, now)
    why = _("Measure {measure} was remanded on appeal {appeal}: {reason}").format(
        measure=label("measure", measure.pk), appeal=label("appeal", appeal.pk), reason=ruling.reason
    )
    note(case.pk, measure, why, now)
    return Done((case.pk,))


def vary(actor: Actor, appeal: Appeal, measure: Measure, ruling: Ruling, now: datetime) -> Done:
    """A new decision takes the measure's place, under the same clauses in the same versions; it can only take less.

    So it needs no second person, and is in force when the appeal is decided.
    """
    new = ruling.varied
    assert new is not None
    state = state_of(measure, now)
    if state not in IN_FORCE:
        raise Conflict(
            _("Measure {measure} is not in force any more: there is nothing to vary.").format(
                measure=label("measure", measure.pk)
            )
        )
    scope, duration = scope_of(measure), duration_from_json(measure.duration)
    old = MeasureDraft(measure.kind, scope, duration, measure.mechanism, measure.strike)
    draft = decision_draft(measure.decision, new, appeal, ruling)
    check_measure(new, draft, now)
    check_narrower(new, old, now)
    reopen(actor, measure.decision.case, now)
    covered = covered_by(new.scope, measure, now, new)
    view = decision_view(measure.decision_id, now)
    row = insert_decision(
        actor, measure.decision.case_id, view.clauses, draft, [covered], measure.decision_id,
        {"appeal": appeal.pk, "varies": measure.pk}, now,
    )  # fmt: skip
    made = Measure.objects.create(
        decision=row,
        kind=new.kind,
        mechanism=dict(new.mechanism),
        scope=without(fenced(new.scope, covered), scope_excluded(scope)).to_json(),
        duration=new.duration.to_json(),
        strike=new.strikes,
        four_eyes="no",
    )
    add_revision(made, covered, "appeal", now)
    for act in ("proposed", "approved"):
        perform(made.pk, act, actor=actor, detail={"appeal": appeal.pk}, now=now)
    activate(actor, made, covered, now)
    perform(
        measure.pk, "superseded", actor=actor, reason=ruling.reason, detail={"by": row.pk, "appeal": appeal.pk}, now=now
    )
    hold_campaigns(covered.campaigns, now)
    follow(Happening("decision.activated", now, row.pk))
    return Done(decision_id=row.pk)


def scope_excluded(scope: Scope) -> dict[str, list[str]]:
    return {each.kind: sorted(each.values) for each in scope.excluded}


def decision_draft(old: Decision, new: MeasureDraft, appeal: Appeal, ruling: Ruling) -> DecisionDraft:
    """The decision as it was, with what the appeal made of it."""
    return DecisionDraft(
        facts=_("{facts}\n\nOn appeal {appeal}: {reason}").format(
            facts=old.facts, appeal=label("appeal", appeal.pk), reason=ruling.reason
        ),
        measures=[new],
        milder_step=old.milder_step,
        milder_why_not=old.milder_why_not,
        quoted=old.quoted,
        campaigns=[(each[0], each[1]) for each in old.campaigns],
        automated_detection=old.automated_detection,
        automated_decision="no",
        assessment=old.assessment,
        responsible=old.responsible,
        legal_ground=old.legal_ground,
        outside_redress=old.outside_redress,
    )


def covered_by(scope: Scope, measure: Measure, now: datetime, draft: MeasureDraft | None = None) -> Coverage:
    """The coverage of this scope, for what the measure (or its draft) does."""
    kind = draft or MeasureDraft(measure.kind, scope, duration_from_json(measure.duration), measure.mechanism)
    return coverage(scope, needs_of(kind.of, kind.mechanism), now, settings.FAIRPOST.territory_attribute)
