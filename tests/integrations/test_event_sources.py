"""Every type of event is told of what really happened: to the webhooks that want it, and to nobody of another unit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from pyroaring import BitMap
from tests.builders.appeals import suspended
from tests.builders.campaigns import make_author
from tests.builders.delivery import AT, clock, dispatch
from tests.builders.enforcement import make_staff
from tests.builders.hits import Edge, fold_all
from tests.builders.sending import rows
from tests.builders.tenants import make_account
from tests.builders.webhooks import happen, make_contact, make_webhook, told, withdraw

from fairpost.audit.holds import Held
from fairpost.contacts.actions.erase_contact import erase_contact
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.force.store import SNAPSHOT
from fairpost.events.actions.take_donations import take_donations
from fairpost.events.actions.take_feedback import take_bounce, take_complaint
from fairpost.events.donations.lines import DonationLine, RefundLine
from fairpost.integrations.actions.forget import forget_deliveries, forget_posts
from fairpost.integrations.actions.note_events import note_events
from fairpost.integrations.actions.post_webhooks import post_one
from fairpost.tenants.actions.create_unit import create_unit

CAMPAIGN = 9
NOBODY = Held(frozenset())


def noted(webhook_id):
    """(type, ordinal, facts) of what is noted for one webhook, in order."""
    return rows(
        "SELECT type, ordinal, facts::text FROM webhook_event WHERE webhook_id = %s ORDER BY at, position", webhook_id
    )


def types(webhook_id):
    return [row[0] for row in noted(webhook_id)]


def set_state(tenant, state, now):
    rows(
        "UPDATE dispatch SET state = %s, state_at = %s WHERE account_id = %s AND campaign_id = %s",
        state, now.now(), tenant.account_id, CAMPAIGN,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_states_of_a_campaign_are_told_once_each(receiver):
    ada, server, now = make_account(), receiver(), clock()
    dispatch(ada.account_id, 1, BitMap([1]))  # runs already, before there is a webhook
    added = make_webhook(ada, server, "campaign.*", clock=now)
    dispatch(ada.account_id, CAMPAIGN, BitMap([1]))
    note_events(now)
    for state in ("paused", "running", "stopped", "running", "finished"):
        now.advance(timedelta(minutes=1))
        set_state(ada, state, now)
        note_events(now)
        note_events(now)
    assert types(added.id) == [
        "campaign.started", "campaign.paused", "campaign.resumed", "campaign.stopped", "campaign.resumed",
        "campaign.finished",
    ]  # fmt: skip
    dispatch(ada.account_id, CAMPAIGN + 1, BitMap([1]), state="finished")
    note_events(now)
    second = [kind for kind, _ordinal, facts in noted(added.id) if f'"campaign_id": {CAMPAIGN + 1}' in facts]
    assert sorted(second) == ["campaign.finished", "campaign.started"]


@pytest.mark.django_db
def test_a_test_mailing_is_no_event(receiver):
    ada, now = make_account(), clock()
    added = make_webhook(ada, receiver(), clock=now)
    dispatch(ada.account_id, CAMPAIGN, BitMap([1]))
    rows("UPDATE dispatch SET test = true WHERE account_id = %s", ada.account_id)
    withdraw(ada, 1, now.now(), f"campaign:{CAMPAIGN}")
    note_events(now)
    assert noted(added.id) == []


@pytest.mark.django_db
def test_bounces_complaints_and_donations_are_told(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    for ordinal in (1, 2, 3):
        make_contact(ada, ordinal, f"p{ordinal}@x.example", AT)
    about = {"account_id": ada.account_id, "campaign_id": None, "source": "webhook", "at": AT}
    said = {"status": "5.1.1", "code": "550", "confidence": 1.0, "diagnostic": "unknown"}
    for number, cls, hard in ((1, "unknown_user", True), (2, "mailbox_full", False), (3, "policy", False)):
        take_bounce(
            **about, **said, ordinal=number, address="", cls=cls, hard=hard, digest=bytes([number])
        )
    take_complaint(**about, ordinal=2, address="", digest=b"c")
    take_complaint(**about, ordinal=3, address="", digest=b"n", feedback_type="not-spam")
    take_bounce(**about, **said, ordinal=99, address="", cls="unknown_user", hard=True, digest=b"x")
    line = DonationLine("acme", "A1", AT, 2500, "USD", "1", receiver="State Party")
    take_donations(account_id=ada.account_id, lines=[line], source="test", clock=now)
    take_donations(account_id=ada.account_id, lines=[line], source="test", clock=now)
    now.advance(timedelta(seconds=1))
    refund = RefundLine("refund", "acme", "A1", "r1", AT, "1")
    take_donations(account_id=ada.account_id, lines=[refund], source="test", clock=now)
    note_events(now)
    post_one(ada.account_id, added.id, now)
    events = told(server.asked[0], added.secret, now.now())
    seen = [(each["type"], each["data"].get("contact", {}).get("ordinal")) for each in events]
    assert seen == [
        ("contact.bounced", 1), ("contact.bounced", 2), ("contact.complained", 2), ("donation.received", None),
        ("donation.refunded", None),
    ]  # fmt: skip
    assert [each["data"].get("hard") for each in events[:2]] == [True, False]
    assert events[0]["data"]["class"] == "unknown_user"
    assert (events[3]["data"]["amount"], events[3]["data"]["order_id"]) == (2500, "A1")
    assert events[4]["data"]["kind"] == "refund"


@pytest.mark.django_db(transaction=True)
def test_opens_and_clicks_of_people_are_told_and_those_of_machines_are_not(receiver, tmp_path):
    ada, ben, now = make_account(), make_account(), clock()
    added, other = make_webhook(ada, receiver(), clock=now), make_webhook(ben, receiver(), clock=now)
    dispatch(ada.account_id, CAMPAIGN, BitMap([7, 8, 9]))
    edge = Edge(tmp_path, ada.account_id, CAMPAIGN)
    edge.open(7, at=1)
    edge.open(8, at=2, agent=1)
    edge.open(9, at=3, test=True)
    edge.click(7, link=3, at=5)
    edge.die()
    fold_all(tmp_path)
    assert noted(added.id) == [
        ("contact.opened", 7, '{"campaign_id": 9}'),
        ("contact.clicked", 7, '{"link": 3, "campaign_id": 9}'),
    ]
    assert noted(other.id) == []


@pytest.mark.django_db
def test_a_webhook_of_one_unit_gets_what_concerns_its_campaigns(receiver):
    ada, now = make_account(), clock()
    youth = create_unit(actor=ada.owner, account_id=ada.account_id, slug="youth", name="Youth")
    all_of_it = make_webhook(ada, receiver(), "contact.unsubscribed", clock=now)
    own = make_webhook(ada, receiver(), "contact.unsubscribed", unit_id=youth, clock=now)
    dispatch(ada.account_id, CAMPAIGN, BitMap([1]))
    dispatch(ada.account_id, CAMPAIGN + 1, BitMap([2]))
    rows(
        "UPDATE dispatch SET unit_id = %s WHERE account_id = %s AND campaign_id = %s",
        youth, ada.account_id, CAMPAIGN,
    )  # fmt: skip
    withdraw(ada, 1, now.now(), f"campaign:{CAMPAIGN}")
    withdraw(ada, 2, now.now(), f"campaign:{CAMPAIGN + 1}")
    withdraw(ada, 3, now.now())
    note_events(now)
    assert [row[1] for row in noted(all_of_it.id)] == [1, 2, 3]
    assert [row[1] for row in noted(own.id)] == [1]


@pytest.mark.django_db(transaction=True)
def test_decisions_are_told_to_the_account_they_concern_and_to_no_other(receiver):
    SNAPSHOT.apply(0, (), list(SNAPSHOT.forces))
    author, ben, now = make_author(), make_account(), clock()
    added = make_webhook(author.tenant, receiver(), "decision.*", clock=now)
    other = make_webhook(ben, receiver(), "decision.*", clock=now)
    now.advance(timedelta(minutes=1))
    staff = make_staff(now)
    decision = suspended(staff, author.tenant, now).decision
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notice WHERE account_id = %s", [author.account_id])
        notices = cursor.fetchone()[0]
    note_events(now)
    note_events(now)
    assert notices
    [(kind, _ordinal, facts)] = noted(added.id)
    assert kind == "decision.in_force"
    assert decision.label in facts
    now.advance(timedelta(minutes=1))
    lift_measure(actor=staff.noor, measure_id=decision.measures[0].id, reason="A quotation.", clock=now)
    note_events(now)
    assert types(added.id) == ["decision.in_force", "decision.lifted"]
    assert noted(other.id) == []
    SNAPSHOT.apply(0, (), list(SNAPSHOT.forces))


@pytest.mark.django_db
def test_an_erased_person_is_named_by_no_event_that_waits(receiver):
    ada, now = make_account(), clock()
    added = make_webhook(ada, receiver(lambda _asked: (500, {}, b"")), clock=now)
    make_contact(ada, 1, "ann@x.example", AT)
    rows(
        "INSERT INTO intake (account_id, hook_id, provider, received_at, headers, body, state)"
        " VALUES (0, 'x', 'generic', %s, '{}', %s, 'failed')", AT, b'{"address": "ann@x.example"}',
    )  # fmt: skip
    rows(
        "INSERT INTO inbound_hook (hook_id, account_id, provider, name, settings, created_at)"
        " VALUES ('x', %s, 'generic', '', '{}', %s)", ada.account_id, AT,
    )  # fmt: skip
    happen(ada, added.id, range(1, 2), now)
    erase_contact(actor=ada.owner, account_id=ada.account_id, address="ann@x.example", reason="asked", clock=now)
    assert {row[1] for row in noted(added.id)} == {None}
    assert rows("SELECT body FROM intake") == [(b"",)]


@pytest.mark.django_db
def test_what_is_past_its_time_is_forgotten_and_what_is_held_is_not(receiver):
    ada, now = make_account(), clock()
    added = make_webhook(ada, receiver(), clock=now)
    happen(ada, added.id, range(1, 4), now)
    rows(
        "INSERT INTO intake (account_id, hook_id, provider, received_at, headers, body)"
        " VALUES (0, 'x', 'generic', %s, '{}', '')", AT,
    )  # fmt: skip
    rows("INSERT INTO intake_seen (account_id, hook_id, message_id, at) VALUES (0, 'x', 'm', %s)", AT)
    later = now.now() + timedelta(days=1)
    assert forget_deliveries(AT, NOBODY) == 0
    assert forget_deliveries(later, Held(frozenset({f"account:{ada.account_id}"}))) == 0
    assert forget_deliveries(later, NOBODY) == 4
    assert forget_posts(later, NOBODY) == 2
