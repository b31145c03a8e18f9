"""Every act on tenants is on record, with its reason, and without anything personal."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.authoritative import authoritative

from fairpost.audit.queries import audit_events
from fairpost.tenants import queries
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
from fairpost.tenants.actions.add_outside_contact import add_outside_contact
from fairpost.tenants.actions.add_participant import add_participant
from fairpost.tenants.actions.change_account import change_account
from fairpost.tenants.actions.change_identity import change_identity
from fairpost.tenants.actions.check_identity import check_identity
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actions.create_identity import create_identity
from fairpost.tenants.actions.create_joint_sender import Participation, create_joint_sender
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actions.create_platform_key import create_platform_key
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.end_participation import end_participation
from fairpost.tenants.actions.grant_role import grant_role
from fairpost.tenants.actions.identify_organisation import identify_organisation
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.actions.remove_outside_contact import remove_outside_contact
from fairpost.tenants.actions.revoke_api_key import revoke_api_key
from fairpost.tenants.actions.revoke_role import revoke_role
from fairpost.tenants.actions.rotate_dkim_key import rotate_dkim_key
from fairpost.tenants.actions.set_password import set_password
from fairpost.tenants.actions.tell_apart_organisation import tell_apart_organisation
from fairpost.tenants.actors import local_operator
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_share

pytestmark = pytest.mark.django_db
PERSONAL = ("Grace", "Hopper", "grace", "7 Rear Admiral Street", "correct horse", "secret name")


def do_everything() -> int:
    """Calls every action once, with personal data wherever it fits, and returns the account."""
    why = {"actor": local_operator(), "reason": "because"}
    account_id = create_account(**why, slug="grace-hopper", name="Grace", postal_address="7 Rear Admiral Street")
    own = {**why, "account_id": account_id}
    change_account(**own, name="Grace Hopper")
    create_unit(**own, slug="grace", name="Grace")
    members = [create_organisation(**own, name=f"Hopper {n}") for n in range(3)]
    joint = create_joint_sender(
        **own,
        name="Hopper Fund",
        postal_address="7 Rear Admiral Street",
        participants=[Participation(each, date(2020, 1, 1)) for each in members[:2]],
    )
    add_participant(**own, joint_sender_id=joint, organisation_id=members[2], since=date(2021, 1, 1))
    end_participation(**own, joint_sender_id=joint, organisation_id=members[2], until=date(2022, 1, 1))
    terms = NoticeTerms(tuple(Allocation(each, parse_share("1/2")) for each in members[:2]))
    publish_notice(**own, joint_sender_id=joint, terms=terms)
    person = create_person(**own, email="grace@hopper.example", name="Grace Hopper", role="author").person_id
    grant_role(**own, person_id=person, role="sender")
    revoke_role(**own, person_id=person, role="sender")
    set_password(**own, person_id=person, password="correct horse battery")
    key = create_api_key(**own, name="secret name", capabilities=["contacts.read"])
    revoke_api_key(**own, key_id=key.id)
    identity = create_identity(
        **own,
        from_name="Grace Hopper",
        from_address="grace@navy.example",
        reply_to="grace@hopper.example",
        postal_address="7 Rear Admiral Street",
    )
    change_identity(**own, identity_id=identity, from_name="G. Hopper", postal_address="7 Rear Admiral Street")
    new = rotate_dkim_key(**own, identity_id=identity, algorithm="ed25519")
    activate_dkim_key(**own, key_id=new.id, force=True)
    with authoritative({}) as server:
        check_identity(**own, identity_id=identity, resolver=Resolver(server.nameservers))
    create_platform_key(**why, domain="mail.platform.example")
    identify_organisation(**why, organisation_id=members[0], same_as_id=members[1])
    tell_apart_organisation(**why, organisation_id=members[0])
    contact = add_outside_contact(**own, email="grace@hopper.example")
    remove_outside_contact(**own, contact_id=contact.contact_id)
    return account_id


def test_each_act_is_recorded_with_its_reason():
    newest = next(iter(audit_events(None, limit=1)), None)
    account_id = do_everything()
    events = [each for each in audit_events(None, limit=1000) if newest is None or each.id > newest.id]
    assert {each.act for each in events} == {
        "account.created",
        "account.changed",
        "unit.created",
        "organisation.created",
        "joint_sender.created",
        "joint_sender.joined",
        "joint_sender.left",
        "joint_notice.published",
        "person.created",
        "role.granted",
        "role.revoked",
        "password.set",
        "api_key.created",
        "api_key.revoked",
        "identity.created",
        "identity.changed",
        "identity.checked",
        "dkim_key.created",
        "dkim_key.activated",
        "organisation.identified",
        "organisation.told_apart",
        "outside_contact.added",
        "outside_contact.removed",
    }
    assert {each.reason for each in events} == {"because"}
    assert {each.account_id for each in events} == {account_id, None}


def test_nothing_personal_is_recorded():
    newest = next(iter(audit_events(None, limit=1)), None)
    do_everything()
    events = [each for each in audit_events(None, limit=1000) if newest is None or each.id > newest.id]
    text = json.dumps([[each.subject, each.facts, each.actor_name] for each in events], default=str)
    assert [word for word in PERSONAL if word in text] == []
    assert "@" not in text


def test_the_trail_names_people_as_long_as_they_have_a_name():
    from tests.builders.tenants import make_account

    from fairpost.tenants.models import Person

    tenant = make_account()
    create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="xx", name="x")
    assert queries.audit_trail(tenant.owner, tenant.account_id)[0].actor == "Ada"
    Person.objects.filter(id=tenant.owner.person_id).update(name="erased")
    assert queries.audit_trail(tenant.owner, tenant.account_id)[0].actor == "erased"
