"""Decisions as they are really made, appealed and reversed, each act followed into the register."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.builders.appeals import filed, in_review, ruled, starting, suspended
from tests.builders.enforcement import make_staff
from tests.builders.tenants import make_account, make_person

from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.queries.register import register_entry
from fairpost.enforcement.queries.transparency import transparency_report
from fairpost.enforcement.register.wording import lines
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import NotFound

DAY = timedelta(days=1)


@pytest.fixture
def clock():
    return starting()


@pytest.fixture
def staff(transactional_db, clock):
    return make_staff(clock)


def test_an_overturned_decision_from_activation_to_figures(staff, clock):
    ada = make_account(clock=clock)
    decision = suspended(staff, ada, clock).decision.id
    view = register_entry(ada.owner, decision, clock)
    assert (view.visibility, view.state) == ("parties", "active")
    said = "\n".join(": ".join(each) for each in lines(view.statements[0].kind, view.statements[0].content))
    assert "Covered: " in said and "from 2027-01-04 09:00 UTC" in said
    assert not re.search(r"[\w.]+@[\w.]+\.\w", said)
    with pytest.raises(NotFound):
        register_entry(None, decision, clock)
    appeal = filed(ada, decision, clock)
    clock.advance(DAY)
    reviewer = make_person(None, "Rhea", "appeal_reviewer", clock=clock)
    ruled(reviewer, in_review(reviewer, appeal, clock), "overturned", clock)
    public = register_entry(None, decision, clock)
    assert public.visibility == "public" and public.state == "overturned"
    assert {each.kind for each in public.statements[:-1]} == {"overturned", "appeal_decided"}
    assert public.statements[-1].kind == "decided"
    auditor = make_person(None, "Aude", "auditor", clock=clock)
    found = transparency_report(auditor, clock.now() - 5 * DAY, clock.now() + DAY, clock)
    assert (found.appeals.decided, found.appeals.reversals, found.appeals.median_hours) == (1, 1, 24)
    assert found.decided.states_now == {"overturned": 1} and found.decided.strikes == 0


def test_a_lifted_measure_is_stated_and_its_reason_stays_with_the_parties(staff, clock):
    ada = make_account(clock=clock)
    view = suspended(staff, ada, clock).decision
    lift_measure(
        actor=staff.noor, measure_id=view.measures[0].id, reason="Jane Doe phoned and apologised", clock=clock
    )
    entry = register_entry(ada.owner, view.id, clock)
    assert (entry.state, entry.statements[0].kind) == ("lifted", "lifted")
    assert "Jane" not in str(entry)
    assert register_entry(None, view.id, FixedClock(clock.now() + 190 * DAY)).visibility == "public"
