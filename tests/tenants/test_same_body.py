"""Two rows may stand for one body, on an operator's word; who stands behind a mail is then found over all accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.builders.tenants import make_account, make_identity, make_joint_sender, make_person

from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.end_participation import end_participation
from fairpost.tenants.actions.identify_organisation import identify_organisation
from fairpost.tenants.actions.tell_apart_organisation import tell_apart_organisation
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries.neighbourhood import (
    account_people,
    accounts_held_by,
    every_organisation,
    identities_of_organisations,
    identities_with_link_domain,
    joint_senders_of,
    organisations_same,
    participants,
)
from fairpost.tenants.queries.sender_subject import sender_subject

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
TODAY = date(2026, 1, 15)
OLGA = local_operator()


def register(tenant, name="Victory Fund") -> int:
    return create_organisation(
        actor=tenant.owner, account_id=tenant.account_id, name=name, postal_address="2 Side Street"
    )


def identify(one: int, other: int, *, actor=OLGA, reason="FEC C0012") -> None:
    identify_organisation(actor=actor, organisation_id=one, same_as_id=other, reason=reason)


def holder(tenant) -> int:
    return queries.account(tenant.account_id).holder_id


def test_one_body_over_any_number_of_steps():
    tenant = make_account()
    a, b, c, d = (register(tenant, name) for name in "ABCD")
    identify(a, b)
    identify(b, c)
    for each in (a, b, c):
        assert organisations_same([each]) == {a, b, c}
    assert organisations_same([d]) == {d}
    assert organisations_same([a, d]) == {a, b, c, d}


def test_a_circle_is_refused():
    tenant = make_account()
    a, b, c = (register(tenant, name) for name in "ABC")
    identify(a, b)
    identify(b, c)
    for one, other in ((c, a), (b, a), (a, a), (c, b), (a, c)):
        with pytest.raises(Conflict):
            identify(one, other)


def test_a_second_body_is_not_put_in_place_of_the_first():
    tenant = make_account()
    a, b, c = (register(tenant, name) for name in "ABC")
    identify(a, b)
    with pytest.raises(Conflict, match="identified with"):
        identify(a, c)
    identify(c, a)
    assert organisations_same([b]) == {a, b, c}


def test_it_can_be_taken_back_once():
    tenant = make_account()
    a, b = register(tenant, "A"), register(tenant, "B")
    identify(a, b)
    tell_apart_organisation(actor=OLGA, organisation_id=a, reason="two registers")
    assert organisations_same([a]) == {a}
    with pytest.raises(Conflict):
        tell_apart_organisation(actor=OLGA, organisation_id=a, reason="again")
    identify(b, a)


def test_both_ways_are_on_record_with_their_reason():
    tenant = make_account()
    a, b = register(tenant, "A"), register(tenant, "B")
    identify(a, b, reason="one register number")
    tell_apart_organisation(actor=OLGA, organisation_id=a, reason="a typing error")
    apart, same = queries.audit_trail(OLGA, None)[:2]
    assert (same.act, same.reason, same.facts) == ("organisation.identified", "one register number", {"same_as_id": b})
    assert (apart.act, apart.reason, apart.subject) == (
        "organisation.told_apart",
        "a typing error",
        f"organisation:{a}",
    )


def test_only_who_manages_the_installation_says_so_and_says_why():
    tenant = make_account()
    a, b = register(tenant, "A"), register(tenant, "B")
    for actor in (tenant.owner, make_person(None, "Mara", "reviewer")):
        with pytest.raises(Forbidden):
            identify(a, b, actor=actor)
        with pytest.raises(Forbidden):
            tell_apart_organisation(actor=actor, organisation_id=a, reason="mine")
    with pytest.raises(Invalid):
        identify(a, b, reason=" ")
    with pytest.raises(NotFound):
        identify(a, 999_999)
    assert organisations_same([a]) == {a}


def test_mail_of_another_account_that_declares_the_joint_sender_is_its_own():
    """Rule 2: the declared legal sender counts, whichever account dispatches the mail."""
    committee, vendor = make_account(), make_account(owner="Mallory")
    joint, members = make_joint_sender(committee)
    declared = register(vendor)
    identity = make_identity(vendor, organisation_id=declared)
    apart = sender_subject(vendor.account_id, identity, clock=FixedClock(NOW))
    assert (apart.joint_sender_ids, apart.participant_ids) == (frozenset(), frozenset())
    own = queries.joint_sender(committee.account_id, joint).organisation_id
    identify(declared, own)
    subject = sender_subject(vendor.account_id, identity, clock=FixedClock(NOW))
    assert subject.legal_sender_ids == {declared, own}
    assert subject.joint_sender_ids == {joint}
    assert subject.participant_ids == set(members)
    assert subject.holder_ids == {holder(vendor)}
    assert (subject.account_id, subject.unit_id, subject.identity_id) == (vendor.account_id, vendor.unit_id, identity)


def test_the_joint_senders_own_identity_is_its_mail():
    tenant = make_account()
    joint, members = make_joint_sender(tenant)
    identity = make_identity(tenant, joint_sender_id=joint, link_domain="links.example.org")
    subject = sender_subject(tenant.account_id, identity, clock=FixedClock(NOW))
    assert (subject.joint_sender_ids, subject.participant_ids) == ({joint}, set(members))
    assert (subject.domain, subject.link_domain) == ("example.org", "links.example.org")


def test_a_participants_own_mail_is_not_the_joint_senders():
    """Rule 3: taking part is not being."""
    tenant = make_account()
    joint, members = make_joint_sender(tenant)
    identity = make_identity(tenant, organisation_id=members[0], postal_address="3 High Street")
    assert sender_subject(tenant.account_id, identity, clock=FixedClock(NOW)).joint_sender_ids == frozenset()
    assert joint_senders_of([members[0]], TODAY) == {joint}


def test_who_left_takes_part_no_more_from_that_day_on():
    tenant = make_account()
    joint, members = make_joint_sender(tenant)
    identity = make_identity(tenant, joint_sender_id=joint)
    end_participation(
        actor=tenant.owner,
        account_id=tenant.account_id,
        joint_sender_id=joint,
        organisation_id=members[0],
        until=TODAY,
    )
    assert sender_subject(tenant.account_id, identity, clock=FixedClock(NOW)).participant_ids == {members[1]}
    assert participants(joint, date(2026, 1, 14)) == set(members)
    assert participants(joint, TODAY) == {members[1]}
    assert joint_senders_of([members[0]], TODAY) == frozenset()


def test_another_accounts_identity_has_no_subject_here():
    ada, mallory = make_account(), make_account(owner="Mallory")
    with pytest.raises(NotFound):
        sender_subject(mallory.account_id, make_identity(ada))


def test_neighbours_are_found_over_all_accounts():
    ada, mallory = make_account(), make_account(owner="Mallory")
    shared = make_identity(ada, link_domain="links.example.org")
    borrowed = make_identity(mallory, link_domain="links.example.org")
    make_identity(mallory, "other@example.net", link_domain="other.example.org")
    assert [each.identity_id for each in identities_with_link_domain("links.example.org")] == [shared, borrowed]
    assert identities_with_link_domain("") == ()
    assert {each.account_id for each in identities_of_organisations([holder(ada)])} == {ada.account_id}
    identify(holder(mallory), holder(ada))
    assert {each.account_id for each in identities_of_organisations([holder(ada)])} == {
        ada.account_id,
        mallory.account_id,
    }
    assert accounts_held_by([holder(ada)]) == {ada.account_id, mallory.account_id}
    place = next(each for each in every_organisation() if each.id == holder(mallory))
    assert place.same_as_id == holder(ada)


def test_the_people_of_a_role_with_their_language():
    tenant = make_account()
    ben = make_person(tenant.account_id, "Ben", "owner", unit_id=tenant.unit_id)
    make_person(tenant.account_id, "Cleo", "sender")
    found = {(each.person_id, each.language, each.unit_id) for each in account_people(tenant.account_id, "owner")}
    assert found == {(tenant.owner.person_id, "en", None), (ben.person_id, "en", tenant.unit_id)}
