"""Every act on a measure that the table of states does not name is refused with a conflict, and on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.builders.enforcement import DAY, approved, decided, draft, make_case, make_staff, measure, proposed, until
from tests.builders.mailings import fake_mailings
from tests.builders.tenants import make_account, make_identity

from fairpost.audit.queries import audit_events
from fairpost.enforcement.acting import WITHOUT_STATE, perform, performing
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.catalogue.states import ENDED, MEASURE, Act, state_at
from fairpost.enforcement.models import Force, MeasureAct
from fairpost.enforcement.queries.decisions import measure_view
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.kernel.errors import Conflict

ACTS = sorted({act for acts in MEASURE.values() for act in acts} | WITHOUT_STATE.keys())
STATES = [state for state in MEASURE if state]
ILLEGAL = {
    state: [act for act in ACTS if act not in MEASURE[state] and state not in WITHOUT_STATE.get(act, ())]
    for state in STATES
}
STAY = {"since": None, "until": None, "within": None, "appeal": 1}


@pytest.fixture
def staff(transactional_db):
    with fake_mailings():
        yield make_staff()


@pytest.fixture
def clock():
    return FixedClock(SYSTEM_CLOCK.now())


def brought_to(state, staff, clock):
    """A measure in this state, by real actions as far as there are any."""
    ada = make_account()
    make_identity(ada)
    scope = {"account": [ada.account_id]}
    hold = measure("suspend_sending", scope, until(clock), clock=clock, mechanism={"queue": "hold"})
    if state == "draft":
        view = propose_decision(
            actor=staff.mara, case_id=make_case(staff, clock=clock), clauses=["violence"], draft=draft(hold),
            only_draft=True, clock=clock,
        )  # fmt: skip
        return view.measures[0].id
    if state in ("proposed", "rejected", "withdrawn", "approved"):
        view = proposed(staff, hold, clock=clock)
        if state == "approved":
            approved(staff, view, clock)
        elif state != "proposed":
            do(view.measures[0].id, state, staff, clock)
        return view.measures[0].id
    if state == "scheduled":
        hold = measure(
            "suspend_sending", scope, until(clock, starts_at=clock.now() + DAY), clock=clock,
            mechanism={"queue": "hold"},
        )  # fmt: skip
    if state == "lapsed":
        hold = measure("interim_hold", scope, until(clock, DAY), clock=clock)
    number = decided(staff, hold, clock=clock).decision.measures[0].id
    if state in ("stayed", "lifted", "overturned", "superseded"):
        do(number, state, staff, clock)
    if state in ("expired", "lapsed"):
        clock.advance(4 * DAY)
    return number


def do(number, act, staff, clock):
    detail = STAY if "stay" in act else {}
    with performing(staff.noor):
        return perform(number, act, actor=staff.noor, reason="for a test", detail=detail, now=clock.now())


@pytest.mark.parametrize("state", STATES)
def test_every_illegal_act_is_refused_on_record_and_changes_nothing(staff, clock, state):
    number = brought_to(state, staff, clock)
    assert measure_view(number, clock.now()).state == state
    before = MeasureAct.objects.filter(measure_id=number).count()
    force = list(Force.objects.filter(source_id=number).values())
    for act in ILLEGAL[state]:
        with pytest.raises(Conflict, match=f"M-{number}"):
            do(number, act, staff, clock)
    assert MeasureAct.objects.filter(measure_id=number).count() == before
    assert list(Force.objects.filter(source_id=number).values()) == force
    assert measure_view(number, clock.now()).state == state
    newest = audit_events(None, limit=len(ACTS))
    refusals = [each.facts for each in newest if (each.act, each.subject) == ("measure.refused", f"measure:{number}")]
    assert sorted(each["act"] for each in refusals) == ILLEGAL[state]
    assert {each["state"] for each in refusals} <= {state}


def test_the_table_leads_where_the_design_says():
    assert {state for state, acts in MEASURE.items() if not acts} == {"overturned", "rejected", "withdrawn"}
    for state in ENDED | {"expired", "lapsed"}:
        assert not {"activated", "approved", "proposed", "stayed", "lifted"} & MEASURE[state].keys()
    assert "lifted" not in MEASURE["scheduled"], "before it is active it is withdrawn"
    assert "withdrawn" not in MEASURE["active"]


@pytest.mark.parametrize(("jump", "state"), [(-DAY, ""), (DAY, "active"), (4 * DAY, "expired"), (400 * DAY, "expired")])
def test_a_clock_that_jumps_decides_the_state_anew_and_no_job_is_needed(staff, clock, jump, state):
    number = brought_to("active", staff, clock)
    at = clock.now()
    assert measure_view(number, at + jump).state == state
    assert measure_view(number, at).state == "active", "a clock that comes back finds it as it was"


def test_expiry_is_exclusive_and_exact(staff, clock):
    number = brought_to("active", staff, clock)
    end = measure_view(number, clock.now()).ends_at
    assert measure_view(number, end - timedelta(microseconds=1)).state == "active"
    assert measure_view(number, end).state == "expired"


def test_a_stay_outlived_by_the_term_is_an_expired_measure():
    clock = FixedClock(SYSTEM_CLOCK.now())
    acts = [Act(each, clock.now()) for each in ("proposed", "approved", "activated", "stayed")]
    assert state_at("suspend_sending", acts, clock.now(), clock.now() + DAY, clock.now()) == "stayed"
    assert state_at("suspend_sending", acts, clock.now(), clock.now() + DAY, clock.now() + DAY) == "expired"


def test_a_refused_act_undoes_all_that_was_done_with_it(staff, clock):
    first, second = brought_to("active", staff, clock), brought_to("lifted", staff, clock)
    with pytest.raises(Conflict), performing(staff.noor):
        perform(first, "lifted", actor=staff.noor, reason="both", now=clock.now())
        perform(second, "lifted", actor=staff.noor, reason="both", now=clock.now())
    assert measure_view(first, clock.now()).state == "active"


def test_an_activation_again_is_refused(staff, clock):
    number = brought_to("active", staff, clock)
    with pytest.raises(Conflict):
        activate_decision(actor=staff.mara, decision_id=measure_view(number, clock.now()).decision_id, clock=clock)
    assert not transaction.get_connection().in_atomic_block
