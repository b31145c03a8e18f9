"""From the proposal to the ruling by the real actions: what an appeal changes is corrected in the same lineage."""

from __future__ import annotations

import pytest
from tests.builders.appeals import filed, in_review, ruled, starting
from tests.builders.enforcement import DAY, decided, make_staff, measure, until
from tests.builders.tenants import make_account
from tests.enforcement.dsa.second_rules import accepted

from fairpost.enforcement.actions.export_statements import export_statements
from fairpost.enforcement.queries.statements import Wanted
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db(transaction=True)


def export(clock, decision_id=None):
    found = export_statements(actor=local_operator(), wanted=Wanted(decision_id), clock=clock).statements
    assert all(accepted(each.statement) for each in found)
    return found


@pytest.fixture
def scene():
    """Staff, Ada, the clock, and a decision that was exported before Ada appealed."""
    clock = starting()
    staff, ada = make_staff(clock), make_account(clock=clock)
    term = until(clock, 5 * DAY)
    scope = {"account": [ada.account_id]}
    made = decided(staff, measure("capability_off", scope, term, mechanism={"capability": "fundraising"}), clock=clock)
    clock.advance(DAY)
    [statement] = export(clock)
    return staff, ada, clock, made.decision.id, statement


def test_an_appeal_that_is_only_filed_changes_no_statement(scene):
    _staff, ada, clock, decision_id, _statement = scene
    filed(ada, decision_id, clock)
    assert export(clock) == ()


def test_a_granted_appeal_is_a_correction(scene):
    staff, ada, clock, decision_id, first = scene
    clock.advance(DAY)
    ruled(staff.rui, in_review(staff.rui, filed(ada, decision_id, clock), clock), "overturned", clock)
    [second] = export(clock)
    assert (second.recipient, second.revision, second.reversal) == (first.recipient, 1, "overturned")
    assert second.statement["end_date_service_restriction"] == "2027-01-06"
    assert f"This corrects the statement {first.puid}." in second.statement["decision_facts"]
    assert "It was overturned on 2027-01-06: the decision is void." in second.statement["decision_facts"]
    assert export(clock) == ()


def test_a_varied_decision_is_corrected_and_the_one_in_its_place_is_stated(scene):
    staff, ada, clock, decision_id, first = scene
    shorter = measure(
        "capability_off", {"account": [ada.account_id]}, until(clock, DAY), mechanism={"capability": "fundraising"}
    )
    appeal = in_review(staff.rui, filed(ada, decision_id, clock), clock)
    ruled(staff.rui, appeal, "varied", clock, varied=shorter)
    [corrected] = export(clock)
    assert corrected.puid == f"{first.puid[:-1]}1"
    assert "Another decision took its place on 2027-01-05." in corrected.statement["decision_facts"]
    clock.advance(DAY)
    [new] = export(clock)
    assert new.decision != first.decision
    assert new.statement["end_date_service_restriction"] == "2027-01-06"
