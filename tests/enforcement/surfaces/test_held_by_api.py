"""By the API: who is stopped reads by what, since when and by whom; what was held goes out by its sender's word."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders.api import Program, program
from tests.builders.campaigns import Author, make_author
from tests.builders.tenants import make_account
from tests.enforcement.surfaces.conftest import Programs, suspension

from fairpost.campaigns.actions.stop_campaign import pause_campaign
from fairpost.enforcement.actions.begin_pause import begin_pause
from fairpost.tenants.actions.create_unit import create_unit

REVIEW = {"deadline_hours": 2, "default": "block"}


@pytest.fixture
def author(works: Any) -> Author:
    """Ada, with five contacts and a relay. No process sends, so that nothing is over before it is looked at."""
    works.relay(works.server())
    made = make_author()
    made.crowd(5)
    return made


@pytest.fixture
def ada(author: Author) -> Program:
    return program(author.tenant)


def test_a_write_under_a_measure_is_a_problem_with_decision_address_and_reasons(
    author: Author, ada: Program, programs: Programs
):
    number = author.campaign()
    done = programs.in_force(author.account_id)["decision"]
    refused = ada.post(f"campaigns/{number}/send", {})
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    told = refused.data
    assert (told["type"], told["decision"], told["url"]) == (
        "urn:fairpost:problem:restricted", done["label"], done["url"],
    )  # fmt: skip
    (reason,) = told["reasons"]
    assert done["measures"][0]["label"] in reason
    assert ada.get("campaigns").status_code == 200, "reading goes on"


def test_a_pause_and_a_measure_are_shown_side_by_side_with_who_and_since_when(
    author: Author, ada: Program, programs: Programs
):
    number = author.started()
    pause_campaign(**author.who, campaign_id=number, reason="we wait for the poll")
    begin_pause(actor=author.actor, account_id=author.account_id, capability="fundraising", reason="audit")
    label = programs.in_force(author.account_id)["decision"]["measures"][0]["label"]
    seen = ada.get(f"campaigns/{number}/status").data
    assert (seen["progress"]["state"], seen["held"]["reasons"]) == ("paused", [f"measure {label}"])
    paused, held, in_force = seen["waiting_for"]
    assert paused.startswith("Paused by Ada since 20") and "we wait for the poll" in paused
    assert held.startswith("Held since 20") and f"by measure {label}" in held
    assert label in in_force and "by the platform since 20" in in_force
    status = ada.get("status").data
    assert [(each["source"], each["begun_by"]) for each in status["restrictions"]] == [
        ("pause", "Ada"),
        ("measure", "the platform"),
    ]
    assert [each["campaign_id"] for each in status["held"]] == [number]
    assert any("unsubscrib" in each for each in status["always"])


def test_a_recipient_who_waits_is_told_what_holds_the_campaign(author: Author, ada: Program, programs: Programs):
    number = author.started()
    lookup = f"campaigns/{number}/recipients/lookup?address=person1@lake.example"
    before = ada.get(lookup).data
    label = programs.in_force(author.account_id)["decision"]["measures"][0]["label"]
    after = ada.get(lookup).data
    assert (before["state"], before["reason"]) == ("pending", "")
    assert (after["state"], after["reason"]) == ("pending", f"held: measure {label}")


def test_what_was_held_goes_out_only_by_its_senders_word(author: Author, ada: Program, programs: Programs):
    number = author.started()
    done = programs.in_force(author.account_id)
    assert done["held"] == [[author.account_id, number]]
    refused = ada.post(f"campaigns/{number}/confirm", {})
    assert (refused.status_code, refused.data["decision"]) == (403, done["decision"]["label"])
    measure = done["decision"]["measures"][0]
    programs.noor.made(f"/measures/{measure['id']}/lift", {"reason": "a quotation"}, 200)
    (said,) = ada.get(f"campaigns/{number}/status").data["waiting_for"]
    assert "goes on when its sender confirms it" in said
    assert ada.get("status").data["restrictions"] == []
    assert ada.made(f"campaigns/{number}/confirm", {}, 200)["campaign_id"] == number
    assert ada.post(f"campaigns/{number}/confirm", {}).status_code == 409
    assert ada.get(f"campaigns/{number}/status").data["held"] is None
    effects = [each["effect"] for each in ada.get(f"campaigns/{number}/dispositions").data["items"]]
    assert effects == ["held", "confirmed"]


def test_a_campaign_in_review_is_decided_by_a_person_and_by_no_customer(
    author: Author, ada: Program, programs: Programs
):
    first, second = author.started(), author.started()
    programs.in_force(author.account_id, suspension(author.account_id, kind="pre_review", mechanism=REVIEW))
    page = programs.mara.get("/held?review=true&limit=1").data
    assert [each["campaign_id"] for each in page["items"]] == [second]
    assert [each["campaign_id"] for each in programs.mara.get(page["next"]).data["items"]] == [first]
    place, verdict = f"/accounts/{author.account_id}/campaigns", {"verdict": "release", "reason": "news"}
    path = f"{place}/{first}/review"
    assert ada.post(path, verdict).status_code == 403
    assert programs.mara.post(path, {"verdict": "release"}).status_code == 422
    assert programs.mara.made(path, verdict, 200)["state"] == "released"
    assert programs.mara.post(path, verdict).status_code == 409
    blocked = programs.mara.made(f"{place}/{second}/review", {"verdict": "block", "reason": "no"}, 200)
    assert blocked["state"] == "blocked"
    assert ada.get("held").data["items"] == []


def test_another_account_finds_nothing_of_it(author: Author, programs: Programs):
    number = author.started()
    programs.in_force(author.account_id)
    mallory = program(make_account(owner="Mallory"))
    place = f"/accounts/{author.account_id}"
    for path in ("held", "status", f"campaigns/{number}/dispositions", f"campaigns/{number}/status"):
        assert mallory.get(f"{place}/{path}").status_code == 404
        assert program_sees_nothing(mallory.get(path))
    assert mallory.post(f"{place}/campaigns/{number}/confirm", {}).status_code == 404


def program_sees_nothing(response: Any) -> bool:
    if response.status_code == 404:
        return True
    return not (response.data.get("items") or response.data.get("restrictions") or response.data.get("held"))


def test_a_unit_sees_no_other_units_held_campaigns(author: Author, programs: Programs):
    author.started()
    other = create_unit(actor=author.actor, account_id=author.account_id, slug="north", name="North")
    programs.in_force(author.account_id)
    assert len(program(author.tenant, unit_id=author.tenant.unit_id).get("held").data["items"]) == 1
    assert program(author.tenant, unit_id=other).get("held").data["items"] == []
