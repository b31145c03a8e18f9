"""A campaign starts once, whole, and only where everything that it needs still holds."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection, transaction
from tests.builders.campaigns import make_author, make_joint_author, publish
from tests.builders.content import FOOTER, page
from tests.builders.sending import reached, rows, until
from tests.builders.tenants import make_identity

from fairpost.audit.queries import audit_events
from fairpost.campaigns.actions.checks import order_for
from fairpost.campaigns.actions.create_campaign import change_campaign
from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, start_due_campaigns
from fairpost.campaigns.actions.send_campaign import mark_started, send_campaign
from fairpost.campaigns.actions.stop_campaign import cancel_campaign, pause_campaign, resume_campaign
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.audience import audience_preview
from fairpost.campaigns.queries.campaigns import campaign, campaign_status
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.delivery.actions.dispatch import plan_dispatch
from fairpost.delivery.connect import connect
from fairpost.delivery.queries.progress import progress
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.segments.audience import Audience
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.end_participation import end_participation

pytestmark = pytest.mark.django_db(transaction=True)

ASK = page('<p><a href="https://give.example/" data-donation>Give</a></p>', "{{ joint_notice }} " + FOOTER)


def state(author, number):
    view = campaign(author.actor, author.account_id, number)
    return view.state, view.state_reason


def test_the_audience_is_counted_and_frozen_by_the_same_code(works):
    author = make_author()
    people = author.crowd(10)
    works.relay(works.server())
    suppress_addresses(**author.who, addresses=people[:3], reach="account", reason="left")
    rows("INSERT INTO contact_domain (domain, verdict) VALUES ('dead.example', 'dead')")
    author.people("someone@dead.example", first=11)
    number = author.campaign()
    seen = audience_preview(author.actor, author.account_id, number)
    assert (seen.selected, seen.suppressed, seen.dead_domain, seen.recipients, seen.first) == (11, 3, 1, 7, 4)
    author.send(number)
    counts = progress(author.account_id, number)
    assert (counts.selected, counts.suppressed, counts.dead_domain, counts.audience) == (11, 3, 1, 7)
    assert counts.state == "running" and counts.pending == 7
    author.people("late@lake.example", first=12)
    assert progress(author.account_id, number).audience == 7, "whoever comes later is not in it"


def test_an_audience_of_nobody_finishes_at_once(works):
    author = make_author()
    works.relay(works.server())
    number = author.started()
    counts = progress(author.account_id, number)
    assert (counts.state, counts.audience, counts.pending) == ("finished", 0, 0)
    assert counts.finished_at is not None


def test_starting_twice_at_once_sends_once(works):
    author = make_author()
    people = author.crowd(40)
    server = works.server()
    works.relay(server)
    number = author.campaign()
    outcomes = []

    def start():
        try:
            outcomes.append(author.send(number))
        except Conflict as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sum(not isinstance(each, Conflict) for each in outcomes) == 1 and len(outcomes) == 4
    works.fold()
    works.sender()
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)


def test_a_started_campaign_cannot_be_started_again(works):
    author = make_author()
    author.crowd(1)
    works.relay(works.server())
    number = author.started()
    with pytest.raises(Conflict, match="started already"):
        author.send(number)
    with pytest.raises(Conflict, match="started already"):
        schedule_campaign(**author.who, campaign_id=number, at=SYSTEM_CLOCK.now() + timedelta(hours=1))


def ordered(author, number):
    """What is there when a process is killed between the order and the plan."""
    now = SYSTEM_CLOCK.now()
    with transaction.atomic():
        row = Campaign.objects.get(pk=number)
        mark_started(author.actor, row, now, None, None)
    return row, now


def test_a_start_that_was_cut_short_is_gone_on_with(works):
    author = make_author()
    people = author.crowd(20)
    server = works.server()
    works.relay(server)
    number = author.campaign()
    ordered(author, number)
    assert state(author, number)[0] == "planning"
    assert campaign_status(author.actor, author.account_id, number).progress.audience == 0
    assert start_due_campaigns() == 1
    works.fold()
    works.sender()
    reached(author.account_id, number)
    assert server.counts == dict.fromkeys(people, 1)
    assert start_due_campaigns() == 0


def test_a_plan_that_was_cut_short_is_made_anew(works):
    """Half of its batches are written already."""
    author = make_author()
    author.crowd(20)
    works.relay(works.server())
    number = author.campaign()
    row, now = ordered(author, number)
    rows("INSERT INTO batch_audience VALUES (%s, %s, 0, 1, 'x'), (%s, %s, 9, 1, 'x')", *[author.account_id, number] * 2)
    plan_dispatch(order_for(row, now), now)
    assert rows("SELECT batch_no, size FROM batch_audience") == [(0, 20)]
    with pytest.raises(Conflict, match="running"):
        plan_dispatch(order_for(row, now), now)


def test_a_plan_is_made_by_one_process_at_a_time(works):
    author = make_author()
    author.crowd(20)
    works.relay(works.server())
    number = author.campaign()
    row, now = ordered(author, number)
    with connect() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [author.account_id, number])
        assert plan_dispatch(order_for(row, now), now, wait=False) is None
        assert start_due_campaigns() == 0
    assert start_due_campaigns() == 1


def test_a_campaign_cancelled_while_it_is_planned_never_opens(works):
    author = make_author()
    author.crowd(20)
    works.relay(works.server())
    number = author.campaign()
    errors = []

    def start():
        try:
            author.send(number)
        except Conflict as error:
            errors.append(str(error))
        finally:
            connection.close()

    with connect() as other:
        with other.transaction():
            other.execute("LOCK contact_domain IN ACCESS EXCLUSIVE MODE")  # the freeze reads it, and waits
            thread = threading.Thread(target=start)
            thread.start()
            until(lambda: rows("SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessShareLock'"), "it plans")
            cancel_campaign(**author.who, campaign_id=number)
        thread.join(20)
    assert errors == [f"Campaign {number} is cancelled."]
    assert start_due_campaigns() == 0
    counts = progress(author.account_id, number)
    assert (counts.state, counts.audience, counts.pending) == ("cancelled", 0, 0)
    assert not rows("SELECT 1 FROM batch") and not rows("SELECT 1 FROM batch_audience")


def test_an_audience_that_cannot_be_frozen_makes_it_a_draft_again(works):
    author = make_author()
    author.crowd(3)
    works.relay(works.server())
    number = author.campaign()
    broken = Audience(lists=(99999,)).to_json()
    Campaign.objects.filter(pk=number).update(audience=broken)
    with pytest.raises(Exception, match="no list 99999"):
        author.send(number)
    assert state(author, number) == ("draft", "There is no list 99999 in this account.")
    assert not rows("SELECT 1 FROM dispatch")
    change_campaign(**author.who, campaign_id=number, audience=Audience(everyone=True))
    author.send(number)
    assert progress(author.account_id, number).audience == 3


def test_one_start_that_fails_keeps_no_other_from_starting(works):
    author = make_author()
    author.crowd(3)
    works.relay(works.server())
    at = SYSTEM_CLOCK.now() + timedelta(seconds=0.3)
    bad, good = author.campaign(), author.campaign()
    for number in (bad, good):
        schedule_campaign(**author.who, campaign_id=number, at=at)
    Campaign.objects.filter(pk=bad).update(audience=Audience(segments=(99999,)).to_json())
    while SYSTEM_CLOCK.now() < at:
        pass
    assert start_due_campaigns() == 1
    assert state(author, good)[0] == "running"
    assert state(author, bad) == ("draft", "There is no segment 99999 in this account.")


def test_content_of_another_legal_sender_is_refused(works):
    author = make_author()
    author.crowd(1)
    works.relay(works.server())
    other = create_organisation(**author.who, name="Friends of the Shore", postal_address="3 Shore Road")
    theirs = make_identity(author.tenant, "shore@sender.example", organisation_id=other)
    number = author.campaign(identity_id=theirs)
    with pytest.raises(Invalid, match="another legal sender"):
        author.send(number)
    with pytest.raises(Invalid, match="another legal sender"):
        schedule_campaign(**author.who, campaign_id=number, at=SYSTEM_CLOCK.now() + timedelta(hours=1))
    assert state(author, number)[0] == "draft"


def test_without_a_key_only_relays_that_sign_may_be_used(works):
    author = make_author()
    author.crowd(1)
    works.relay(works.server())
    works.relay(works.server(), signs=False)
    number = author.campaign()
    with pytest.raises(Invalid, match="no active DKIM key"):
        author.send(number)
    author.send(author.campaign(pool_id=signing_pool(works)))


def signing_pool(works):
    works.relay(works.server(), pool="signs")
    return rows("SELECT id FROM relay_pool WHERE name = 'signs'")[0][0]


@pytest.fixture
def joint(works):
    """Ada asks for donations for a joint sender; its notice is in the mail."""
    author, sender, members = make_joint_author(html=ASK)
    author.crowd(30)
    server = works.server()
    works.relay(server)
    return author, sender, members, server


@pytest.mark.parametrize("change", ["formula", "participant"])
def test_a_changed_joint_notice_blocks_mail_with_the_old_one(works, joint, change):
    author, sender, members, server = joint
    at = SYSTEM_CLOCK.now() + timedelta(seconds=0.4)
    scheduled, draft = author.campaign(), author.campaign()
    schedule_campaign(**author.who, campaign_id=scheduled, at=at)
    if change == "formula":
        publish(author.tenant, sender, members, Fraction(1, 3))
    else:
        today = datetime.now(UTC).date()
        end_participation(
            **author.who, joint_sender_id=sender, organisation_id=members[0], until=today - timedelta(days=1)
        )
    while SYSTEM_CLOCK.now() < at:
        pass
    assert start_due_campaigns() == 0
    was, reason = state(author, scheduled)
    assert was == "draft" and "old joint notice" in reason
    with pytest.raises(Conflict, match="old joint notice"):
        author.send(draft)
    assert not rows("SELECT 1 FROM dispatch")
    last = next(each for each in audit_events(author.account_id) if each.subject == f"campaign:{scheduled}")
    assert (last.act, last.reason) == ("campaign.not_started", reason)


def test_a_changed_joint_notice_keeps_a_paused_campaign_from_going_on(works, joint):
    author, sender, members, server = joint
    number = author.started()
    pause_campaign(**author.who, campaign_id=number)
    publish(author.tenant, sender, members, Fraction(1, 3))
    with pytest.raises(Conflict, match="old joint notice"):
        resume_campaign(**author.who, campaign_id=number)
    assert progress(author.account_id, number).state == "paused"


def test_mail_with_the_new_notice_goes_out(works, joint):
    author, sender, members, server = joint
    publish(author.tenant, sender, members, Fraction(1, 3))
    number = author.campaign(content_version_id=author.version(ASK))
    author.send(number)
    works.fold()
    works.sender()
    reached(author.account_id, number)
    assert len(server.arrivals) == 30
    assert "1/3" in server.arrivals[0].message.get_body(("plain",)).get_content()


def test_a_latest_time_lies_ahead_and_not_too_far(works):
    author = make_author()
    author.crowd(1)
    works.relay(works.server())
    number = author.campaign()
    now = SYSTEM_CLOCK.now()
    for wrong in (now - timedelta(seconds=1), now + timedelta(days=31)):
        with pytest.raises(Invalid, match="latest time"):
            author.send(number, latest_at=wrong)
    assert send_campaign(**author.who, campaign_id=number).progress.latest_at > now + timedelta(days=2)
