"""Mallory calls every action and query with the ids of Ada's account: each answers as if they did not exist.

The lists of calls are held complete: an action or query that is in neither list fails the test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from tests.builders.tenants import Tenant, make_account, make_identity, make_joint_sender, make_person

from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.tenants import actions, queries
from fairpost.tenants.actions.add_outside_contact import add_outside_contact
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actions.create_joint_sender import Participation
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_share

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, tzinfo=UTC)
DAY = date(2026, 1, 15)


@dataclass
class World:
    """Ada's account with one of everything, and Mallory's."""

    ada: Tenant
    mallory: Tenant
    joint: int
    members: list[int]
    identity: int
    key: int
    dkim: int
    person: int
    notice: int
    contact: int

    def terms(self) -> NoticeTerms:
        return NoticeTerms(tuple(Allocation(each, parse_share("1/2")) for each in self.members))


@pytest.fixture
def world(db) -> World:
    ada, mallory = make_account(), make_account(owner="Mallory")
    joint, members = make_joint_sender(ada)
    identity = make_identity(ada)
    terms = NoticeTerms(tuple(Allocation(each, parse_share("1/2")) for each in members))
    return World(
        ada,
        mallory,
        joint,
        members,
        identity,
        create_api_key(actor=ada.owner, account_id=ada.account_id, name="k", capabilities=["contacts.read"]).id,
        queries.identity_keys(ada.account_id, identity)[0].id,
        make_person(ada.account_id, "Ben", "author").person_id,
        publish_notice(actor=ada.owner, account_id=ada.account_id, joint_sender_id=joint, terms=terms).id,
        add_outside_contact(actor=ada.owner, account_id=ada.account_id, email="lawyer@example.org").contact_id,
    )


# What each action is called with, beside actor and account: every id is Ada's.
ACTIONS: dict[str, Callable[[World], dict[str, Any]]] = {
    "create_organisation": lambda w: {"name": "x"},
    "change_account": lambda w: {"name": "x"},
    "create_unit": lambda w: {"slug": "xx", "name": "x"},
    "create_joint_sender": lambda w: {"name": "x", "participants": [Participation(w.members[0], DAY)]},
    "add_participant": lambda w: {"joint_sender_id": w.joint, "organisation_id": w.members[0], "since": DAY},
    "end_participation": lambda w: {"joint_sender_id": w.joint, "organisation_id": w.members[0], "until": DAY},
    "publish_notice": lambda w: {"joint_sender_id": w.joint, "terms": w.terms()},
    "create_person": lambda w: {"email": "x@example.org", "name": "x", "role": "author", "unit_id": w.ada.unit_id},
    "set_password": lambda w: {"person_id": w.person, "password": "correct horse battery"},
    "grant_role": lambda w: {"person_id": w.person, "role": "sender"},
    "revoke_role": lambda w: {"person_id": w.person, "role": "author"},
    "create_api_key": lambda w: {"name": "x", "capabilities": ["contacts.read"], "unit_id": w.ada.unit_id},
    "revoke_api_key": lambda w: {"key_id": w.key},
    "create_identity": lambda w: {
        "from_name": "x",
        "from_address": "x@example.org",
        "organisation_id": w.members[0],
    },
    "change_identity": lambda w: {"identity_id": w.identity, "from_name": "x"},
    "check_identity": lambda w: {"identity_id": w.identity},
    "rotate_dkim_key": lambda w: {"identity_id": w.identity},
    "activate_dkim_key": lambda w: {"key_id": w.dkim},
    "add_outside_contact": lambda w: {"email": "x@example.org"},
    "remove_outside_contact": lambda w: {"contact_id": w.contact},
}
# Those that take no account: who may call them is tested with each.
WITHOUT_ACCOUNT = {
    "create_account",
    "create_platform_key",
    "identify_organisation",
    "tell_apart_organisation",
    "authenticate_api_key",
    "authenticate_person",
    "verify_outside_contact",
}
# Those in which Mallory's own account names nothing of Ada's.
NOTHING_FOREIGN = {"create_organisation", "change_account", "create_unit", "add_outside_contact"}


def action(name: str) -> Callable[..., Any]:
    return getattr(importlib.import_module(f"fairpost.tenants.actions.{name}"), name)


def test_every_action_is_in_these_lists():
    assert {each.name for each in pkgutil.iter_modules(actions.__path__)} == set(ACTIONS) | WITHOUT_ACCOUNT


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_in_adas_account_is_not_found(world, name):
    before = snapshot(world)
    with pytest.raises(NotFound), transaction.atomic():
        action(name)(actor=world.mallory.owner, account_id=world.ada.account_id, **ACTIONS[name](world))
    assert snapshot(world) == before


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - NOTHING_FOREIGN))
def test_adas_ids_in_mallorys_account_are_not_found(world, name):
    before = snapshot(world)
    with pytest.raises(NotFound), transaction.atomic():
        action(name)(actor=world.mallory.owner, account_id=world.mallory.account_id, **ACTIONS[name](world))
    assert snapshot(world) == before


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_on_the_installation_is_refused(world, name):
    with pytest.raises((Forbidden, NotFound)), transaction.atomic():
        action(name)(actor=world.mallory.owner, account_id=None, **ACTIONS[name](world))


def snapshot(world: World) -> list[Any]:
    """Everything of Ada's that can be read."""
    a = world.ada.account_id
    return [
        queries.account(a),
        queries.units(a),
        queries.organisations(a),
        queries.joint_senders(a),
        queries.joint_notices(a, world.joint),
        queries.people(a),
        queries.api_keys(a),
        queries.identities(a),
        queries.identity_keys(a, world.identity),
        queries.outside_contacts(a, waiting=True),
        [each.id for each in queries.audit_trail(world.ada.owner, a, limit=1000)],
    ]


# Queries asked in Mallory's account for Ada's ids.
QUERIES: dict[str, Callable[[World, int], Any]] = {
    "unit": lambda w, a: queries.unit(a, w.ada.unit_id),
    "organisation": lambda w, a: queries.organisation(a, w.members[0]),
    "joint_sender": lambda w, a: queries.joint_sender(a, w.joint),
    "joint_notice": lambda w, a: queries.joint_notice(w.joint, datetime(2030, 1, 1, tzinfo=UTC), account_id=a),
    "joint_notices": lambda w, a: queries.joint_notices(a, w.joint),
    "person": lambda w, a: queries.person(a, w.person),
    "person_by_email": lambda w, a: queries.person_by_email(a, queries.person(w.ada.account_id, w.person).email),
    "identity": lambda w, a: queries.identity(a, w.identity),
    "identity_keys": lambda w, a: queries.identity_keys(a, w.identity),
    "dns_records": lambda w, a: queries.dns_records(a, w.identity),
    "latest_check": lambda w, a: queries.latest_check(a, w.identity),
    "sending_identity": lambda w, a: queries.sending_identity(a, w.identity),
    "sender_subject": lambda w, a: queries.sender_subject(a, w.identity),
}
# Queries that list an account's own things: asked for Mallory's, they hold nothing of Ada's.
LISTS: dict[str, Callable[[World, int], list[Any]]] = {
    "account": lambda w, a: [queries.account(a)],
    "accounts": lambda w, a: queries.accounts(a),
    "units": lambda w, a: queries.units(a),
    "organisations": lambda w, a: queries.organisations(a),
    "joint_senders": lambda w, a: queries.joint_senders(a),
    "people": lambda w, a: queries.people(a),
    "api_keys": lambda w, a: queries.api_keys(a),
    "identities": lambda w, a: queries.identities(a),
    "outside_contacts": lambda w, a: queries.outside_contacts(a, waiting=True),
    "audit_trail": lambda w, a: queries.audit_trail(w.mallory.owner, a),
}
# Those that are of no account: the platform's keys, and a notice that mail has carried in public.
OF_NO_ACCOUNT = {"platform_keys", "platform_signature", "notice_is_current"}


def test_every_query_is_in_these_lists():
    assert set(queries.__all__) == set(QUERIES) | set(LISTS) | OF_NO_ACCOUNT


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_finds_adas_things_in_adas_account_only(world, name):
    QUERIES[name](world, world.ada.account_id)
    with pytest.raises(NotFound):
        QUERIES[name](world, world.mallory.account_id)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_holds_the_own_things_only(world, name):
    def ids(account_id: int) -> set[int]:
        return {row.id for row in LISTS[name](world, account_id)}

    mine = ids(world.mallory.account_id)
    if name == "audit_trail":
        theirs = {row.id for row in queries.audit_trail(world.ada.owner, world.ada.account_id)}
    else:
        theirs = ids(world.ada.account_id)
    assert theirs
    assert not mine & theirs


def test_adas_record_is_closed_to_mallory(world):
    with pytest.raises(NotFound):
        queries.audit_trail(world.mallory.owner, world.ada.account_id)
    with pytest.raises(Forbidden):
        queries.audit_trail(world.mallory.owner, None)


def test_an_account_that_does_not_exist_answers_like_adas(world):
    """Mallory must not learn from the words which accounts there are."""
    said = set()
    for account_id in (world.ada.account_id, 999_999):
        with pytest.raises(NotFound) as refusal:
            create_unit(actor=world.mallory.owner, account_id=account_id, slug="xx", name="x")
        said.add(str(refusal.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", sorted(set(ACTIONS) | WITHOUT_ACCOUNT))
def test_actions_take_keywords_only_and_name_their_actor(name):
    if name.startswith(("authenticate", "verify")):  # they run before anybody is known
        return
    parameters = inspect.signature(action(name)).parameters
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters.values())
    assert {"actor", "reason"} <= set(parameters)
