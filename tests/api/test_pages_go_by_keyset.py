"""Lists come in pages: none is skipped and none comes twice, whatever is added meanwhile."""

from __future__ import annotations

import pytest
from tests.builders.api import program
from tests.builders.contacts import make_contacts
from tests.builders.tenants import make_account

pytestmark = pytest.mark.django_db


def walk(ada, path: str) -> list:
    found = []
    while path:
        response = ada.get(path)
        assert response.status_code == 200, response.data
        found.append(response.data["items"])
        path = response.data["next"]
    return found


def test_next_leads_through_all_of_them():
    ada = program(make_account())
    ids = [ada.made("organisations", {"name": f"Club {n}"})["id"] for n in range(5)]
    pages = walk(ada, "organisations?limit=2")
    assert [len(page) for page in pages] == [2, 2, 2]  # with the account's holder
    assert [each["id"] for page in pages for each in page][1:] == ids


def test_a_last_page_that_is_full_has_no_next():
    ada = program(make_account())
    ada.made("organisations", {"name": "Club"})
    assert ada.get("organisations?limit=2").data["next"] is None


def test_what_is_added_meanwhile_shifts_nothing():
    ada = program(make_account())
    for number in range(4):
        ada.made("templates", {"name": f"mail {number}"})
    first = ada.get("templates?limit=2").data
    ada.made("templates", {"name": "newest"})
    second = ada.get(first["next"]).data
    names = [each["name"] for each in first["items"] + second["items"]]
    assert names == ["mail 3", "mail 2", "mail 1", "mail 0"]


def test_next_keeps_the_other_parameters():
    ada = program(make_account())
    assert ada.get("campaigns?limit=1&tests=true").data == {"items": [], "next": None}
    for number in range(3):
        ada.made("organisations", {"name": f"Club {number}"})
    assert "limit=1" in ada.get("organisations?limit=1").data["next"]


def test_suppressions_go_by_address():
    tenant = make_account()
    ada = program(tenant)
    addresses = [f"p{n}@lake.example" for n in range(5)]
    make_contacts(tenant, *addresses)
    ada.made("suppressions", {"addresses": addresses, "reason": "asked"}, status=200)
    pages = walk(ada, "suppressions?limit=2")
    assert [each["address"] for page in pages for each in page] == addresses


def test_the_record_goes_backwards():
    ada = program(make_account())
    for number in range(3):
        ada.made("lists", {"name": f"list {number}"})
    events = [each for page in walk(ada, "events?limit=2") for each in page]
    assert [each["act"] for each in events][:3] == ["list.created"] * 3
    assert [each["id"] for each in events] == sorted((each["id"] for each in events), reverse=True)
    assert {each["via"] for each in events[:3]} == {"api"}
