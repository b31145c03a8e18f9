"""Nobody gives away more than they have, and no account is left without an owner."""

from __future__ import annotations

import pytest
from tests.builders.tenants import make_account, make_person

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.authenticate_person import authenticate_person
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.grant_role import grant_role
from fairpost.tenants.actions.revoke_role import revoke_role
from fairpost.tenants.actions.set_password import set_password
from fairpost.tenants.actors import local_operator, person_actor
from fairpost.tenants.capabilities import ROLES
from fairpost.tenants.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def add(actor: Actor, account_id: int | None, email: str = "ben@example.org", role: str = "author", **options):
    return create_person(actor=actor, account_id=account_id, email=email, **{"name": "Ben", "role": role, **options})


def test_a_person_signs_in_with_the_right_password_only():
    tenant = make_account()
    created = add(tenant.owner, tenant.account_id, "Ben@Example.ORG", password=PASSWORD)
    assert authenticate_person("ben@example.org", PASSWORD) == created.person_id
    assert authenticate_person("BEN@EXAMPLE.ORG", PASSWORD) == created.person_id
    assert authenticate_person("ben@example.org", PASSWORD + "!") is None
    assert authenticate_person("nobody@example.org", PASSWORD) is None
    assert authenticate_person("not an address\r\n", PASSWORD) is None


def test_a_person_without_password_cannot_sign_in():
    tenant = make_account()
    add(tenant.owner, tenant.account_id)
    assert authenticate_person("ben@example.org", "") is None
    assert authenticate_person("ben@example.org", "the password of no one") is None


def test_passwords_are_stored_as_argon2id():
    tenant = make_account()
    created = add(tenant.owner, tenant.account_id, password=PASSWORD)
    stored = Person.objects.get(id=created.person_id).password_hash
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


@pytest.mark.parametrize("password", ["short", "x" * 1025])
def test_passwords_too_short_or_endless_are_refused(password):
    tenant = make_account()
    with pytest.raises(Invalid):
        add(tenant.owner, tenant.account_id, password=password)


def test_someone_known_elsewhere_only_gains_the_role():
    """Mallory must not set the password of another account's person by adding that person to her own account."""
    ada, mallory = make_account(), make_account(owner="Mallory")
    ben = add(ada.owner, ada.account_id, password=PASSWORD)
    again = add(mallory.owner, mallory.account_id, name="Renamed", password="mallory knows this one")
    assert (again.person_id, again.known) == (ben.person_id, True)
    assert authenticate_person("ben@example.org", PASSWORD) == ben.person_id
    assert authenticate_person("ben@example.org", "mallory knows this one") is None
    assert queries.person(ada.account_id, ben.person_id).name == "Ben"


def test_an_owner_cannot_set_the_password_of_someone_with_a_role_elsewhere():
    ada, mallory = make_account(), make_account(owner="Mallory")
    ben = add(ada.owner, ada.account_id)
    with pytest.raises(NotFound):
        set_password(actor=mallory.owner, account_id=mallory.account_id, person_id=ben.person_id, password=PASSWORD)
    add(mallory.owner, mallory.account_id)
    for tenant in (ada, mallory):
        with pytest.raises(Forbidden):
            set_password(actor=tenant.owner, account_id=tenant.account_id, person_id=ben.person_id, password=PASSWORD)


def test_a_person_sets_the_own_password_and_an_owner_that_of_their_people():
    tenant = make_account()
    ben = make_person(tenant.account_id, "Ben", "author")
    email = queries.person(tenant.account_id, ben.person_id).email
    set_password(actor=tenant.owner, account_id=tenant.account_id, person_id=ben.person_id, password=PASSWORD)
    assert authenticate_person(email, PASSWORD) == ben.person_id
    set_password(actor=ben, account_id=None, person_id=ben.person_id, password=PASSWORD * 2)
    assert authenticate_person(email, PASSWORD * 2) == ben.person_id


def test_an_author_cannot_set_an_owners_password():
    tenant = make_account()
    ben = make_person(tenant.account_id, "Ben", "author")
    with pytest.raises(Forbidden):
        set_password(actor=ben, account_id=tenant.account_id, person_id=tenant.owner.person_id, password=PASSWORD)


def test_who_may_less_than_a_role_can_neither_give_nor_take_it():
    tenant = make_account()
    clerk = Actor(
        name="clerk", via="api", capabilities=frozenset({"people.manage"}), account_id=tenant.account_id, api_key_id=1
    )
    with pytest.raises(Forbidden):
        add(clerk, tenant.account_id, role="owner")
    with pytest.raises(Forbidden):
        revoke_role(actor=clerk, account_id=tenant.account_id, person_id=tenant.owner.person_id, role="owner")


def test_a_key_with_people_manage_cannot_set_the_password_of_who_may_more():
    tenant = make_account()
    clerk = Actor(
        name="clerk", via="api", capabilities=frozenset({"people.manage"}), account_id=tenant.account_id, api_key_id=1
    )
    with pytest.raises(Forbidden):
        set_password(actor=clerk, account_id=tenant.account_id, person_id=tenant.owner.person_id, password=PASSWORD)


def test_an_owner_cannot_make_an_operator():
    tenant = make_account()
    with pytest.raises(Invalid):
        add(tenant.owner, tenant.account_id, role="operator")
    with pytest.raises(Forbidden):
        add(tenant.owner, None, role="operator")


def test_an_operator_names_the_first_owner():
    tenant = make_account()
    operator = make_person(None, "Olga", "operator")
    created = add(operator, tenant.account_id, role="owner")
    assert person_actor(created.person_id, account_id=tenant.account_id).capabilities == ROLES["owner"].capabilities


def test_nobody_is_found_by_counting_ids():
    ada, mallory = make_account(), make_account(owner="Mallory")
    with pytest.raises(NotFound):
        grant_role(actor=mallory.owner, account_id=mallory.account_id, person_id=ada.owner.person_id, role="author")
    with pytest.raises(NotFound):
        queries.person(mallory.account_id, ada.owner.person_id)


def test_the_last_owner_stays():
    tenant = make_account()
    with pytest.raises(Conflict):
        revoke_role(
            actor=local_operator(), account_id=tenant.account_id, person_id=tenant.owner.person_id, role="owner"
        )
    second = make_person(tenant.account_id, "Ben", "owner")
    revoke_role(actor=second, account_id=tenant.account_id, person_id=tenant.owner.person_id, role="owner")
    with pytest.raises(NotFound):
        person_actor(tenant.owner.person_id, account_id=tenant.account_id)
    with pytest.raises(Conflict):
        revoke_role(actor=second, account_id=tenant.account_id, person_id=second.person_id, role="owner")


def test_an_owner_of_one_unit_is_not_the_accounts_last_owner():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    ben = make_person(tenant.account_id, "Ben", "owner", unit_id=unit)
    with pytest.raises(Conflict):
        revoke_role(actor=tenant.owner, account_id=tenant.account_id, person_id=tenant.owner.person_id, role="owner")
    revoke_role(actor=tenant.owner, account_id=tenant.account_id, person_id=ben.person_id, role="owner", unit_id=unit)


def test_a_role_is_held_once():
    tenant = make_account()
    ben = make_person(tenant.account_id, "Ben", "author")
    with pytest.raises(Conflict):
        grant_role(actor=tenant.owner, account_id=tenant.account_id, person_id=ben.person_id, role="author")


def test_roles_add_up_within_one_account_and_unit_only():
    ada, other = make_account(), make_account()
    unit = create_unit(actor=ada.owner, account_id=ada.account_id, slug="news", name="News")
    ben = add(ada.owner, ada.account_id, role="analyst").person_id
    grant_role(actor=ada.owner, account_id=ada.account_id, person_id=ben, role="sender", unit_id=unit)
    add(other.owner, other.account_id, role="owner")
    assert person_actor(ben, account_id=ada.account_id).capabilities == ROLES["analyst"].capabilities
    in_unit = person_actor(ben, account_id=ada.account_id, unit_id=unit)
    assert in_unit.unit_id == unit
    assert in_unit.capabilities == ROLES["analyst"].capabilities | ROLES["sender"].capabilities
    with pytest.raises(NotFound):
        person_actor(ben)  # no role over the installation


def test_a_person_of_one_unit_acts_in_it():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    ben = add(tenant.owner, tenant.account_id, role="author", unit_id=unit).person_id
    assert person_actor(ben, account_id=tenant.account_id).unit_id == unit


def test_a_unit_of_another_account_takes_no_role():
    ada, mallory = make_account(), make_account(owner="Mallory")
    with pytest.raises(NotFound):
        add(mallory.owner, mallory.account_id, unit_id=ada.unit_id)
    assert queries.people(ada.account_id, unit_id=ada.unit_id) == []


def test_a_manager_of_one_unit_gives_roles_in_it_only():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    ben = make_person(tenant.account_id, "Ben", "owner", unit_id=unit)
    add(ben, tenant.account_id, "cleo@example.org", unit_id=unit)
    with pytest.raises(Forbidden):
        add(ben, tenant.account_id, "dora@example.org")
    with pytest.raises(NotFound):
        add(ben, tenant.account_id, "dora@example.org", unit_id=tenant.unit_id)


def test_names_and_addresses_of_people_are_clean():
    tenant = make_account()
    for wrong in ({"name": "Ben\r\nBcc: x"}, {"email": "ben@example.org\r\nx"}, {"email": "ben"}, {"language": "xx"}):
        with pytest.raises(Invalid):
            add(tenant.owner, tenant.account_id, **wrong)
    assert not Person.objects.filter(name__startswith="Ben").exists()
