"""Whoever enters the scope of a measure later gets an addendum before any mail of theirs is withheld."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.enforcement import decided, measure, until
from tests.builders.tenants import make_account, make_identity, make_joint_sender

from fairpost.audit.queries import audit_events
from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, start_due_campaigns
from fairpost.enforcement.acting import measure_row, perform, performing
from fairpost.enforcement.actions.extend_coverage import extend_coverage
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.models import CoverageRevision, HeldCampaign, Notice
from fairpost.enforcement.narrowing import narrow_force, scope_of
from fairpost.enforcement.queries.decisions import measure_view
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.kernel.errors import Restricted
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.identify_organisation import identify_organisation
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries import account

HOLD = {"queue": "hold"}


def suspended(staff, scope, clock=SYSTEM_CLOCK):
    done = decided(staff, measure("suspend_sending", scope, until(clock), clock=clock, mechanism=HOLD), clock=clock)
    return done.decision.measures[0].id


def holder(tenant):
    return account(tenant.account_id).holder_id


def identified(one, other):
    identify_organisation(actor=local_operator(), organisation_id=one, same_as_id=other, reason="Register no. 7.")


def covered(measure_id, kind):
    statement = CoverageRevision.objects.filter(measure_id=measure_id).latest("revision").statement
    return {each["name" if kind == "domains" else "id"] for each in statement["covered"][kind]}


def notices_of(tenant):
    return list(Notice.objects.filter(account_id=tenant.account_id).order_by("pk").values_list("why", flat=True))


def revisions(measure_id):
    return list(
        CoverageRevision.objects.filter(measure_id=measure_id).order_by("revision").values_list("why", flat=True)
    )


def test_a_domain_a_unit_and_an_account_that_are_added_later_are_stated_and_told(staff, seen):
    ada, twin = make_account(), make_account()
    make_identity(ada)
    number = suspended(staff, {"organisation": [holder(ada)]})
    assert extend_coverage(seen=seen) == 0
    before = len(revisions(number))

    unit = create_unit(actor=ada.owner, account_id=ada.account_id, slug="youth", name="Youth")
    youth = make_identity(ada, "youth@new-domain.example", unit_id=unit)
    assert extend_coverage(seen=seen) == 1
    assert unit in covered(number, "units") and youth in covered(number, "identities")
    assert "new-domain.example" in covered(number, "domains")
    assert notices_of(ada) == ["decision", "addendum"]

    other = make_identity(twin, "twin@twin.example")
    identified(holder(twin), holder(ada))
    assert extend_coverage(seen=seen) == 1
    assert twin.account_id in covered(number, "accounts") and other in covered(number, "identities")
    assert notices_of(twin) == ["addendum"]
    assert revisions(number)[before:] == ["addendum", "addendum"]
    events = [(each.act, each.subject) for each in audit_events(None)]
    assert events.count(("coverage.extended", f"measure:{number}")) == 2
    assert notices_of(ada) == ["decision", "addendum"], "what is new of another account is not Ada's to know"
    assert extend_coverage(seen=seen) == 0


def test_a_new_worker_finds_what_the_last_one_missed_and_states_it_once(staff, seen):
    ada = make_account()
    make_identity(ada)
    number = suspended(staff, {"account": [ada.account_id]})
    late = make_identity(ada, "late@example.org")
    assert extend_coverage(seen=seen) == 1
    assert late in covered(number, "identities")
    assert extend_coverage(seen=type(seen)()) == 0


def test_a_measure_that_comes_into_force_between_two_looks_is_looked_at(staff, seen):
    ada = make_account()
    make_identity(ada)
    extend_coverage(seen=seen)
    number = suspended(staff, {"account": [ada.account_id]})
    late = make_identity(ada, "late@example.org")
    assert extend_coverage(seen=seen) == 1
    assert late in covered(number, "identities")


def test_nothing_is_computed_again_where_nothing_changed(staff, seen, django_assert_max_num_queries):
    ada = make_account()
    make_identity(ada)
    suspended(staff, {"account": [ada.account_id]})
    extend_coverage(seen=seen)
    with django_assert_max_num_queries(2):
        assert extend_coverage(seen=seen) == 0


@pytest.mark.parametrize("way", ["lifted", "expired"])
def test_a_measure_that_is_over_grows_no_more(staff, seen, way):
    clock = FixedClock(SYSTEM_CLOCK.now())
    ada = make_account()
    make_identity(ada)
    number = suspended(staff, {"account": [ada.account_id]}, clock)
    if way == "lifted":
        lift_measure(actor=staff.noor, measure_id=number, reason="Enough.", clock=clock)
    else:
        clock.advance(timedelta(days=4))
    make_identity(ada, "late@example.org")
    assert extend_coverage(clock, seen) == 0


def test_the_first_campaign_of_a_newcomer_is_refused_only_after_it_was_told(staff):
    ada = make_account()
    make_identity(ada)
    twin = make_author(owner="Ben", from_address="twin@twin.example")
    number = suspended(staff, {"organisation": [holder(ada)]})
    identified(holder(twin.tenant), holder(ada))
    campaign = twin.campaign()
    with pytest.raises(Restricted):
        twin.send(campaign)
    assert notices_of(twin.tenant) == ["addendum"], "kept, though the start was undone"
    assert twin.account_id in covered(number, "accounts")


def test_a_scheduled_campaign_of_a_newcomer_is_told_and_held_in_one(staff):
    clock = FixedClock(SYSTEM_CLOCK.now())
    ada = make_account()
    make_identity(ada)
    twin = make_author(owner="Ben", from_address="twin@twin.example")
    twin.crowd(3)
    campaign = twin.campaign()
    schedule_campaign(**twin.who, campaign_id=campaign, at=clock.now() + timedelta(hours=1), clock=clock)
    suspended(staff, {"organisation": [holder(ada)]}, clock)
    identified(holder(twin.tenant), holder(ada))
    clock.advance(timedelta(hours=2))
    assert start_due_campaigns(clock) == 1
    assert HeldCampaign.objects.get(campaign_id=campaign).state == "held"
    assert notices_of(twin.tenant) == ["addendum", "campaign_held"]


def test_a_running_campaign_that_comes_under_a_measure_is_told_before_its_senders_learn_of_it(staff, seen):
    ada = make_account()
    make_identity(ada)
    twin = make_author(owner="Ben", from_address="twin@twin.example")
    twin.crowd(3)
    twin.started()
    suspended(staff, {"organisation": [holder(ada)]})
    extend_coverage(seen=seen)
    identified(holder(twin.tenant), holder(ada))
    assert extend_coverage(seen=seen) == 1
    assert notices_of(twin.tenant) == ["addendum"]
    with pytest.raises(Restricted):
        twin.send(twin.campaign())


def test_what_is_expressly_not_covered_stays_out_whatever_becomes_of_it(staff, seen):
    ada = make_account()
    body = create_organisation(actor=ada.owner, account_id=ada.account_id, name="The Fund", postal_address="1 Road")
    other = create_organisation(actor=ada.owner, account_id=ada.account_id, name="The Friends", postal_address="2 Road")
    named = make_author(tenant=ada, from_address="fund@sender.example", organisation_id=body)
    beside = make_author(tenant=ada, from_address="friends@sender.example", organisation_id=other)
    beside.crowd(3)
    number = suspended(staff, {"organisation": [body]})
    stated = measure_view(number, SYSTEM_CLOCK.now()).coverage["not_covered"]
    assert ("identity", beside.identity_id) in {(each["kind"], each["id"]) for each in stated}
    identified(other, body)
    extend_coverage(seen=seen)
    assert covered(number, "identities") == {named.identity_id}
    assert beside.send(beside.campaign()).campaign.state != "draft"
    with pytest.raises(Restricted):
        named.send(named.campaign())


def test_a_unit_that_is_not_covered_stays_out(staff, seen):
    ada = make_account()
    make_identity(ada)
    unit = create_unit(actor=ada.owner, account_id=ada.account_id, slug="youth", name="Youth")
    youth = make_identity(ada, "youth@example.org", unit_id=unit)
    number = suspended(staff, {"unit": [ada.unit_id]})
    late = make_identity(ada, "late@example.org", unit_id=unit)
    extend_coverage(seen=seen)
    assert covered(number, "units") == {ada.unit_id}
    assert not {youth, late} & covered(number, "identities")


def test_a_scope_of_recipients_alone_covers_everybody_and_says_so(staff, seen):
    ada, ben = make_account(), make_account(owner="Ben")
    make_identity(ada)
    make_identity(ben, "ben@ben.example")
    number = suspended(staff, {"territory": ["FR"]})
    assert covered(number, "accounts") == {ada.account_id, ben.account_id}
    carol = make_account(owner="Carol")
    make_identity(carol, "carol@carol.example")
    assert extend_coverage(seen=seen) == 1
    assert notices_of(carol) == ["addendum"]


def test_a_joint_sender_that_another_account_begins_to_send_for_is_found(staff, seen):
    ada, ben = make_account(), make_account(owner="Ben")
    joint, _members = make_joint_sender(ada)
    make_identity(ada, joint_sender_id=joint)
    number = suspended(staff, {"joint_sender": [joint]})
    own = create_organisation(
        actor=ben.owner, account_id=ben.account_id, name="Victory Fund (front)", postal_address="3 Road"
    )
    make_identity(ben, "front@front.example", organisation_id=own)
    extend_coverage(seen=seen)
    assert covered(number, "accounts") == {ada.account_id}
    (committee,) = covered(number, "organisations") - {holder(ada)}
    identified(own, committee)
    assert extend_coverage(seen=seen) == 1
    assert covered(number, "accounts") == {ada.account_id, ben.account_id}
    assert "addendum" in notices_of(ben)


def test_whoever_an_appeal_left_out_stays_out_when_coverage_is_stated_anew(staff, seen):
    ada, ben = make_account(), make_account(owner="Ben")
    make_identity(ada)
    freed = make_identity(ben, "ben@ben.example")
    number = suspended(staff, {"account": [ada.account_id, ben.account_id]})
    with performing(staff.rui):
        perform(
            number, "partly_overturned", actor=staff.rui, now=SYSTEM_CLOCK.now(),
            detail={"appeal": 1, "organisation": holder(ben), "excluded": {"account": [str(ben.account_id)]}},
        )  # fmt: skip
        row = measure_row(number)
        narrow_force(row, scope_of(row))
    late = make_identity(ada, "late@example.org")
    assert extend_coverage(seen=seen) == 1
    assert late in covered(number, "identities") and freed not in covered(number, "identities")
