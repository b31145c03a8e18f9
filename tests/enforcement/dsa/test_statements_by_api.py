"""By the API: a page of what there is, an export that repeats nothing, a validator for anybody's statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.api import operator_program, program
from tests.builders.decided import in_force
from tests.builders.statements import statement
from tests.builders.tenants import make_account
from tests.enforcement.dsa.second_rules import accepted

from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock

pytestmark = pytest.mark.django_db
FUNDRAISING = {"mechanism": {"capability": "fundraising"}}


@pytest.fixture
def tenant():
    clock = FixedClock(SYSTEM_CLOCK.now() - timedelta(days=3))
    made = make_account("committee", clock=clock)
    for _measure in range(2):
        in_force(made, "capability_off", clock=clock, **FUNDRAISING)
    return made


def test_statements_are_exported_once_and_told_again_if_asked_for(tenant):
    operations = operator_program()
    first = operations.made("/statements/exports", {"reason": "monthly"})
    assert len(first["statements"]) == 2
    assert all(accepted(each["statement"]) for each in first["statements"])
    assert operations.made("/statements/exports", {})["statements"] == []
    assert operations.made("/statements/exports", {"again": True})["statements"] == first["statements"]


def test_measures_come_in_pages(tenant):
    operations = operator_program()
    page = operations.get("/statements?limit=1").data
    assert [each["measure"] for each in page["items"]] == [f"M-{page['items'][0]['id']}"]
    following = operations.get(page["next"]).data
    assert following["next"] is None
    assert following["items"][0]["id"] > page["items"][0]["id"]


def test_a_customer_reads_its_own_and_exports_nothing(tenant):
    own = program(tenant)
    assert len(own.get("statements").data["items"]) == 2
    assert own.post("/statements/exports", {}).status_code == 403
    mallory = program(make_account("mallory", owner="Mallory"))
    assert mallory.get("statements").data["items"] == []
    assert mallory.get(f"/accounts/{tenant.account_id}/statements").status_code == 404


def test_anybody_with_the_right_to_read_may_have_statements_validated(tenant):
    own = program(tenant)
    good = own.post("/statements/validate", {"statements": [statement()]})
    assert (good.status_code, good.data) == (200, {"valid": True, "findings": []})
    bad = own.post("/statements/validate", {"statements": [statement(), statement(content_language="GR")]}).data
    assert bad["valid"] is False
    assert [(each["index"], each["field"], each["rule"]) for each in bad["findings"]] == [
        (1, "content_language", "value"),
        (1, "puid", "repeated"),
    ]
    many = [statement(puid=f"p-{number}") for number in range(101)]
    assert own.post("/statements/validate", {"statements": many}).data["findings"][0]["rule"] == "bulk"


def test_an_unknown_decision_is_404(tenant):
    assert operator_program().get("/statements?decision_id=999").status_code == 404
    assert operator_program().post("/statements/exports", {"decision_id": 999}).status_code == 404
