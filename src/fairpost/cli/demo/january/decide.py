"""Those who decide: one proposes, another approves, a third hears the appeal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from fairpost.cli.demo.january import texts
from fairpost.cli.demo.january.cast import Cast
from fairpost.enforcement.actions.activate_decision import Activated, activate_decision
from fairpost.enforcement.actions.approve_decision import approve_decision
from fairpost.enforcement.actions.assign_appeal import assign_appeal, begin_review
from fairpost.enforcement.actions.decide_appeal import decide_appeal
from fairpost.enforcement.actions.file_appeal import file_appeal
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.actions.stay_measure import refuse_stay
from fairpost.enforcement.appeals.rulings import Ruling
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft
from fairpost.enforcement.queries.cases import read_evidence
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Forbidden
from fairpost.kernel.text import _

EARLIEST_END = datetime(2021, 1, 20, 17, 0, tzinfo=UTC)
LAST_DATE = datetime(2021, 1, 31, 17, 0, tzinfo=UTC)
CLASS = "combative-call-to-action@1"


def decide(cast: Cast, campaigns: Sequence[tuple[int, int]]) -> Activated:
    """Content of one class held and fundraising off, on the joint sender: proposed, approved, in force."""
    mara, noor = cast.staff["reviewer"], cast.staff["approver"]
    click.secho("\n" + _("5. Mara proposes, Noor approves: content of a class held, fundraising off"), bold=True)
    case = open_case(actor=mara, title="Mail of the joint sender on 6 January", source="own_initiative")
    add_evidence(actor=mara, case_id=case, label="mail", text=texts.COMBATIVE)
    proposed = propose_decision(actor=mara, case_id=case, clauses=["violence"], draft=draft(cast, campaigns))
    try:
        approve_decision(actor=mara, decision_id=proposed.id, version=proposed.version)
    except Forbidden as refused:
        click.echo(_("   Mara cannot approve it herself: {why}").format(why=refused.message))
    read_evidence(noor, case)
    approve_decision(actor=noor, decision_id=proposed.id, version=proposed.version)
    return activate_decision(actor=mara, decision_id=proposed.id)


def draft(cast: Cast, campaigns: Sequence[tuple[int, int]]) -> DecisionDraft:
    term = Duration(
        "indefinite_min", earliest_end=EARLIEST_END, ends_at=LAST_DATE, review_days=14, conditions=texts.CONDITION
    )
    joint = [cast.joint_sender_id]
    return DecisionDraft(
        facts=texts.FACTS,
        measures=[
            MeasureDraft("block_class", scope_from_json({"joint_sender": joint, "content_class": [CLASS]}), term),
            MeasureDraft(
                "capability_off", scope_from_json({"joint_sender": joint}), term, {"capability": "fundraising"}
            ),
        ],
        milder_step=texts.MILDER,
        milder_why_not=texts.WHY_NOT,
        quoted="fight like hell for Lakeland",
        campaigns=campaigns,
        assessment=texts.ASSESSMENT,
        responsible=[cast.joint_organisation_id],
    )


def appeal_and_vary(cast: Cast, decision_id: int) -> None:
    """The participant appeals and asks for a stay; it is refused, and the appeal varies one of the measures."""
    click.secho("\n" + _("7. One participant appeals; a stay is refused, the appeal is varied"), bold=True)
    rui, candidate = cast.staff["appeal_reviewer"], cast.candidate
    filed = file_appeal(**candidate.who, decision_id=decision_id, statement=texts.APPEAL, stay=True)
    click.echo(f"   A-{filed.appeal.id}: {filed.effect}")
    for who in ("approver", "reviewer"):
        try:
            assign_appeal(actor=cast.staff[who], appeal_id=filed.appeal.id)
        except Forbidden as refused:
            click.echo(f"   {cast.staff[who].name}: {refused.message}")
    assign_appeal(actor=rui, appeal_id=filed.appeal.id)
    begin_review(actor=rui, appeal_id=filed.appeal.id)
    refuse_stay(actor=rui, appeal_id=filed.appeal.id, reason=texts.STAY_REFUSED)
    held, ban = decision_view(decision_id, SYSTEM_CLOCK.now()).measures
    shorter = MeasureDraft(
        ban.kind, scope_from_json(ban.scope), Duration("until", ends_at=EARLIEST_END), dict(ban.mechanism)
    )
    done = decide_appeal(
        actor=rui,
        appeal_id=filed.appeal.id,
        rulings=[Ruling(held.id, "upheld", texts.STAY_REFUSED), Ruling(ban.id, "varied", texts.VARIED, varied=shorter)],
    )
    for each in done.appeal.rulings:
        click.echo(f"   {each.measure}: {each.outcome}: {each.reason}")
