"""A program publishes and reads the policy and content classes as the commands do."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders.api import Program, program
from tests.builders.policies import CATEGORY, KEYWORD, TEXTS, make_class, make_clause, policy_manager
from tests.builders.tenants import make_account, make_person
from tests.enforcement.classes.conftest import Mail, ada, mail

from fairpost.tenants.actions.create_api_key import create_api_key

pytestmark = pytest.mark.django_db
__all__ = ["ada", "mail"]  # fixtures
NEW = {"texts": TEXTS, "dsa_category": CATEGORY, "dsa_keywords": [KEYWORD]}


@pytest.fixture
def pia() -> Program:
    actor = policy_manager()
    return Program(create_api_key(actor=actor, account_id=None, name="pia", person_id=actor.person_id).key)


def test_a_clause_is_published_and_read_by_everybody(pia: Program):
    made = pia.made("/policies/violence/versions", NEW)
    assert (made["label"], made["ground"], made["effective_to"]) == ("violence@1", "incompatible", None)
    second = pia.made("/policies/violence/versions", {**NEW, "effective_from": "2999-01-01T00:00:00+01:00"})
    assert second["effective_from"] == "2998-12-31T23:00:00Z"
    reader = program(make_account())
    assert [each["label"] for each in reader.get("/policies").data["items"]] == ["violence@1"]
    at = "/policies?at=2999-01-01T00:00:00%2B01:00"
    assert [each["label"] for each in reader.get(at).data["items"]] == ["violence@2"]
    assert [each["version"] for each in reader.get("/policies/violence").data["items"]] == [2, 1]
    assert reader.get("/policies/violence/versions/1").data["texts"] == TEXTS


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"effective_from": "2999-01-01T00:00:00"}, "effective_from"),
    ({"effective_from": "2000-01-01T00:00:00Z"}, "effective_from"),
    ({"texts": {}}, "texts"),
    ({"dsa_category": "VIOLENCE"}, "dsa_category"),
    ({"surprise": 1}, "surprise"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_a_wrong_clause_is_a_problem_with_its_field(pia: Program, change: dict[str, Any], field: str):
    response = pia.post("/policies/violence/versions", {**NEW, **change})
    assert response.status_code == 422
    assert field in str(response.data)
    assert pia.get("/policies/violence").status_code == 404


def test_an_account_publishes_nothing():
    owner = program(make_account())
    assert owner.post("/policies/violence/versions", NEW).status_code == 403
    assert owner.post("/policies/starter").status_code == 403
    assert owner.post("/content-classes/starter").status_code == 403
    assert owner.get("/content-classes").status_code == 403


def test_starters_are_installed_once(pia: Program):
    for path, count in (("/policies/starter", 6), ("/content-classes/starter", 1)):
        assert len(pia.made(path, None)["items"]) == count
        assert pia.made(path, None)["items"] == []


def test_a_class_is_made_and_read(pia: Program):
    new = {"rule": {"asks_donation": True}, "texts": {"en": {"title": "Asks", "text": "Asks for money."}}}
    made = pia.made("/content-classes/asks/versions", new)
    assert pia.get("/content-classes/asks").data == pia.get("/content-classes/asks@1").data == made
    assert pia.get("/content-classes").data["items"] == [made]
    assert pia.post("/content-classes/asks/versions", new).status_code == 409
    wrong = pia.post("/content-classes/asks/versions", {**new, "rule": {"all": [{"asks_donation": 1}]}})
    assert (wrong.status_code, wrong.data["field"]) == (422, "rule.all[0].asks_donation")


def test_a_class_is_tried_by_who_may_read_the_mail(ada: Any, mail: Mail, pia: Program):
    make_class({"phrases": ["like hell"]}, "fights")
    asked = {"account_id": ada.account_id, "content_version_id": mail("<p>like hell</p>"), "content_class": "fights"}
    assert pia.post("/content-classes/try", asked).status_code == 403  # an operator reads no content
    mara = make_person(None, "Mara", "reviewer")
    reviewer = Program(create_api_key(actor=mara, account_id=None, name="mara", person_id=mara.person_id).key)
    assert reviewer.post("/content-classes/try", asked).data["because"] == ["phrase:like hell"]
    other = {**asked, "account_id": make_account().account_id}
    assert reviewer.post("/content-classes/try", other).status_code == 404


def test_a_permalink_is_that_of_the_page(pia: Program, settings: Any):
    made = make_clause()
    assert made.permalink == f"{settings.FAIRPOST.platform_url}/policy/violence/1"
    assert pia.get("/policies/violence/versions/1").data["permalink"] == made.permalink
