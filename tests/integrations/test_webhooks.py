"""What happens in an account reaches the addresses it names: signed, in batches, noted once, posted at least once."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from tests.builders.delivery import AT, clock
from tests.builders.sending import rows
from tests.builders.tenants import make_account
from tests.builders.webhooks import happen, make_contact, make_webhook, told, withdraw

from fairpost.audit.queries import audit_events
from fairpost.contacts.consent import note_consent
from fairpost.integrations.actions import post_webhooks as posting_job
from fairpost.integrations.actions.change_webhooks import (
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_webhook,
)
from fairpost.integrations.actions.note_events import note_events
from fairpost.integrations.actions.post_webhooks import post_one, post_webhooks
from fairpost.integrations.actions.redeliver import redeliver, redeliver_given_up
from fairpost.integrations.actions.try_webhook import try_webhook
from fairpost.integrations.outgoing.client import Outgoing
from fairpost.integrations.queries.webhooks import deliveries, failing_webhooks, webhook, webhooks
from fairpost.integrations.webhooks.signing import check_signature
from fairpost.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db


def test_events_are_signed_batched_and_name_the_contact(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    make_contact(ada, 7, "ann@x.example", AT)
    assert happen(ada, added.id, range(6, 8), now) == 1
    [asked] = server.asked
    assert asked.method == "POST"
    events = told(asked, added.secret, now.now())
    assert [each["data"]["contact"] for each in events] == [
        {"ordinal": 6, "address": None},
        {"ordinal": 7, "address": "ann@x.example"},
    ]
    assert {each["type"] for each in events} == {"contact.unsubscribed"}
    assert {each["account_id"] for each in events} == {ada.account_id}
    assert asked.headers["webhook-id"] == json.loads(asked.body)["id"]
    [row] = deliveries(ada.owner, ada.account_id, added.id)
    assert (row.state, row.status, row.attempts, row.events) == ("delivered", 200, 1, 2)
    assert happen(ada, added.id, range(0), now) == 0
    assert len(server.asked) == 1


def test_a_thousand_events_go_in_batches_of_500(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    assert happen(ada, added.id, range(1, 1101), now) == 3
    counts = [len(told(each, added.secret, now.now())) for each in server.asked]
    assert counts == [500, 500, 100]


def test_only_what_was_asked_for_and_happened_since_is_told(receiver):
    ada, server, now = make_account(), receiver(), clock()
    withdraw(ada, 1, now.now())
    bounces = make_webhook(ada, server, "contact.bounced", clock=now)
    unsubscribes = make_webhook(ada, server, "contact.unsubscribed", clock=now)
    withdraw(ada, 2, now.now())
    note_events(now)
    assert post_one(ada.account_id, bounces.id, now) == 0
    assert post_one(ada.account_id, unsubscribes.id, now) == 1
    [event] = told(server.asked[0], unsubscribes.secret, now.now())
    assert event["data"]["contact"]["ordinal"] == 2


def test_two_accounts_never_see_each_others(receiver):
    ada, mallory, now = make_account(), make_account(owner="Mallory"), clock()
    hers, his = receiver(), receiver()
    added, other = make_webhook(ada, hers, clock=now), make_webhook(mallory, his, clock=now)
    withdraw(ada, 1, now.now())
    note_events(now)
    assert post_one(ada.account_id, added.id, now) == 1
    assert post_one(mallory.account_id, other.id, now) == 0
    assert not his.asked
    delivery_id = deliveries(ada.owner, ada.account_id, added.id)[0].delivery_id
    for attempt in (
        lambda: webhook(mallory.owner, mallory.account_id, added.id),
        lambda: webhook(mallory.owner, ada.account_id, added.id),
        lambda: deliveries(mallory.owner, mallory.account_id, added.id),
        lambda: pause_webhook(actor=mallory.owner, account_id=mallory.account_id, webhook_id=added.id),
        lambda: rotate_webhook(actor=mallory.owner, account_id=ada.account_id, webhook_id=added.id),
        lambda: redeliver(
            actor=mallory.owner, account_id=mallory.account_id, webhook_id=other.id, delivery_id=delivery_id
        ),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert [each.id for each in webhooks(mallory.owner, mallory.account_id)] == [other.id]


def test_what_is_not_taken_is_tried_again_later_under_the_same_id(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda _asked: (500, {}, b"no"))
    added = make_webhook(ada, server, clock=now)
    assert happen(ada, added.id, range(1, 3), now) == 0
    assert post_one(ada.account_id, added.id, now) == 0, "not before its time"
    waits = []
    for _attempt in range(5):
        before = now.now()
        [row] = deliveries(ada.owner, ada.account_id, added.id)
        assert (row.state, row.status) == ("waiting", 500)
        waits.append(row.next_at - before)
        now.at = max(row.next_at, webhook(ada.owner, ada.account_id, added.id).next_at)
        post_one(ada.account_id, added.id, now)
    assert timedelta(seconds=2) < waits[0] <= timedelta(seconds=5)
    assert waits[-1] > 5 * waits[0]
    server.behaviour = lambda _asked: (204, {}, b"")
    now.advance(timedelta(hours=6))
    assert post_one(ada.account_id, added.id, now) == 1
    assert len({each.headers["webhook-id"] for each in server.asked}) == 1
    assert len({each.body for each in server.asked}) == 1
    assert len({each.headers["webhook-timestamp"] for each in server.asked}) > 1
    assert webhook(ada.owner, ada.account_id, added.id).failures == 0


def test_a_delivery_that_is_never_taken_keeps_no_other(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda asked: (500 if b'"ordinal":1,' in asked.body else 200, {}, b""))
    added = make_webhook(ada, server, clock=now)
    happen(ada, added.id, range(1, 2), now)
    for ordinal in range(2, 5):
        now.advance(timedelta(seconds=30))
        happen(ada, added.id, range(ordinal, ordinal + 1), now)
    states = [each.state for each in deliveries(ada.owner, ada.account_id, added.id)]
    assert states == ["delivered", "delivered", "delivered", "waiting"]


def test_after_three_days_it_is_failing_and_its_people_are_told(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda _asked: (503, {}, b""))
    added = make_webhook(ada, server, clock=now)
    happen(ada, added.id, range(1, 2), now)
    for _step in range(14):
        now.advance(timedelta(hours=6))
        post_one(ada.account_id, added.id, now)
    view = webhook(ada.owner, ada.account_id, added.id)
    assert (view.state, view.state_reason) == ("failing", "nothing was taken for three days")
    [row] = deliveries(ada.owner, ada.account_id, added.id)
    assert row.state == "given_up"
    assert [each.id for each in failing_webhooks(ada.account_id)] == [added.id]
    assert "webhook.given_up" in {each.act for each in audit_events(ada.account_id, limit=5)}
    count = len(server.asked)
    assert happen(ada, added.id, range(2, 3), now) == 0
    assert len(server.asked) == count, "nothing is posted to one that is failing"
    server.behaviour = lambda _asked: (200, {}, b"")
    resume_webhook(actor=ada.owner, account_id=ada.account_id, webhook_id=added.id, clock=now)
    assert redeliver_given_up(actor=ada.owner, account_id=ada.account_id, webhook_id=added.id, clock=now) == 1
    assert post_one(ada.account_id, added.id, now) == 2
    assert failing_webhooks(ada.account_id) == []


def test_a_receiver_that_is_gone_is_asked_once(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda _asked: (410, {}, b""))
    added = make_webhook(ada, server, clock=now)
    happen(ada, added.id, range(1, 2), now)
    now.advance(timedelta(hours=1))
    post_one(ada.account_id, added.id, now)
    assert len(server.asked) == 1
    assert webhook(ada.owner, ada.account_id, added.id).state == "failing"


def test_a_redirect_is_a_failure_that_says_so(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda asked: (307, {"Location": "http://127.0.0.1/secret"}, b"secret"))
    added = make_webhook(ada, server, clock=now)
    happen(ada, added.id, range(1, 2), now)
    [row] = deliveries(ada.owner, ada.account_id, added.id)
    assert row.error == "The server answered 307: redirects are not followed."
    assert len(server.asked) == 1


def test_pausing_keeps_events_and_resuming_posts_them(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    who = {"actor": ada.owner, "account_id": ada.account_id, "webhook_id": added.id, "clock": now}
    pause_webhook(**who)
    assert happen(ada, added.id, range(1, 4), now) == 0
    assert webhook(ada.owner, ada.account_id, added.id).waiting == 3
    with pytest.raises(Conflict):
        pause_webhook(**who)
    resume_webhook(**who)
    assert post_one(ada.account_id, added.id, now) == 1


def test_both_secrets_sign_until_the_overlap_is_over(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    new = rotate_webhook(actor=ada.owner, account_id=ada.account_id, webhook_id=added.id, clock=now)
    assert new.secret != added.secret
    happen(ada, added.id, range(1, 2), now)
    for secret in (added.secret, new.secret):
        check_signature(secret, server.asked[0].headers, server.asked[0].body, now.now())
    now.advance(timedelta(hours=25))
    happen(ada, added.id, range(2, 3), now)
    check_signature(new.secret, server.asked[1].headers, server.asked[1].body, now.now())
    with pytest.raises(Invalid, match="does not fit"):
        check_signature(added.secret, server.asked[1].headers, server.asked[1].body, now.now())
    assert added.secret.encode() not in bytes(rows("SELECT secret FROM webhook WHERE id = %s", added.id)[0][0])


def test_a_removed_one_is_posted_nothing_and_leaves_nothing(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    withdraw(ada, 1, now.now())
    note_events(now)
    remove_webhook(actor=ada.owner, account_id=ada.account_id, webhook_id=added.id, clock=now)
    withdraw(ada, 2, now.now())
    note_events(now)
    assert post_one(ada.account_id, added.id, now) == 0
    assert rows("SELECT count(*) FROM webhook_event WHERE account_id = %s", ada.account_id) == [(0,)]
    assert webhooks(ada.owner, ada.account_id) == []
    with pytest.raises(Conflict):
        resume_webhook(actor=ada.owner, account_id=ada.account_id, webhook_id=added.id)


def test_what_was_delivered_is_posted_again_on_request_under_its_id(receiver):
    ada, server, now = make_account(), receiver(), clock()
    added = make_webhook(ada, server, clock=now)
    happen(ada, added.id, range(1, 2), now)
    [row] = deliveries(ada.owner, ada.account_id, added.id)
    redeliver(
        actor=ada.owner, account_id=ada.account_id, webhook_id=added.id, delivery_id=row.delivery_id, clock=now
    )
    assert post_one(ada.account_id, added.id, now) == 1
    assert server.asked[0].headers["webhook-id"] == server.asked[1].headers["webhook-id"]
    assert server.asked[0].body == server.asked[1].body


def test_a_test_says_at_once_what_came_of_it(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda _asked: (404, {}, b""))
    added = make_webhook(ada, server, "contact.bounced", clock=now)
    who = {"actor": ada.owner, "account_id": ada.account_id, "webhook_id": added.id, "clock": now}
    assert try_webhook(**who).error == "The server answered 404."
    server.behaviour = lambda _asked: (200, {}, b"")
    assert try_webhook(**who).state == "delivered"
    [event] = told(server.asked[1], added.secret, now.now())
    assert event["type"] == "webhook.test"


def test_an_erased_contacts_address_is_not_posted_again(receiver):
    ada, now = make_account(), clock()
    server = receiver(lambda _asked: (500, {}, b""))
    added = make_webhook(ada, server, clock=now)
    make_contact(ada, 1, "ann@x.example", AT)
    happen(ada, added.id, range(1, 2), now)
    rows("DELETE FROM contact WHERE account_id = %s", ada.account_id)
    server.behaviour = lambda _asked: (200, {}, b"")
    now.advance(timedelta(minutes=1))
    post_one(ada.account_id, added.id, now)
    assert b"ann@x.example" in server.asked[0].body
    assert b"ann@x.example" not in server.asked[1].body


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://a.example/", "https://localhost/", "https://a.example:22/"])
def test_an_address_that_nothing_may_go_to_is_refused_when_it_is_named(url, monkeypatch):
    monkeypatch.setattr(Outgoing, "names", lambda _self, _host: [])
    ada = make_account()
    from fairpost.integrations.actions.add_webhook import add_webhook

    with pytest.raises(Invalid):
        add_webhook(actor=ada.owner, account_id=ada.account_id, url=url, events=["*"])
    assert webhooks(ada.owner, ada.account_id) == []


def test_an_unknown_event_type_is_refused(receiver):
    with pytest.raises(Invalid, match="no event type"):
        make_webhook(make_account(), receiver(), "contact.born")


class TestTogether:
    """With several connections at once, and processes that die."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_a_row_whose_transaction_ends_late_is_told_too_and_once(self, receiver, database_url):
        ada, server, now = make_account(), receiver(), clock()
        added = make_webhook(ada, server, clock=now)
        with psycopg.connect(database_url) as slow:
            line = [ada.account_id, "late@x.example", 1, "account", "withdrawn", "form", None, "asked", now.now()]
            note_consent(slow.cursor(), *line)  # has the smaller number, and is not committed
            withdraw(ada, 2, now.now())
            note_events(now)
            assert noted(ada.account_id) == [2]
            for _sweep in range(3):  # as long as it runs, however long that is
                now.advance(timedelta(seconds=40))
                note_events(now)
            slow.commit()
        for _sweep in range(4):
            now.advance(timedelta(seconds=40))
            note_events(now)
        assert sorted(noted(ada.account_id)) == [1, 2]
        assert post_one(ada.account_id, added.id, now) == 1

    def test_a_crash_after_the_post_leads_to_the_same_post_again(self, receiver):
        ada, server, now = make_account(), receiver(), clock()
        added = make_webhook(ada, server, clock=now)
        withdraw(ada, 1, now.now())
        note_events(now)

        class Dies(Outgoing):
            def post(self, *arguments):
                super().post(*arguments)
                raise SystemExit  # the process ends with the answer in its hands

        with pytest.raises(SystemExit):
            post_one(ada.account_id, added.id, now, Dies)
        assert post_one(ada.account_id, added.id, now) == 0, "leased until it is clear that nobody is at it"
        now.advance(timedelta(seconds=61))
        assert post_one(ada.account_id, added.id, now) == 1
        first, second = server.asked
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body

    def test_a_crash_while_noting_loses_and_doubles_nothing(self, receiver):
        ada, server, now = make_account(), receiver(), clock()
        make_webhook(ada, server, clock=now)
        for ordinal in range(1, 4):
            withdraw(ada, ordinal, now.now())
        with pytest.raises(RuntimeError), transaction.atomic():
            note_events(now)
            raise RuntimeError
        assert noted(ada.account_id) == []
        note_events(now)
        now.advance(timedelta(minutes=5))
        note_events(now)
        assert noted(ada.account_id) == [1, 2, 3]

    def test_a_receiver_that_answers_slowly_keeps_no_other(self, receiver):
        ada, ben, now = make_account(), make_account(), clock()
        going = threading.Event()
        slow, quick = receiver(lambda _asked: (going.wait(5), (200, {}, b""))[1]), receiver()
        make_webhook(ada, slow, clock=now)
        make_webhook(ben, quick, clock=now)
        withdraw(ada, 1, now.now())
        withdraw(ben, 1, now.now())
        note_events(now)
        began = time.monotonic()
        post_webhooks(now, patience=0.3)
        while not quick.asked and time.monotonic() - began < 3:
            post_webhooks(now, patience=0.1)
        assert len(quick.asked) == 1
        assert time.monotonic() - began < 3
        assert len(slow.asked) <= 1
        going.set()
        end = time.monotonic() + 5
        while posting_job.POSTS.under_way and time.monotonic() < end:
            time.sleep(0.02)
        assert len(slow.asked) == 1
        assert rows("SELECT DISTINCT state FROM webhook_delivery") == [("delivered",)]


def noted(account_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ordinal FROM webhook_event WHERE account_id = %s ORDER BY position", [account_id])
        return [row[0] for row in cursor.fetchall()]
