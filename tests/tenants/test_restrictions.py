"""Whatever is in force is asked before every act in an account, and never before what protects people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders.tenants import make_account, make_identity, make_person

from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.change_members import add_to_list, remove_from_list
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.content.actions.create_template import create_template
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, NotFound, Restricted
from fairpost.tenants import restrictions
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key
from fairpost.tenants.actions.change_identity import change_identity
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.revoke_api_key import revoke_api_key
from fairpost.tenants.actors import local_operator
from fairpost.tenants.acts import ACTS, Act
from fairpost.tenants.authorise import authorise
from fairpost.tenants.restrictions import set_check

pytestmark = pytest.mark.django_db


class Force:
    """Stands for enforcement: forbids the acts that fall under `off` ("everything": all), and notes each question."""

    def __init__(self) -> None:
        self.off: set[str | None] = set()
        self.asked: list[tuple[str, int, int | None]] = []

    def __call__(self, actor: Actor, act: Act, account_id: int, unit_id: int | None) -> None:
        self.asked.append((act.name, account_id, unit_id))
        if "everything" in self.off or act.product in self.off:
            raise Restricted("Forbidden.", decision="D-17", url="https://mail.example/d/17", reasons=("M-1",))


@pytest.fixture
def force(monkeypatch) -> Force:
    monkeypatch.setattr(restrictions, "_check", None)  # puts back afterwards what the program asks
    asked = Force()
    set_check(asked)
    return asked


def key_of(tenant, **options) -> Actor:
    issued = create_api_key(actor=tenant.owner, account_id=tenant.account_id, name="program", **options)
    return authenticate_api_key(issued.key)


def test_what_falls_under_the_measure_is_refused_and_the_rest_goes_on(force):
    tenant = make_account()
    force.off = {"content"}
    with pytest.raises(Restricted):
        create_template(actor=tenant.owner, account_id=tenant.account_id, name="Hello")
    create_list(actor=tenant.owner, account_id=tenant.account_id, name="News")


def test_the_unit_of_the_thing_is_asked_for_not_the_actors(force):
    """An owner of the whole account must not be the way around a measure on one unit."""
    tenant = make_account()
    identity = make_identity(tenant)
    force.asked.clear()
    change_identity(actor=tenant.owner, account_id=tenant.account_id, identity_id=identity, from_name="Other")
    assert force.asked == [("identity.change", tenant.account_id, tenant.unit_id)]


def test_who_lacks_the_role_learns_nothing_of_measures(force):
    tenant, mallory = make_account(), make_account(owner="Mallory")
    force.off = {"everything"}
    with pytest.raises(NotFound):
        create_template(actor=mallory.owner, account_id=tenant.account_id, name="x")
    analyst = replace(tenant.owner, capabilities=frozenset({"account.read"}))
    with pytest.raises(Forbidden) as refused:
        create_template(actor=analyst, account_id=tenant.account_id, name="x")
    assert not isinstance(refused.value, Restricted)


def test_an_operator_is_no_way_around_a_measure(force):
    tenant = make_account()
    force.off = {"sub_users"}
    with pytest.raises(Restricted):
        create_unit(actor=local_operator(), account_id=tenant.account_id, slug="news", name="News")


def test_acts_on_the_installation_are_no_accounts(force):
    force.off = {"everything"}
    create_account(actor=local_operator(), slug="another", name="Another")
    assert force.asked == []


def test_what_protects_people_goes_on_under_everything(force):
    tenant = make_account()
    news = create_list(actor=tenant.owner, account_id=tenant.account_id, name="News")
    force.off = {"everything"}
    where = {"actor": tenant.owner, "account_id": tenant.account_id}
    suppress_addresses(**where, addresses=["reader@example.org"], reach="account", reason="asked")
    remove_from_list(**where, list_id=news, addresses=["reader@example.org"])
    with pytest.raises(Restricted):
        add_to_list(**where, list_id=news, addresses=["reader@example.org"])


def test_no_act_that_is_always_allowed_is_ever_asked_about(force):
    tenant = make_account()
    force.asked.clear()
    for act in ACTS.values():
        if act.always_allowed:
            authorise(tenant.owner, act.capability, account_id=tenant.account_id, act=act.name)
    assert force.asked == []


@pytest.mark.parametrize(
    "name",
    ["suppression.add", "contacts.export", "list.leave", "campaign.pause", "campaign.cancel", "campaign.unschedule"]
    + ["import.cancel", "role.revoke", "api_key.revoke", "api_key.revoke_own", "password.set"],
)
def test_this_is_always_allowed(name):
    assert ACTS[name].always_allowed


@pytest.mark.parametrize(
    "name", ["campaign.send", "campaign.resume", "contacts.import", "suppression.lift", "role.grant"]
)
def test_this_never_is(name):
    assert not ACTS[name].always_allowed


def test_with_keys_off_a_program_changes_nothing_and_still_reads_why(force):
    tenant = make_account()
    program = key_of(tenant, capabilities=["list.write", "contacts.read", "contacts.export", "enforcement.read"])
    force.off = {"api_keys"}
    with pytest.raises(Restricted):
        create_list(actor=program, account_id=tenant.account_id, name="News")
    with pytest.raises(Restricted):
        authorise(program, "contacts.read", account_id=tenant.account_id)
    authorise(program, "enforcement.read", account_id=tenant.account_id)
    authorise(program, "contacts.export", account_id=tenant.account_id)
    authorise(program, "contacts.export", account_id=tenant.account_id, act="contacts.export")
    create_list(actor=tenant.owner, account_id=tenant.account_id, name="News")


def test_with_keys_off_none_is_made_and_each_can_be_revoked(force):
    tenant = make_account()
    program = key_of(tenant, capabilities=["keys.manage"])
    force.off = {"api_keys"}
    with pytest.raises(Restricted):
        key_of(tenant, capabilities=["list.write"])
    with pytest.raises(Restricted):
        key_of(tenant, person_id=tenant.owner.person_id)
    revoke_api_key(actor=program, account_id=tenant.account_id, key_id=program.api_key_id)
    assert program.api_key_id is not None


def test_a_reviewers_own_key_is_no_key_of_the_account(force):
    mara = make_person(None, "Mara", "reviewer")
    issued = create_api_key(actor=mara, account_id=None, name="laptop", person_id=mara.person_id)
    tenant = make_account()
    force.off = {"everything"}
    force.asked.clear()
    authorise(authenticate_api_key(issued.key), "content.read", account_id=tenant.account_id)
    assert force.asked == []


def test_an_act_under_another_capability_is_a_fault_of_the_program():
    tenant = make_account()
    with pytest.raises(ValueError, match="declared under"):
        authorise(tenant.owner, "list.write", account_id=tenant.account_id, act="campaign.send")
    with pytest.raises(KeyError):
        authorise(tenant.owner, "list.write", account_id=tenant.account_id, act="list.burn")
