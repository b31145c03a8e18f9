"""A customer's program appeals, pauses and reads what it was told; programs without a person review nothing."""

from __future__ import annotations

import pytest
from tests.builders.api import Program, operator_program, program
from tests.builders.appeals import suspended
from tests.builders.enforcement import make_staff
from tests.builders.tenants import make_account

from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actors import local_operator


@pytest.fixture
def staff(committed):
    return make_staff()


@pytest.fixture
def ada(committed):
    return make_account()


def personal(who: Actor) -> Program:
    """A key of this person's own over the installation."""
    issued = create_api_key(
        actor=local_operator(), account_id=None, name="own", capabilities=(), person_id=who.person_id
    )
    return Program(issued.key)


def test_an_appeal_from_filing_to_its_end(staff, ada):
    done = suspended(staff, ada, SYSTEM_CLOCK)
    measure = done.decision.measures[0]
    mine, rui = program(ada), personal(staff.rui)
    filed = mine.made("appeals", {"decision_id": done.decision.id, "statement": "It is ours.", "stay": True})
    assert "changes nothing" in filed["effect"]
    number = filed["appeal"]["id"]
    assert mine.post("appeals", {"decision_id": done.decision.id, "statement": "Again."}).status_code == 409
    assert rui.post(f"/appeals/{number}/begin-review", {}).status_code == 403  # not assigned yet
    assert rui.post(f"/appeals/{number}/assign", {}).status_code == 200
    assert rui.post(f"/appeals/{number}/begin-review", {}).data["state"] == "in_review"
    assert rui.get(f"/appeals/{number}/texts").data["items"][0]["text"] == "It is ours."
    stayed = rui.post(f"/appeals/{number}/stay", {"measure_id": measure.id, "reason": "Until it is clear."})
    assert stayed.status_code == 200, stayed.data
    asked = rui.post(f"/appeals/{number}/ask", {"question": "Since when?"})
    assert asked.data["state"] == "info_requested"
    assert mine.post(f"appeals/{number}/answer", {"answer": "Since 2019."}).data["state"] == "in_review"
    ruling = {"measure": measure.label, "outcome": "overturned", "reason": "It was theirs."}
    decided = rui.post(f"/appeals/{number}/decide", {"rulings": [ruling]})
    assert decided.status_code == 200, decided.data
    assert mine.get(f"appeals/{number}").data["rulings"][0]["outcome"] == "overturned"
    assert mine.get("strikes").data["items"][0]["state"] == "void"
    assert mine.post(f"appeals/{number}/withdraw", {}).status_code == 409


def test_a_program_that_is_no_person_reviews_nothing(staff, ada):
    done = suspended(staff, ada, SYSTEM_CLOCK)
    mine = program(ada)
    number = mine.made("appeals", {"decision_id": done.decision.id, "statement": "It is ours."})["appeal"]["id"]
    refused = operator_program().post(f"/appeals/{number}/assign", {})
    assert refused.status_code == 403
    assert operator_program().get("/appeals").status_code == 200


def test_another_account_sees_no_appeal_and_no_decision(staff, ada):
    done = suspended(staff, ada, SYSTEM_CLOCK)
    number = program(ada).made("appeals", {"decision_id": done.decision.id, "statement": "Ours."})["appeal"]["id"]
    mallory = program(make_account(owner="Mallory"))
    assert mallory.get(f"appeals/{number}").status_code == 404
    assert mallory.get(f"appeals/{number}/texts").status_code == 404
    assert mallory.post(f"appeals/{number}/withdraw", {}).status_code == 404
    assert mallory.post("appeals", {"decision_id": done.decision.id, "statement": "Mine."}).status_code == 404


def test_a_pause_by_a_program(ada):
    mine = program(ada)
    begun = mine.made("pauses", {"capability": "fundraising", "reason": "until the audit"})
    assert begun["pause"]["begun_by"] == "program"
    assert [each["label"] for each in mine.get("pauses").data["items"]] == [begun["pause"]["label"]]
    assert operator_program().post(f"/accounts/{ada.account_id}/pauses", {}).status_code == 403
    assert mine.post(f"pauses/{begun['pause']['id']}/end", {}).data["state"] == "over"
