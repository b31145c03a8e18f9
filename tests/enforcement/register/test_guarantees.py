"""The register says which guarantee needs a person whom this installation has not."""

from __future__ import annotations

import pytest
from tests.builders.tenants import make_person

from fairpost.enforcement.register.guarantees import GUARANTEES, guarantees, own_people
from fairpost.tenants.actions.grant_role import grant_role
from fairpost.tenants.actors import local_operator


def unmet() -> list[str]:
    return [each.role for each in guarantees() if not each.met]


@pytest.mark.django_db
def test_five_people_meet_all_of_them():
    assert unmet() == list(GUARANTEES)
    for role in GUARANTEES:
        make_person(None, role, role)
    assert unmet() == []


@pytest.mark.django_db
def test_one_person_under_five_roles_meets_one():
    one = make_person(None, "Mallory", "reviewer")
    for role in list(GUARANTEES)[1:]:
        grant_role(actor=local_operator(), account_id=None, person_id=one.person_id, role=role)
    assert unmet() == list(GUARANTEES)[1:]


def test_roles_find_their_own_people_where_there_are_enough():
    held = {"a": {1}, "b": {1, 2}, "c": {2, 3}}
    assert own_people(held) == {"a": 1, "b": 2, "c": 3}
    assert own_people({"a": {1, 2}, "b": {1}}) == {"b": 1, "a": 2}
