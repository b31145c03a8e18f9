"""The command line acts as the right person in the right account, or says why it cannot."""

from __future__ import annotations

import pytest

from fairpost.cli.session import acting, resolve_account
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    operator = local_operator()
    return [create_account(actor=operator, name=name, slug=name.lower()) for name in ("Alpha", "Beta")]


def number(created):
    return getattr(created, "id", created)


def test_the_machines_administrator_acts_where_no_key_is_given(monkeypatch):
    monkeypatch.delenv("FAIRPOST_API_KEY", raising=False)
    assert acting().account_id is None


@pytest.mark.parametrize("key", ["nonsense", "fp_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_key_that_is_not_valid_is_refused_and_never_the_administrator(monkeypatch, key):
    monkeypatch.setenv("FAIRPOST_API_KEY", key)
    with pytest.raises(Forbidden, match="FAIRPOST_API_KEY"):
        acting()


def test_an_account_is_found_by_number_and_by_both_names(two):
    for given in ("alpha", "Alpha", str(number(two[0]))):
        assert resolve_account(local_operator(), given) == number(two[0])


def test_of_several_accounts_one_must_be_named(two):
    with pytest.raises(Invalid, match="alpha, beta"):
        resolve_account(local_operator(), "")


def test_another_account_does_not_exist_for_an_accounts_own_actor(two):
    mallory = Actor("Mallory", "cli", account_id=number(two[1]))
    assert resolve_account(mallory, "") == number(two[1])
    with pytest.raises(NotFound) as theirs:
        resolve_account(mallory, "alpha")
    with pytest.raises(NotFound) as nobodys:
        resolve_account(mallory, "gamma")
    assert str(theirs.value) == str(nobodys.value).replace("gamma", "alpha")


def test_no_account_at_all_says_how_to_make_one():
    with pytest.raises(NotFound, match="fairpost account create"):
        resolve_account(local_operator(), "")
