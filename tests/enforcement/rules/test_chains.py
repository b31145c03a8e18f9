"""A chain of short measures needs the second person once their sum passes the limit, however it is cut."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.builders.enforcement import DAY, decided, draft, make_case, make_staff, measure, proposed, until
from tests.builders.mailings import fake_mailings
from tests.builders.tenants import make_account, make_identity, make_person

from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.approve_decision import approve_decision, withdraw_decision
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.models import Force, Measure, MeasureAct
from fairpost.enforcement.queries.cases import read_evidence
from fairpost.enforcement.queries.decisions import measure_view
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.kernel.errors import FairpostError


@pytest.fixture
def staff(transactional_db):
    with fake_mailings():
        yield make_staff()


@pytest.fixture
def ada(staff):
    made = make_account()
    made_identity = make_identity(made)
    return made, made_identity


@pytest.fixture
def clock():
    return FixedClock(SYSTEM_CLOCK.now())


def off(scope, days, clock, capability="import"):
    return measure("capability_off", scope, until(clock, days * DAY), clock=clock, mechanism={"capability": capability})


def suspend(ada, clock):
    scope = {"account": [ada[0].account_id]}
    return measure("suspend_sending", scope, until(clock), clock=clock, mechanism={"queue": "hold"})


def eyes(view):
    return [each.four_eyes for each in view.measures]


def chain(staff, ada, clock, how):
    """(case, scope, more) of the second link."""
    tenant, identity = ada
    account, case = {"account": [tenant.account_id]}, make_case(staff, clock=clock)
    first = proposed(staff, off(account, 4, clock), case_id=case, clock=clock, campaigns=[(tenant.account_id, 7)])
    activate_decision(actor=staff.mara, decision_id=first.id, clock=clock)
    assert eyes(first) == ["no"]
    if how == "same case":
        return case, account, {}
    if how == "same evidence in another case":
        return make_case(staff, clock=clock), account, {}
    other = make_case(staff, clock=clock, text="Something else that we saw.")
    if how == "same campaign":
        return other, account, {"campaigns": [(tenant.account_id, 7)]}
    if how == "another selector of the same account":
        return case, {"identity": [identity]}, {}
    if how == "its domain":
        return case, {"domain": ["example.org"]}, {}
    if how == "its unit":
        return case, {"unit": [tenant.unit_id]}, {}
    raise AssertionError(how)


@pytest.mark.parametrize(
    "how",
    [
        "same case", "same evidence in another case", "same campaign", "another selector of the same account",
        "its domain", "its unit",
    ],
)  # fmt: skip
def test_two_short_ones_over_the_limit_need_a_second_person(staff, ada, clock, how):
    case, scope, more = chain(staff, ada, clock, how)
    second = proposed(staff, off(scope, 4, clock), case_id=case, clock=clock, **more)
    assert eyes(second) == ["yes"] and second.measures[0].state == "proposed"
    third = proposed(staff, off(scope, 3, clock), case_id=case, clock=clock, **more)
    assert eyes(third) == ["yes"], "what was proposed counts too"


def test_evidence_that_was_taken_from_the_same_place_is_the_same_facts(staff, ada, clock):
    tenant, _identity = ada
    for number, text in enumerate(("What we saw.", "What we saw!")):
        case = open_case(actor=staff.mara, title="Look", source="own_initiative", clock=clock)
        add_evidence(actor=staff.mara, case_id=case, label="mail", text=text, reference="campaign:7", clock=clock)
        view = proposed(staff, off({"account": [tenant.account_id]}, 4, clock), case_id=case, clock=clock)
        assert eyes(view) == [["no"], ["yes"]][number]


def test_up_to_the_limit_one_person_suffices(staff, ada, clock):
    case, scope, more = chain(staff, ada, clock, "same case")
    assert eyes(proposed(staff, off(scope, 3, clock), case_id=case, clock=clock, **more)) == ["no"]


def test_other_facts_or_another_account_begin_anew(staff, ada, clock):
    chain(staff, ada, clock, "same case")
    other = make_case(staff, clock=clock, text="Something else that we saw.")
    assert eyes(proposed(staff, off({"account": [ada[0].account_id]}, 4, clock), case_id=other, clock=clock)) == ["no"]
    ben = make_account(owner="Ben")
    make_identity(ben, "ben@ben.example")
    assert eyes(proposed(staff, off({"account": [ben.account_id]}, 4, clock), clock=clock)) == ["no"]


def test_what_was_withdrawn_does_not_count_and_what_was_lifted_counts_as_it_lasted(staff, ada, clock):
    tenant, _identity = ada
    case, scope = make_case(staff, clock=clock), {"account": [tenant.account_id]}
    first = proposed(staff, off(scope, 6, clock), case_id=case, clock=clock)
    withdraw_decision(actor=staff.mara, decision_id=first.id, reason="Not needed.", clock=clock)
    second = decided(staff, off(scope, 6, clock), case_id=case, clock=clock)
    clock.advance(DAY)
    lift_measure(actor=staff.noor, measure_id=second.decision.measures[0].id, reason="Enough.", clock=clock)
    assert eyes(proposed(staff, off(scope, 6, clock), case_id=case, clock=clock)) == ["no"]
    assert eyes(proposed(staff, off(scope, 1, clock), case_id=case, clock=clock)) == ["yes"]


def test_seven_days_to_the_second(staff, ada, clock):
    scope = {"account": [ada[0].account_id]}
    for term, wanted in ((7 * DAY, "no"), (7 * DAY + timedelta(seconds=1), "yes")):
        one = measure("capability_off", scope, until(clock, term), clock=clock, mechanism={"capability": "import"})
        case = make_case(staff, clock=clock, text=f"Seen for {term}.")
        assert eyes(proposed(staff, one, case_id=case, clock=clock)) == [wanted]


# Two at once


def at_once(*acts):
    """What each of these said: its value, or its error."""
    barrier, said = Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        barrier.wait()
        try:
            said[number] = act()
        except FairpostError as error:
            said[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert None not in said
    return said


def failed(said):
    return [each for each in said if isinstance(each, FairpostError)]


def test_two_short_ones_proposed_at_once_in_two_cases_see_one_another(staff, ada, clock):
    scope = {"account": [ada[0].account_id]}
    cases = [make_case(staff, clock=clock) for _each in range(2)]

    def propose(case):
        return lambda: propose_decision(
            actor=staff.mara, case_id=case, clauses=["violence"], draft=draft(off(scope, 4, clock)), clock=clock
        )

    said = at_once(*(propose(each) for each in cases))
    assert failed(said) == []
    assert sorted(eyes(each)[0] for each in said) == ["no", "yes"]


def test_two_who_approve_at_once_approve_once(staff, ada, clock):
    view = proposed(
        staff,
        measure(
            "suspend_sending", {"account": [ada[0].account_id]}, until(clock), clock=clock, mechanism={"queue": "hold"}
        ),
        clock=clock,
    )
    nils = make_person(None, "Nils", "approver")
    for each in (staff.noor, nils):
        read_evidence(each, view.case_id, clock)

    def approve(who):
        return lambda: approve_decision(actor=who, decision_id=view.id, version=view.version, clock=clock)

    said = at_once(approve(staff.noor), approve(nils))
    assert len(failed(said)) == 1
    assert MeasureAct.objects.filter(measure__decision_id=view.id, act="approved").count() == 1


def test_approving_and_withdrawing_at_once_leave_one_of_both(staff, ada, clock):
    view = proposed(
        staff,
        measure(
            "suspend_sending", {"account": [ada[0].account_id]}, until(clock), clock=clock, mechanism={"queue": "hold"}
        ),
        clock=clock,
    )
    read_evidence(staff.noor, view.case_id, clock)
    said = at_once(
        lambda: approve_decision(actor=staff.noor, decision_id=view.id, version=view.version, clock=clock),
        lambda: withdraw_decision(actor=staff.mara, decision_id=view.id, reason="Not needed.", clock=clock),
    )
    state = measure_view(view.measures[0].id, clock.now()).state
    assert state == "withdrawn", "an approved one can be withdrawn too, a withdrawn one not be approved"
    assert len(failed(said)) <= 1


def test_two_who_activate_at_once_activate_once(staff, ada, clock):
    view = proposed(staff, off({"account": [ada[0].account_id]}, 2, clock), clock=clock)
    said = at_once(*[lambda: activate_decision(actor=staff.mara, decision_id=view.id, clock=clock)] * 2)
    assert len(failed(said)) == 1
    assert MeasureAct.objects.filter(measure__decision_id=view.id, act="activated").count() == 1
    assert Force.objects.filter(source="measure").count() == 1


def test_at_the_instant_of_expiry_nothing_is_left_to_lift(staff, ada, clock):
    done = decided(staff, off({"account": [ada[0].account_id]}, 2, clock), clock=clock)
    number = done.decision.measures[0].id
    late = FixedClock(clock.now() + 2 * DAY)
    said = at_once(
        lambda: lift_measure(actor=staff.noor, measure_id=number, reason="Enough.", clock=late),
        lambda: lift_measure(actor=staff.noor, measure_id=number, reason="Enough.", clock=late),
    )
    assert len(failed(said)) == 2
    assert measure_view(number, late.now()).state == "expired"


def test_interim_holds_taken_at_once_in_one_case_are_one(staff, ada, clock):
    case = make_case(staff, clock=clock)
    one = measure("interim_hold", {"account": [ada[0].account_id]}, until(clock, DAY), clock=clock)

    def propose():
        return propose_decision(actor=staff.mara, case_id=case, clauses=["violence"], draft=draft(one), clock=clock)

    said = at_once(propose, propose)
    assert len(failed(said)) == 1
    assert Measure.objects.filter(kind="interim_hold").count() == 1
