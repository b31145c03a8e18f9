"""Who may do what is decided by one table, one account and one unit."""

from __future__ import annotations

import pytest

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.tenants.actors import acting_person, local_operator
from fairpost.tenants.authorise import authorise
from fairpost.tenants.capabilities import CAPABILITIES, ROLES

ADA = Actor(name="Ada", via="web", capabilities=ROLES["owner"].capabilities, account_id=1)
BEN = Actor(name="Ben", via="web", capabilities=ROLES["sender"].capabilities, account_id=1, unit_id=5)
OPERATOR = Actor(name="Olga", via="web", capabilities=ROLES["operator"].capabilities)


def test_an_owner_acts_in_the_own_account_only():
    authorise(ADA, "campaign.send", account_id=1)
    authorise(ADA, "campaign.send", account_id=1, unit_id=5)
    with pytest.raises(NotFound):
        authorise(ADA, "campaign.send", account_id=2)


def test_another_account_is_not_found_even_without_the_capability():
    """Otherwise the two answers would tell apart which accounts exist."""
    with pytest.raises(NotFound):
        authorise(BEN, "keys.manage", account_id=2)


def test_an_account_actor_never_acts_on_the_installation():
    key = Actor(name="k", via="api", capabilities=frozenset(CAPABILITIES), account_id=1)
    with pytest.raises(Forbidden):
        authorise(key, "installation.manage")


def test_an_actor_of_one_unit_stays_in_it():
    authorise(BEN, "campaign.send", account_id=1, unit_id=5)
    with pytest.raises(NotFound):
        authorise(BEN, "campaign.send", account_id=1, unit_id=6)
    with pytest.raises(Forbidden):
        authorise(BEN, "campaign.send", account_id=1)


def test_what_an_account_shares_is_open_to_its_units():
    authorise(BEN, "content.read", account_id=1)
    with pytest.raises(Forbidden):
        authorise(BEN, "contacts.read", account_id=1)


def test_an_operator_acts_in_every_account_with_its_own_capabilities_only():
    authorise(OPERATOR, "account.manage", account_id=1)
    authorise(OPERATOR, "installation.manage")
    with pytest.raises(Forbidden):
        authorise(OPERATOR, "contacts.read", account_id=1)


def test_an_unknown_capability_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        authorise(OPERATOR, "account.everything", account_id=1)


def test_roles_grant_only_declared_capabilities():
    for role in ROLES.values():
        assert role.capabilities <= set(CAPABILITIES)
        assert role.installation or "installation.manage" not in role.capabilities


def test_only_senders_and_owners_of_an_account_send():
    may = {name for name, role in ROLES.items() if "campaign.send" in role.capabilities}
    assert may == {"owner", "sender", "operator"}


def test_no_role_of_an_account_may_decide_anything_of_enforcement():
    """An owner sees, appeals and pauses; all else would be judging one's own case."""
    deciding = {"case.write", "decision.propose", "decision.approve", "decision.senior", "appeal.review", "legal.order"}
    deciding |= {"register.manage", "report.handle", "policy.manage", "risk.declare", "clearance.write", "audit.seal"}
    for name, role in ROLES.items():
        if not role.installation:
            assert not role.capabilities & deciding, name


def test_running_the_installation_gives_no_hand_in_decisions():
    hands = {"decision.propose", "decision.approve", "decision.senior", "appeal.review", "legal.order"}
    for name in ("operator", "auditor"):
        assert not ROLES[name].capabilities & hands


def test_only_a_persons_own_act_counts_as_a_hand():
    assert acting_person(Actor(name="Noor", via="cli", person_id=7)) == 7
    for nobody in (local_operator(), Actor(name="k", via="api", api_key_id=3), Actor(name="machine", via="system")):
        with pytest.raises(Forbidden, match="personal key"):
            acting_person(nobody)
