"""Notices leave through the platform's own relay whatever is in force, each once, and every answer is kept."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.db import connection
from tests.builders.enforcement import decided, measure
from tests.builders.sending import Works
from tests.builders.tenants import make_account

from fairpost.delivery import platform_mail
from fairpost.delivery.platform_mail import post_notices
from fairpost.enforcement.actions.resend_notice import release_notices, resend_notice
from fairpost.enforcement.models import Notice, NoticeEvent, NoticePost
from fairpost.enforcement.notices import posting
from fairpost.enforcement.queries.notices import Wanted, notice, notice_message, notices
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import FixedClock, SystemClock
from fairpost.kernel.errors import Conflict, Forbidden
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
from fairpost.tenants.actions.add_outside_contact import add_outside_contact
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actions.create_platform_key import create_platform_key
from fairpost.tenants.actions.verify_outside_contact import verify_outside_contact
from fairpost.tenants.actors import local_operator

OPERATOR = local_operator()


@pytest.fixture
def ada(staff):
    return make_account("party")


def suspended(staff, tenant, **more):
    scope = {"account": [tenant.account_id]}
    return decided(staff, measure("suspend_sending", scope, mechanism={"queue": "hold"}), **more).decision


def later(**term):
    return SystemClock(timedelta(**term))


def whats(notice_id=None):
    rows = NoticeEvent.objects.order_by("pk")
    return [each.what for each in (rows.filter(notice_id=notice_id) if notice_id else rows)]


def test_a_notice_goes_out_while_all_sending_of_its_account_is_suspended(staff, ada, works: Works):
    server = works.server()
    works.relay(server)
    decision = suspended(staff, ada)
    assert post_notices() == 1
    (arrival,) = server.arrivals
    message = arrival.message
    row = Notice.objects.get()
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert message["Content-Language"] == "en"
    assert message["From"] == "notices@localhost"
    assert message["Date"].datetime == row.at.replace(microsecond=0)
    assert decision.label in message["Subject"]
    assert arrival.sender.startswith("n-") and arrival.sender.endswith("@bounces.localhost")
    view = notice(OPERATOR, None, row.pk)
    plain = message.get_body(("plain",)).get_content()
    assert plain.splitlines() == view.text.splitlines()
    assert message.get_body(("html",)).get_content().splitlines() == view.html.splitlines()
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_message_that_was_handed_over_is_kept_with_the_relays_answer(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("dot", reply="250 2.0.0 Ok: queued as 4XYZ1234AB"))
    relay = works.relay(server)
    suspended(staff, ada)
    post_notices()
    (row,) = notices(OPERATOR, None)
    assert row.state == "handed_over" and row.seconds < 60
    event = notice(OPERATOR, None, row.id).events[-1]
    assert (event.detail["queue_id"], event.detail["relay"], event.detail["code"]) == ("4XYZ1234AB", relay, 250)
    kept = notice_message(ada.owner, ada.account_id, row.id)
    assert kept == server.arrivals[0].content
    assert message_from_bytes(kept, policy=policy.default)["To"].endswith("@example.org")


def test_the_platforms_own_pool_and_signature_are_used(staff, ada, works: Works, monkeypatch):
    other, own = works.server(), works.server()
    works.relay(other)
    works.relay(own, pool="platform", signs=False)
    key = create_platform_key(actor=OPERATOR, domain="platform.example", selector="own", algorithm="ed25519")
    activate_dkim_key(actor=OPERATOR, account_id=None, key_id=key.id, force=True, reason="test")
    changed = replace(
        settings.FAIRPOST, platform_dkim_selector="own", platform_from="legal@platform.example",
        platform_contact="appeals@platform.example",
    )  # fmt: skip
    monkeypatch.setattr(settings, "FAIRPOST", changed)
    suspended(staff, ada)
    assert post_notices() == 1
    assert other.arrivals == []
    message = own.arrivals[0].message
    assert "d=platform.example" in message["DKIM-Signature"] and "s=own" in message["DKIM-Signature"]
    assert (message["From"], message["Reply-To"]) == ("legal@platform.example", "appeals@platform.example")


def test_a_confirmed_contact_outside_gets_it_in_its_language(staff, ada, works: Works):
    server = works.server()
    works.relay(server)
    added = add_outside_contact(actor=ada.owner, account_id=ada.account_id, email="r@law.example", language="de")
    verify_outside_contact(added.token)
    suspended(staff, ada)
    assert post_notices() == 2
    (arrival,) = server.to("r@law.example")
    assert arrival.message["Subject"].startswith("Entscheidung D-")
    assert "das Senden ist ausgesetzt" in arrival.message.get_body(("plain",)).get_content()


def test_a_relay_that_is_away_and_comes_back_gets_it(staff, ada, works: Works):
    server = works.server()
    works.relay(server)
    server.down()
    suspended(staff, ada)
    assert post_notices() == 0
    assert post_notices(later(seconds=1)) == 0
    assert whats() == ["queued", "deferred"]
    server.up()
    assert post_notices(later(seconds=10)) == 1
    assert whats() == ["queued", "deferred", "handed_over"]
    assert len(server.arrivals) == 1


def test_without_any_relay_it_waits_and_says_so(staff, ada):
    suspended(staff, ada)
    assert post_notices() == 0
    event = NoticeEvent.objects.get(what="deferred")
    assert "no relay of the platform's own pool works" in event.detail["text"]


def test_another_relay_of_the_pool_takes_over(staff, ada, works: Works):
    away, here = works.server(), works.server()
    works.relay(away, weight=10)
    works.relay(here, weight=1)
    away.down()
    suspended(staff, ada)
    assert post_notices() == 1
    assert len(here.arrivals) == 1


def test_a_deferral_is_tried_again_with_longer_and_longer_waits(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("rcpt", reply="451 4.3.0 not now"))
    works.relay(server)
    clock = FixedClock(SystemClock().now())
    suspended(staff, ada)
    waits = []
    for _ in range(6):
        clock.advance(timedelta(seconds=1))
        post_notices(clock)
        post = NoticePost.objects.get()
        waits.append((post.next_at - clock.now()).total_seconds())
        clock.at = post.next_at
    assert waits == sorted(waits) and 3 < waits[0] < 7 and waits[-1] > 60
    assert whats() == ["queued", "deferred"]  # the same answer is written down once
    server.behave()
    clock.advance(timedelta(hours=1))
    assert post_notices(clock) == 1


def test_a_final_refusal_is_recorded_without_the_address_and_shown(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("rcpt", reply="550 5.1.1 <nobody@example.org>: no such user"))
    works.relay(server)
    create_person(actor=OPERATOR, account_id=ada.account_id, email="nobody@example.org", name="No", role="owner")
    suspended(staff, ada)
    assert post_notices() == 0
    assert post_notices(later(days=1)) == 0, "it is not tried again"
    failed = notices(OPERATOR, None, Wanted(state="failed"))
    assert len(failed) == 2
    texts = [each.detail["text"] for each in NoticeEvent.objects.filter(what="failed")]
    assert all("<recipient>: no such user" in each for each in texts)
    assert not any("nobody@" in each for each in texts)


def test_after_five_days_it_is_given_up_and_shown(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("rcpt", reply="451 4.3.0 not now"))
    works.relay(server)
    suspended(staff, ada)
    post_notices()
    post_notices(later(days=5))
    assert whats() == ["queued", "deferred", "failed"]


def test_a_poster_killed_between_sending_and_recording_doubles_it_at_most_once(staff, ada, works: Works, monkeypatch):
    server = works.server()
    works.relay(server)
    suspended(staff, ada)

    class Killed(BaseException):
        pass

    def die(*_args, **_more):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(platform_mail, "hand_over", die)
        with pytest.raises(Killed):
            post_notices()
    assert len(server.arrivals) == 1
    assert post_notices() == 0, "it is leased"
    assert post_notices(later(minutes=6)) == 1
    assert post_notices(later(minutes=12)) == 0
    first, second = server.arrivals
    assert first.message_id == second.message_id
    assert first.content == second.content


def test_a_lost_connection_after_the_last_dot_is_tried_again_under_the_same_message_id(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("dot", close=True, times=1))
    works.relay(server)
    suspended(staff, ada)
    assert post_notices() == 0
    assert whats() == ["queued", "deferred"]
    assert post_notices(later(seconds=10)) == 1
    assert len({each.message_id for each in server.arrivals}) == 1


def test_two_posters_at_once_post_each_notice_once(staff, ada, works: Works):
    server = works.server()
    works.relay(server)
    for number in range(30):
        create_person(actor=OPERATOR, account_id=ada.account_id, email=f"p{number}@example.org", name="P", role="owner")
    suspended(staff, ada)
    counts = []

    def run():
        counts.append(post_notices())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(counts) == 31
    assert set(server.counts.values()) == {1} and len(server.arrivals) == 31


def test_one_bad_address_stops_no_other(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("rcpt", match="p1@", reply="550 5.1.1 no"), Rule("rcpt", match="p2@", reply="451 4.2.0 full"))
    works.relay(server)
    for number in range(25):
        create_person(actor=OPERATOR, account_id=ada.account_id, email=f"p{number}@example.org", name="P", role="owner")
    suspended(staff, ada)
    assert post_notices() == 24
    states = sorted(NoticePost.objects.values_list("state", flat=True))
    assert states == ["failed", *["handed_over"] * 24, "queued"]


def test_what_is_withheld_is_posted_once_a_legal_officer_releases_it(staff, ada, works: Works):
    server = works.server()
    works.relay(server)
    decision = suspended(staff, ada, notice_withheld="order O-4")
    assert post_notices(later(days=1)) == 0
    with pytest.raises(Forbidden):
        release_notices(actor=staff.noor, decision_id=decision.id, reason="over")
    assert release_notices(actor=staff.leo, decision_id=decision.id, reason="The order has ended.") == 1
    assert post_notices(later(seconds=1)) == 1
    assert whats() == ["withheld", "released", "handed_over"]
    assert len(notices(ada.owner, ada.account_id)) == 1
    with pytest.raises(Conflict):
        release_notices(actor=staff.leo, decision_id=decision.id, reason="again")


def test_an_operator_posts_one_that_failed_again_word_for_word(staff, ada, works: Works):
    server = works.server()
    server.behave(Rule("rcpt", reply="550 5.1.1 no", times=1))
    works.relay(server)
    suspended(staff, ada)
    post_notices()
    (row,) = notices(OPERATOR, None)
    with pytest.raises(Forbidden):
        resend_notice(actor=ada.owner, notice_id=row.id)
    resend_notice(actor=OPERATOR, notice_id=row.id, reason="mended")
    with pytest.raises(Conflict):
        resend_notice(actor=OPERATOR, notice_id=row.id)
    assert post_notices(later(seconds=1)) == 1
    assert whats() == ["queued", "failed", "resent", "handed_over"]
    assert server.arrivals[0].message_id == Notice.objects.get().message_id


def test_an_erased_recipient_ends_the_notice(staff, ada, works: Works):
    from fairpost.audit.vault import destroy_key

    works.relay(works.server())
    suspended(staff, ada)
    destroy_key(f"person:{ada.owner.person_id}")
    assert post_notices() == 0
    assert NoticeEvent.objects.get(what="failed").detail == {"reason": "erased"}


def test_a_lost_lease_does_not_undo_what_another_poster_recorded(staff, ada):
    suspended(staff, ada)
    now = SystemClock().now()
    (first,) = posting.claim(now, 10)
    assert posting.claim(now, 10) == []
    (second,) = posting.claim(now + posting.LEASE, 10)
    posting.hand_over(second.notice_id, second.lease, b"message", {}, now)
    posting.finish(first.notice_id, first.lease, "failed", {}, now)
    assert NoticePost.objects.get().state == "handed_over"
    assert whats() == ["queued", "handed_over"]
