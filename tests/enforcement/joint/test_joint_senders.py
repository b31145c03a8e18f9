"""The six rules on joint senders, each as its own test, and links to a domain that is somebody else's."""

from __future__ import annotations

from datetime import timedelta

from tests.builders.campaigns import make_author, make_joint_author
from tests.builders.content import page
from tests.builders.enforcement import decided, measure, until
from tests.builders.tenants import make_account, make_identity

from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, start_due_campaigns
from fairpost.campaigns.queries.campaigns import campaign
from fairpost.enforcement.actions.extend_coverage import Seen, extend_coverage
from fairpost.enforcement.models import CoverageRevision, HeldCampaign, Notice
from fairpost.enforcement.queries.restrictions import status
from fairpost.enforcement.queries.strikes import strikes
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.kernel.errors import Restricted
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.end_participation import end_participation
from fairpost.tenants.actions.identify_organisation import identify_organisation
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries import account, joint_sender

HOLD = {"queue": "hold"}
ASKS = page('<p><a href="https://give.example/now" data-donation>Give now</a></p>{{ joint_notice }}')


def suspend(scope, clock=SYSTEM_CLOCK):
    return measure("suspend_sending", scope, until(clock), clock=clock, mechanism=HOLD)


def latest(done):
    return CoverageRevision.objects.filter(measure_id=done.decision.measures[0].id).latest("revision").statement


def lines(statement, kind):
    return {each["kind"]: each for each in statement["not_covered"] if each["kind"] == kind}


def told(**whom):
    return list(Notice.objects.filter(**whom).order_by("pk").values_list("why", flat=True))


def same(one, other):
    identify_organisation(actor=local_operator(), organisation_id=one, same_as_id=other, reason="Register no. 7.")


def starts(author, version_id=0):
    """Whether a campaign of this author can be started."""
    number = author.campaign(content_version_id=version_id or author.version_id)
    try:
        author.send(number)
    except Restricted:
        return False
    return True


def test_rule_1_a_joint_sender_is_a_legal_object_of_its_own(staff):
    author, joint, members = make_joint_author()
    own = joint_sender(author.account_id, joint)
    assert own.organisation_id not in members
    done = decided(staff, suspend({"joint_sender": [joint]}))
    statement = latest(done)
    assert own.organisation_id in {each["id"] for each in statement["covered"]["organisations"]}
    assert not set(members) & {each["id"] for each in statement["covered"]["organisations"]}
    assert {each["id"] for each in statement["not_covered"] if each["kind"] == "organisation"} == set(members)


def test_rule_2_it_covers_what_is_declared_as_its_mail_and_nothing_else_of_the_account(staff):
    author, joint, _members = make_joint_author()
    own = make_author(tenant=author.tenant, from_address="own@sender.example")
    author.crowd(3)
    decided(staff, suspend({"joint_sender": [joint]}))
    assert not starts(author)
    assert starts(own)


def test_rule_2_it_covers_it_whichever_account_dispatches_it(staff):
    """Account B sends for an organisation that is the same body as the joint sender's own."""
    author, joint, _members = make_joint_author()
    ben = make_account(owner="Ben")
    front = create_organisation(
        actor=ben.owner, account_id=ben.account_id, name="VF Ltd", postal_address="4 Back Street"
    )
    beside = make_author(tenant=ben, from_address="front@front.example", organisation_id=front)
    clean = make_author(tenant=ben, from_address="own@front.example")
    clean.crowd(3)
    same(front, joint_sender(author.account_id, joint).organisation_id)
    done = decided(staff, suspend({"joint_sender": [joint]}))
    assert ben.account_id in {each["id"] for each in latest(done)["covered"]["accounts"]}
    assert told(account_id=ben.account_id) == ["decision"]
    assert not starts(beside) and starts(clean)


def test_rule_3_a_measure_on_a_participants_account_does_not_reach_the_others(staff):
    author, _joint, members = make_joint_author()
    ben = make_author(owner="Ben", from_address="a@ben.example")
    carol = make_author(owner="Carol", from_address="a@carol.example")
    for each, member in zip((ben, carol), members, strict=True):
        same(account(each.account_id).holder_id, member)
        each.crowd(2)
    author.crowd(2)
    done = decided(staff, suspend({"account": [ben.account_id]}))
    assert not starts(ben)
    assert starts(carol) and starts(author)
    assert {each["account_id"] for each in latest(done)["notices"] if "account_id" in each} == {ben.account_id}
    listed = decided(staff, suspend({"account": [ben.account_id, carol.account_id]}))
    assert not starts(carol), "unless they are listed"
    assert {each["id"] for each in latest(listed)["covered"]["accounts"]} == {ben.account_id, carol.account_id}


def test_rule_3_participants_own_mail_stays_free_under_a_measure_on_the_joint_sender(staff):
    author, joint, members = make_joint_author()
    ben = make_author(owner="Ben", from_address="a@ben.example")
    ben.crowd(2)
    same(account(ben.account_id).holder_id, members[0])
    done = decided(staff, suspend({"joint_sender": [joint]}))
    assert ("account", ben.account_id) in {(each["kind"], each["id"]) for each in latest(done)["not_covered"]}
    assert starts(ben) and not starts(author)


def test_rule_4_each_participant_is_told_and_may_appeal_for_itself(staff):
    author, joint, members = make_joint_author()
    ben = make_author(owner="Ben", from_address="a@ben.example")
    same(account(ben.account_id).holder_id, members[0])
    done = decided(staff, suspend({"joint_sender": [joint]}))
    assert set(told(account_id=ben.account_id)) == {"decision"}, "in its own account"
    assert Notice.objects.filter(organisation_id=members[1]).exists(), "in care of the account that registered it"
    (seen,) = status(author.actor, author.account_id).restrictions
    assert seen.decision == done.decision.label


def test_rule_5_when_a_participant_leaves_coverage_is_stated_and_everybody_told_again(staff):
    author, joint, members = make_joint_author()
    done = decided(staff, suspend({"joint_sender": [joint]}))
    seen = Seen()
    assert extend_coverage(seen=seen) == 0
    end_participation(
        actor=author.actor, account_id=author.account_id, joint_sender_id=joint, organisation_id=members[1],
        until=SYSTEM_CLOCK.now().date(),
    )  # fmt: skip
    assert extend_coverage(seen=seen) == 1
    row = CoverageRevision.objects.filter(measure_id=done.decision.measures[0].id).latest("revision")
    assert row.why == "participant_left"
    assert {"organisation_id": members[1]} not in row.statement["notices"]
    for whom in ({"organisation_id": members[0]}, {"organisation_id": members[1]}, {"organisation_id": None}):
        assert told(account_id=author.account_id, **whom)[-1:] == ["coverage_changed"], whom


def test_rule_5_a_participant_leaves_on_its_day_without_anybody_writing(staff):
    clock = FixedClock(SYSTEM_CLOCK.now())
    author, joint, members = make_joint_author()
    end_participation(
        actor=author.actor, account_id=author.account_id, joint_sender_id=joint, organisation_id=members[1],
        until=(clock.now() + timedelta(days=2)).date(),
    )  # fmt: skip
    done = decided(staff, measure("suspend_sending", {"joint_sender": [joint]}, until(clock, timedelta(days=6)),
                                  clock=clock, mechanism=HOLD), clock=clock)  # fmt: skip
    seen = Seen()
    assert extend_coverage(clock, seen) == 0
    clock.advance(timedelta(days=3))
    assert extend_coverage(clock, seen) == 1
    assert {"organisation_id": members[1]} not in latest(done)["notices"]


def test_rule_5_scheduled_mail_with_the_old_joint_notice_is_blocked_until_renewed(staff):
    author, joint, members = make_joint_author(html=ASKS)
    clock = FixedClock(SYSTEM_CLOCK.now())
    author.crowd(3)
    number = author.campaign()
    schedule_campaign(**author.who, campaign_id=number, at=clock.now() + timedelta(hours=1), clock=clock)
    end_participation(
        actor=author.actor, account_id=author.account_id, joint_sender_id=joint, organisation_id=members[1],
        until=clock.now().date(),
    )  # fmt: skip
    clock.advance(timedelta(hours=2))
    assert start_due_campaigns(clock) == 0
    seen = campaign(author.actor, author.account_id, number)
    assert seen.state == "draft" and "joint notice" in seen.state_reason
    clock.advance(timedelta(hours=2))
    assert start_due_campaigns(clock) == 0, "and stays one"
    assert not HeldCampaign.objects.exists()


def test_rule_6_a_strike_goes_to_whom_it_is_given_and_never_by_association(staff):
    author, joint, members = make_joint_author()
    ben, carol = make_account(owner="Ben"), make_account(owner="Carol")
    for each, member in zip((ben, carol), members, strict=True):
        make_identity(each, f"a@a{each.account_id}.example")
        same(account(each.account_id).holder_id, member)
    decided(staff, suspend({"joint_sender": [joint]}), responsible=[account(ben.account_id).holder_id])
    assert len(strikes(ben.owner, ben.account_id)) == 1
    assert strikes(carol.owner, carol.account_id) == []
    assert strikes(author.actor, author.account_id) == []


def test_a_link_domain_of_another_organisation_its_owner_is_told_and_the_linkers_other_mail_goes_on(staff):
    owner = make_author(owner="Ben", from_address="news@party.example", link_domain="give.party.example")
    linker = make_author(
        html=page('<p><a href="https://give.party.example/x">Give</a></p>'), from_address="news@linker.example"
    )
    linker.crowd(2)
    running = linker.started()
    done = decided(staff, suspend({"link_domain": ["give.party.example"]}))
    statement = latest(done)
    why = {each["id"]: each["why"] for each in statement["covered"]["accounts"]}
    assert set(why) == {owner.account_id, linker.account_id}
    assert "other mail is not" in why[linker.account_id]
    assert told(account_id=owner.account_id) == ["decision"]
    assert told(account_id=linker.account_id) == ["decision"]
    assert done.held == ((linker.account_id, running),)
    assert not starts(linker)
    assert starts(linker, linker.version(page("<p>Nothing to click.</p>")))


def test_who_links_to_a_restricted_domain_later_is_told_before_it_is_refused(staff):
    make_author(owner="Ben", from_address="news@party.example", link_domain="give.party.example")
    linker = make_author(
        html=page('<p><a href="https://give.party.example/x">Give</a></p>'), from_address="news@linker.example"
    )
    done = decided(staff, suspend({"link_domain": ["give.party.example"]}))
    assert linker.account_id not in {each["id"] for each in latest(done)["covered"]["accounts"]}
    assert not starts(linker)
    assert told(account_id=linker.account_id) == ["addendum"]
    assert not starts(linker)
    assert told(account_id=linker.account_id) == ["addendum"], "once"


def test_a_domain_selector_reaches_subdomains_in_every_account_and_no_look_alike(staff):
    one = make_author(from_address="a@news.party.example")
    two = make_author(owner="Ben", from_address="b@party.example")
    other = make_author(owner="Carol", from_address="c@notparty.example")
    other.crowd(2)
    done = decided(staff, suspend({"domain": ["party.example"]}))
    assert {each["id"] for each in latest(done)["covered"]["accounts"]} == {one.account_id, two.account_id}
    assert not starts(one) and not starts(two) and starts(other)
