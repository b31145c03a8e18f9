"""The rules by which appeals, measures, stays and strikes go together, each as its own test."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from tests.builders.appeals import filed, in_review, ruled, sends, suspended
from tests.builders.enforcement import decided, draft, make_case, measure, until, with_role
from tests.builders.policies import CATEGORY, TEXTS, policy_manager
from tests.builders.tenants import make_account

from fairpost.enforcement.actions.assign_appeal import assign_appeal
from fairpost.enforcement.actions.begin_pause import begin_pause
from fairpost.enforcement.actions.decide_appeal import decide_appeal
from fairpost.enforcement.actions.file_appeal import file_appeal
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.open_case import close_case
from fairpost.enforcement.actions.publish_clause import publish_clause
from fairpost.enforcement.actions.stay_measure import stay_measure
from fairpost.enforcement.appeals.rulings import Ruling
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.enforcement.models import Case
from fairpost.enforcement.queries.appeals import appeal_view
from fairpost.enforcement.queries.cases import cases
from fairpost.enforcement.queries.decisions import decision_view, measure_view
from fairpost.enforcement.queries.strikes import strikes
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.tenants.queries import account

HOUR = timedelta(hours=1)


def number(view):
    return view.decision.measures[0].id


def test_rule_1_filing_an_appeal_changes_nothing_about_force(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    before = in_force(sends(ada))
    answer = file_appeal(
        actor=ada.owner, account_id=ada.account_id, decision_id=done.decision.id, statement="It is a quotation.",
        clock=clock,
    )  # fmt: skip
    assert before == in_force(sends(ada)) == [f"measure M-{number(done)}"]
    assert "changes nothing about what is in force" in answer.effect


def test_rule_1_only_a_stay_does_and_it_may_be_narrower(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    stay_measure(
        actor=staff.rui, appeal_id=appeal.id, measure_id=number(done), reason="A receipt must go out.",
        within={"unit": [ada.unit_id]}, clock=clock,
    )  # fmt: skip
    assert in_force(sends(ada, unit=ada.unit_id)) == []
    assert in_force(sends(ada, unit=10**6)) == [f"measure M-{number(done)}"]
    assert measure_view(number(done), clock.now()).state == "active"


@pytest.mark.parametrize("hand", ["mara", "noor"])
def test_rule_2_who_proposed_or_approved_does_not_review_in_any_role(staff, ada, clock, hand):
    done = suspended(staff, ada, clock)
    appeal = filed(ada, done.decision.id, clock)
    both = with_role(getattr(staff, hand), "appeal_reviewer")
    with pytest.raises(Forbidden, match="another must review"):
        assign_appeal(actor=both, appeal_id=appeal.id, clock=clock)
    with pytest.raises(Forbidden, match="another must review"):
        assign_appeal(actor=staff.sena, appeal_id=appeal.id, reviewer_id=both.person_id, clock=clock)
    assert appeal_view(appeal.id, clock.now()).state == "filed"


def test_rule_2_never_automation_alone(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal = filed(ada, done.decision.id, clock)
    with pytest.raises(DatabaseError, match="no hand in the decision"), connection.cursor() as cursor:
        cursor.execute("UPDATE appeal SET state = 'decided' WHERE id = %s", [appeal.id])


def test_rule_3_an_overturn_is_effective_at_once_and_voids_the_strike(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    assert [each.state for each in strikes(ada.owner, ada.account_id, clock)] == ["active"]
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    ruled(staff.rui, appeal, "overturned", clock)
    assert in_force(sends(ada)) == []
    assert measure_view(number(done), clock.now()).state == "overturned"
    assert [each.state for each in strikes(ada.owner, ada.account_id, clock)] == ["void"]


def test_rule_3_dependent_escalations_are_reopened(staff, ada, clock):
    first = suspended(staff, ada, clock)
    case = make_case(staff, account_id=ada.account_id, clock=clock)
    decided(
        staff,
        measure("capability_off", {"account": [ada.account_id]}, until(clock), mechanism={"capability": "import"}),
        case_id=case, clock=clock, facts=f"After the strike of M-{number(first)} it happened again.",
        responsible=[account(ada.account_id).holder_id],
    )  # fmt: skip
    unrelated = make_case(staff, account_id=ada.account_id, clock=clock, text=f"M-{number(first)}0 is another one.")
    for each in (case, unrelated):
        close_case(actor=staff.mara, case_id=each, reason="done", clock=clock)
    appeal = in_review(staff.rui, filed(ada, first.decision.id, clock), clock)
    answer = ruled(staff.rui, appeal, "overturned", clock)
    assert answer.reopened == (case,)
    assert Case.objects.get(pk=case).closed_at is None
    assert Case.objects.get(pk=unrelated).closed_at is not None


def test_rule_4_no_later_decision_closes_an_appeal(staff, ada, clock):
    first = suspended(staff, ada, clock)
    appeal = filed(ada, first.decision.id, clock)
    decided(
        staff,
        measure("suspend_sending", {"account": [ada.account_id]}, until(clock), mechanism={"queue": "hold"}),
        clock=clock, supersedes=first.decision.id, case_id=first.decision.case_id,
        responsible=[account(ada.account_id).holder_id],
    )  # fmt: skip
    assert measure_view(number(first), clock.now()).state == "superseded"
    assert appeal_view(appeal.id, clock.now()).state == "filed"
    answer = ruled(staff.rui, in_review(staff.rui, appeal, clock), "overturned", clock)
    assert answer.appeal.state == "decided"
    assert [each.state for each in strikes(ada.owner, ada.account_id, clock)] == ["active", "void"]


def test_rule_4_nor_does_lifting_or_expiry(staff, ada, clock):
    first = suspended(staff, ada, clock)
    appeal = filed(ada, first.decision.id, clock)
    lift_measure(actor=staff.noor, measure_id=number(first), reason="It was enough.", clock=clock)
    clock.advance(timedelta(days=4))
    assert appeal_view(appeal.id, clock.now()).state == "filed"
    assert ruled(staff.rui, in_review(staff.rui, appeal, clock), "overturned", clock).appeal.state == "decided"


def test_rule_5_ending_a_pause_lifts_no_measure_and_overturning_ends_no_pause(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id, clock=clock).pause
    assert in_force(sends(ada)) == [f"measure M-{number(done)}", f"pause {begun.label}"]
    ruled(staff.rui, in_review(staff.rui, filed(ada, done.decision.id, clock), clock), "overturned", clock)
    assert in_force(sends(ada)) == [f"pause {begun.label}"]


def test_rule_6_strikes_that_add_up_open_a_case_and_restrict_nothing(staff, ada, clock, in_force):
    for _each in range(2):
        suspended(staff, ada, clock)
    assert cases(staff.mara, queue="strikes", clock=clock) == []
    before = len(in_force(sends(ada)))
    third = suspended(staff, ada, clock)
    (opened,) = cases(staff.mara, queue="strikes", clock=clock)
    assert (opened.source, opened.account_id, opened.evidence, opened.decisions) == ("machine", ada.account_id, 3, ())
    assert len(in_force(sends(ada))) == before + 1  # the third measure alone
    # one falls: the case has that as evidence, and is due again
    ruled(staff.rui, in_review(staff.rui, filed(ada, third.decision.id, clock), clock), "overturned", clock)
    assert cases(staff.mara, queue="strikes", clock=clock)[0].evidence == 4


def test_rule_8_what_an_appeal_varies_stays_under_the_clause_it_was_decided_under(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    clock.advance(HOUR)
    publish_clause(
        actor=policy_manager(clock), code="violence", texts=TEXTS, dsa_category=CATEGORY, clock=clock,
        effective_from=clock.now(),
    )  # fmt: skip
    clock.advance(HOUR)
    shorter = MeasureDraft(
        "suspend_sending", scope_from_json({"account": [ada.account_id]}), until(clock, 5 * HOUR), {"queue": "hold"}
    )
    answer = decide_appeal(
        actor=staff.rui, appeal_id=appeal.id, clock=clock,
        rulings=[Ruling(number(done), "varied", "A day is enough.", varied=shorter)],
    )  # fmt: skip
    new = decision_view(int(answer.appeal.rulings[0].decision.removeprefix("D-")), clock.now())
    assert [each.label for each in new.clauses] == [each.label for each in done.decision.clauses]
    old = decision_view(done.decision.id, clock.now())
    assert [each.hash for each in old.clauses] == [each.hash for each in done.decision.clauses]


def test_rule_10_another_account_of_the_same_holder_is_neither_told_nor_able_to_appeal(staff, ada, clock):
    done = suspended(staff, ada, clock)
    twin = make_account(clock=clock)
    with pytest.raises(NotFound):
        filed(twin, done.decision.id, clock)
    assert draft(measure("warn", {"account": [ada.account_id]})).measures[0].strikes  # responsibility is named
    assert strikes(twin.owner, twin.account_id, clock) == []
