"""A personal key is one person's own hand: made by them, within their roles at the moment of use, never beyond."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.builders.tenants import make_account, make_person

from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.grant_role import grant_role
from fairpost.tenants.actions.revoke_api_key import revoke_api_key
from fairpost.tenants.actions.revoke_role import revoke_role
from fairpost.tenants.actions.set_password import set_password
from fairpost.tenants.actors import acting_person, local_operator
from fairpost.tenants.authorise import authorise
from fairpost.tenants.capabilities import ROLES
from fairpost.tenants.models import ApiKey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def issue(person: Actor, *, actor: Actor | None = None, **options) -> str:
    """The text of a personal key of `person`, made by them unless `actor` says otherwise."""
    return create_api_key(
        actor=actor or person,
        account_id=options.pop("account_id", person.account_id),
        name="laptop",
        person_id=person.person_id,
        clock=FixedClock(NOW),
        **options,
    ).key


def using(key: str) -> Actor | None:
    return authenticate_api_key(key, NOW, via="cli")


def test_it_acts_as_its_person_over_the_installation():
    noor = make_person(None, "Noor", "approver")
    actor = using(issue(noor))
    assert acting_person(actor) == noor.person_id
    assert actor.name == "Noor"
    assert actor.account_id is None
    assert actor.capabilities == ROLES["approver"].capabilities


def test_two_roles_are_one_person():
    mara = make_person(None, "Mara", "reviewer")
    grant_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="approver")
    actor = using(issue(mara))
    assert {"decision.propose", "decision.approve"} <= actor.capabilities
    assert acting_person(actor) == mara.person_id


def test_a_revoked_role_is_gone_from_the_key_at_once():
    mara = make_person(None, "Mara", "reviewer")
    grant_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="approver")
    key = issue(mara)
    revoke_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="approver")
    with pytest.raises(Forbidden):
        authorise(using(key), "decision.approve")
    authorise(using(key), "decision.propose")


def test_the_key_of_a_removed_person_is_nobody_and_comes_back_with_a_role():
    mara = make_person(None, "Mara", "reviewer")
    key = issue(mara)
    revoke_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="reviewer")
    assert using(key) is None
    assert queries.api_keys(None)[-1].last_used_at is None
    grant_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="auditor")
    assert using(key).capabilities == ROLES["auditor"].capabilities


def test_a_limited_key_outlives_no_role_and_gains_none():
    mara = make_person(None, "Mara", "reviewer")
    key = issue(mara, capabilities=["decision.propose", "case.write"])
    grant_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="approver")
    assert using(key).capabilities == {"decision.propose", "case.write"}
    revoke_role(actor=local_operator(), account_id=None, person_id=mara.person_id, role="reviewer")
    assert using(key).capabilities == frozenset()


def test_nobody_makes_a_key_in_another_persons_name():
    mara = make_person(None, "Mara", "reviewer")
    for other in (make_person(None, "Olga", "operator"), make_person(None, "Noor", "approver")):
        with pytest.raises(Forbidden, match="by its person alone"):
            issue(mara, actor=other)
    program = create_api_key(
        actor=local_operator(), account_id=None, name="program", capabilities=["installation.manage", "account.read"]
    )
    with pytest.raises(Forbidden, match="by its person alone"):
        issue(mara, actor=authenticate_api_key(program.key, via="cli"))


def test_an_owner_makes_none_for_the_accounts_people():
    tenant = make_account()
    ben = make_person(tenant.account_id, "Ben", "sender")
    with pytest.raises(Forbidden, match="by its person alone"):
        issue(ben, actor=tenant.owner)


def test_the_administrator_of_the_machine_makes_a_first_key_on_record():
    mara = make_person(None, "Mara", "reviewer")
    assert using(issue(mara, actor=local_operator())).person_id == mara.person_id
    event = queries.audit_trail(local_operator(), None)[0]
    assert event.act == "api_key.created"
    assert event.facts["person_id"] == mara.person_id
    assert event.actor != "Mara"


def test_a_key_is_made_only_where_the_person_holds_a_role():
    mara = make_person(None, "Mara", "reviewer")
    tenant = make_account()
    with pytest.raises(NotFound):
        issue(mara, account_id=tenant.account_id)
    with pytest.raises(NotFound):
        issue(mara, actor=local_operator(), account_id=tenant.account_id)
    with pytest.raises(Forbidden):
        issue(tenant.owner, account_id=None)


def test_it_stays_in_its_account():
    ada, mallory = make_account(), make_account(owner="Mallory")
    actor = using(issue(mallory.owner))
    authorise(actor, "campaign.send", account_id=mallory.account_id)
    with pytest.raises(NotFound):
        authorise(actor, "campaign.send", account_id=ada.account_id)
    with pytest.raises(NotFound):
        issue(mallory.owner, account_id=ada.account_id)
    with pytest.raises(NotFound):
        issue(mallory.owner, unit_id=ada.unit_id)


def test_a_key_of_one_unit_makes_no_wider_one():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    narrow = using(issue(tenant.owner, unit_id=unit))
    assert narrow.unit_id == unit
    assert using(issue(tenant.owner, actor=narrow)).unit_id == unit
    with pytest.raises(NotFound):
        issue(tenant.owner, actor=narrow, unit_id=tenant.unit_id)


def test_a_limited_key_makes_no_wider_one():
    mara = make_person(None, "Mara", "reviewer")
    limited = using(issue(mara, capabilities=["account.read", "case.write"]))
    assert using(issue(mara, actor=limited)).capabilities == {"account.read", "case.write"}
    with pytest.raises(Forbidden, match=r"decision\.propose"):
        issue(mara, actor=limited, capabilities=["decision.propose"])


def test_it_cannot_ask_for_more_than_its_person_may():
    mara = make_person(None, "Mara", "reviewer")
    for maker in (mara, local_operator()):
        with pytest.raises(Forbidden, match=r"decision\.approve"):
            issue(mara, actor=maker, capabilities=["decision.approve"])
    with pytest.raises(Invalid):
        issue(mara, capabilities=["nothing.known"])


def test_everybody_ends_their_own_key_and_nobody_elses():
    mara, noor = make_person(None, "Mara", "reviewer"), make_person(None, "Noor", "approver")
    key = issue(mara)
    number = int(key.split("_")[1])
    with pytest.raises(Forbidden):
        revoke_api_key(actor=noor, account_id=None, key_id=number)
    revoke_api_key(actor=using(key), account_id=None, key_id=number)
    assert using(key) is None


def test_it_sets_no_password():
    """Else a key that is lost becomes the person for good."""
    mara = make_person(None, "Mara", "reviewer")
    with pytest.raises(Forbidden):
        set_password(actor=using(issue(mara)), account_id=None, person_id=mara.person_id, password="x" * 20)


def test_a_person_with_keys_cannot_be_lost_from_under_them():
    """A key whose person went would otherwise turn into one of no person, with capabilities of its own."""
    field = ApiKey._meta.get_field("person")
    assert field.remote_field.on_delete.__name__ == "PROTECT"
