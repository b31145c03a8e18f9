"""By the API: from a case to a measure in force and its end, each hand with its own key, every refusal a problem."""

from __future__ import annotations

import pytest
from tests.builders.api import Program, operator_program, program
from tests.builders.tenants import make_account
from tests.enforcement.surfaces.conftest import FACTS, Programs, in_days, new_decision, suspension

pytestmark = pytest.mark.django_db
KEPT = {"Idempotency-Key": "once"}


@pytest.mark.django_db(transaction=True)
def test_a_case_becomes_a_measure_in_force_and_is_lifted(programs: Programs):
    ada = make_account()
    made = programs.proposed(ada.account_id, quoted="by force")
    (measure,) = made["measures"]
    assert (made["label"], made["facts"], made["source"]) == (f"D-{made['id']}", FACTS, "report")
    assert (measure["state"], measure["four_eyes"]) == ("proposed", "yes")
    assert [each["id"] for each in measure["coverage"]["covered"]["accounts"]] == [ada.account_id]
    assert (
        programs.noor.get(f"/cases/{made['case_id']}/evidence").data["items"][0]["text"] == "Take the square by force."
    )
    approved = programs.noor.made(f"/decisions/{made['id']}/approve", {"version": made["version"]}, 200)
    assert approved["measures"][0]["state"] == "approved"
    assert approved["hands"] == [
        [programs.staff.mara.person_id, "proposer"],
        [programs.staff.noor.person_id, "approver"],
    ]
    done = programs.mara.made(f"/decisions/{made['id']}/activate", {"reason": "before nine"}, 200)
    assert done["decision"]["measures"][0]["state"] == "active"
    assert (done["held"], done["fence"]["uncertain"]) == ([], [])
    assert [each["id"] for each in programs.mara.get(f"/decisions?case_id={made['case_id']}").data["items"]] == [
        made["id"]
    ]
    path = f"/measures/{measure['id']}"
    assert programs.mara.post(f"{path}/lift", {"reason": "mine"}).status_code == 403
    assert programs.noor.post(f"{path}/lift", {"reason": ""}).status_code == 422
    assert programs.noor.made(f"{path}/lift", {"reason": "a quotation"}, 200)["state"] == "lifted"
    again = programs.noor.post(f"{path}/lift", {"reason": "again"})
    assert (again.status_code, again.data["hint"]) == (409, "Possible now: overturned.")
    assert [each["act"] for each in programs.noor.get(path).data["acts"]] == [
        "proposed", "approved", "activated", "lifted",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_an_activation_sent_twice_is_done_once(programs: Programs):
    ada = make_account()
    made = programs.proposed(ada.account_id, suspension(ada.account_id, kind="pre_review", mechanism=REVIEW))
    path = f"/decisions/{made['id']}/activate"
    first = programs.mara.post(path, {}, **KEPT)
    second = programs.mara.post(path, {}, **KEPT)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.data == first.data
    assert second["Idempotent-Replayed"] == "true"
    assert programs.mara.post(path, {}).status_code == 409


REVIEW = {"deadline_hours": 2, "default": "block"}


def test_nobody_approves_what_is_theirs_unread_or_another_version(programs: Programs):
    ada = make_account()
    made = programs.proposed(ada.account_id)
    path, right = f"/decisions/{made['id']}/approve", {"version": made["version"][:12]}
    assert programs.mara.post(path, right).status_code == 403
    unread = programs.noor.post(path, right)
    assert (unread.status_code, "evidence" in unread.data["detail"]) == (409, True)
    programs.noor.get(f"/cases/{made['case_id']}/evidence")
    stale = programs.noor.post(path, {"version": "0" * 12})
    assert (stale.status_code, made["version"][:12] in stale.data["hint"]) == (409, True)
    assert programs.noor.post(path, {"version": "0"}).status_code == 422
    assert programs.noor.post(path, right).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_is_not_in_force_is_returned_or_withdrawn_with_a_reason(programs: Programs):
    ada = make_account()
    first, second = programs.proposed(ada.account_id), programs.proposed(ada.account_id)
    assert programs.noor.post(f"/decisions/{first['id']}/return", {}).status_code == 422
    returned = programs.noor.made(f"/decisions/{first['id']}/return", {"reason": "no clause"}, 200)
    assert returned["measures"][0]["state"] == "rejected"
    withdrawn = programs.mara.made(f"/decisions/{second['id']}/withdraw", {"reason": "a slip"}, 200)
    assert withdrawn["measures"][0]["state"] == "withdrawn"
    assert programs.mara.post(f"/decisions/{second['id']}/activate", {}).status_code == 409


def test_a_draft_waits_for_its_author(programs: Programs):
    ada = make_account()
    body = {**new_decision(suspension(ada.account_id)), "only_draft": True}
    made = programs.mara.made(f"/cases/{programs.case()}/decisions", body)
    assert made["measures"][0]["state"] == "draft"
    assert programs.noor.post(f"/decisions/{made['id']}/submit").status_code == 403
    assert programs.mara.made(f"/decisions/{made['id']}/submit", None, 200)["measures"][0]["state"] == "proposed"


def test_a_preview_says_who_is_covered_and_stores_nothing(programs: Programs):
    ada = make_account()
    asked = {"kind": "suspend_sending", "scope": {"account": [ada.account_id]}, "mechanism": {"queue": "hold"}}
    told = programs.mara.made("/coverage-previews", asked, 200)
    assert told["notices"] == [{"account_id": ada.account_id}]
    assert programs.mara.get("/decisions").data["items"] == []
    wrong = programs.mara.post("/coverage-previews", {**asked, "scope": {"planet": [1]}})
    assert (wrong.status_code, wrong.data["field"]) == (422, "scope.planet")


WRONG = [
    ({"facts": " "}, "facts"),
    ({"measures": []}, "measures"),
    ({"surprise": 1}, "surprise"),
    ({"measures": [suspension(10**6)]}, "scope.account"),
    ({"measures": [suspension(1, scope={"organisation": [10**6]})]}, "scope.organisation"),
    ({"campaigns": [[1]]}, "campaigns"),
    ({"automated_decision": "perhaps"}, "automated_decision"),
    ({"measures": [suspension(1, scope={})]}, "scope"),
    ({"measures": [suspension(1, mechanism={})]}, "mechanism.queue"),
    ({"measures": [suspension(1, duration={"kind": "until"})]}, "duration.ends_at"),
    ({"measures": [suspension(1, duration={"kind": "until", "ends_at": "2999-01-01T00:00:00"})]}, "ends_at"),
    ({"measures": [suspension(1, duration={"kind": "permanent", "reapply_at": in_days(9)})]}, "duration.kind"),
    ({"measures": [suspension(1, kind="scold")]}, "kind"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_a_wrong_proposal_is_a_problem_that_names_the_place(programs: Programs, change: dict, field: str):
    body = (
        new_decision(**{"measures": [suspension(1)], **change})
        if "measures" in change
        else new_decision(suspension(1), **change)
    )
    response = programs.mara.post(f"/cases/{programs.case()}/decisions", body)
    assert response.status_code == 422, response.data
    assert field in response.data["field"]


def test_cases_come_in_pages_and_are_closed_with_a_reason(programs: Programs):
    first, second = programs.case(), programs.case()
    page = programs.mara.get("/cases?limit=1").data
    assert [each["id"] for each in page["items"]] == [second]
    assert [each["id"] for each in programs.mara.get(page["next"]).data["items"]] == [first]
    assert programs.mara.made(f"/cases/{first}/close", {"reason": "nothing in it"}, 200)["state"] == "closed"
    assert programs.mara.post(f"/cases/{first}/evidence", {"label": "x", "text": "late"}).status_code == 409
    assert [each["id"] for each in programs.mara.get("/cases?closed=true").data["items"]] == [first]


def test_deciding_needs_a_person_and_a_role(programs: Programs):
    ada = make_account()
    number, body = programs.case(), new_decision(suspension(ada.account_id))
    nobody = operator_program().post(f"/cases/{number}/decisions", body)
    assert (nobody.status_code, "personal key" in nobody.data["hint"]) == (403, True)
    assert operator_program().get(f"/cases/{number}/evidence").status_code == 403
    for who in (program(ada), program(make_account(owner="Mallory"))):
        assert refused_everywhere(who, number) == set()
    assert programs.mara.get("/decisions/99").status_code == 404
    assert programs.mara.get("/measures/99").status_code == 404
    assert programs.mara.get("/cases/99").status_code == 404


def refused_everywhere(who: Program, case_id: int) -> set[str]:
    """Where a customer's key got anything at all."""
    reads = ("/cases", f"/cases/{case_id}", f"/cases/{case_id}/evidence", "/decisions", "/held")
    return {each for each in reads if who.get(each).status_code not in (403, 404)}
