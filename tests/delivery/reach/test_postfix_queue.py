"""What a real Postfix queues of a campaign is held, released and deleted there, and only that."""

from __future__ import annotations

import shutil
import smtplib
import time
from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import reached, rows, until
from tests.delivery.reach.conftest import LATER, access

from fairpost.delivery.actions.hold_queued import discard_queued, hold_queued, release_queued
from fairpost.delivery.queries.delivered import in_queues
from fairpost.delivery.reach import postfix as adapter
from fairpost.delivery.reach.jobs import keep_queued_held, read_relay_logs
from fairpost.delivery.reach.postfix_programs import Programs
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import SYSTEM_CLOCK, SystemClock


def test_what_is_deferred_is_held_and_goes_out_after_the_release(place):
    author, number = place.sent(80)
    place.deferred(80)
    report = hold_queued([(author.account_id, number)])
    assert (report.total.accepted, report.total.held, report.total.queued) == (80, 80, 0)
    assert place.in_queue("hold") == 80
    assert report.seconds < 5
    place.deliver()
    time.sleep(1)
    assert place.far.arrivals == []
    release_queued([(author.account_id, number)])
    place.postfix.command("postqueue", "-f")
    until(lambda: len(place.far.arrivals) == 80, "all arrive after the release")
    until(lambda: read_relay_logs() >= 0 and in_queues(author.account_id, number).delivered == 80, "delivered")
    assert rows("SELECT * FROM relay_hold") == []


def test_of_two_campaigns_in_one_queue_one_is_held(place):
    ada, held = place.sent(50)
    ben = make_author()
    _ben, free = place.sent(40, author=ben)
    place.deferred(90)
    report = hold_queued([(ada.account_id, held)])
    assert report.total.held == 50
    assert in_queues(ben.account_id, free).held == 0
    place.deliver()
    until(lambda: len(place.far.arrivals) == 40, "the other campaign's mail arrives")
    time.sleep(0.5)
    assert len(place.far.arrivals) == 40
    assert place.queues() == {"incoming": 0, "active": 0, "deferred": 0, "hold": 50}


def test_mail_of_others_in_the_same_queue_is_never_touched(place):
    author, number = place.sent(20)
    send_by_hand(place, "somebody@else.example")
    place.deferred(21)
    assert hold_queued([(author.account_id, number)]).total.held == 20
    discard_queued([(author.account_id, number)])
    assert place.queues()["deferred"] == 1 and place.queues()["hold"] == 0


def send_by_hand(place, sender):
    with smtplib.SMTP("127.0.0.1", place.postfix.port) as session:
        session.sendmail(sender, ["x@dest.example"], b"Subject: by hand\r\n\r\nhello\r\n")


def test_what_was_delivered_and_bounced_before_is_told_apart_by_the_log(place):
    gone = Rule("rcpt", match="person[12]@", reply="550 5.1.1 no such user")
    taken = Rule("rcpt", match="person[34]@", reply="250 2.1.5 ok")
    place.far.behave(gone, taken, LATER)
    author, number = place.sent(10)
    until(lambda: place.queues()["deferred"] >= 6 and place.queues()["active"] == 0, "six are deferred")
    until(lambda: len(place.far.arrivals) >= 2, "two arrived")
    report = hold_queued([(author.account_id, number)])
    counts = report.total
    assert (counts.accepted, counts.held, counts.delivered, counts.bounced) == (10, 6, 2, 2)
    assert (counts.queued, counts.gone, counts.out_of_reach) == (0, 0, 0)


def test_short_queue_ids_are_held_as_well(place):
    place.postfix.set(enable_long_queue_ids="no")
    try:
        author, number = place.sent(40)
        place.deferred(40)
        assert hold_queued([(author.account_id, number)]).total.held == 40
    finally:
        place.postfix.set(enable_long_queue_ids="yes")


def test_a_second_hold_changes_nothing_and_says_the_same(place):
    author, number = place.sent(30)
    place.deferred(30)
    first = hold_queued([(author.account_id, number)])
    again = hold_queued([(author.account_id, number)])
    assert first.total == again.total and again.total.held == 30


def test_deleted_mail_is_gone_for_good_and_counted(place):
    author, number = place.sent(30)
    place.deferred(30)
    report = discard_queued([(author.account_id, number)])
    assert report.total.discarded == 30
    place.deliver()
    time.sleep(0.5)
    assert place.far.arrivals == [] and sum(place.queues().values()) == 0


def test_a_hold_that_was_cut_off_before_it_was_written_down_is_finished_by_the_worker(place, monkeypatch):
    author, number = place.sent(30)
    place.deferred(30)

    class Killed(BaseException):
        pass

    def killed(*_arguments, **_options):
        raise Killed

    monkeypatch.setattr(adapter, "mark", killed)  # the messages are on hold, nobody wrote it down
    with pytest.raises(Killed):
        hold_queued([(author.account_id, number)])
    monkeypatch.undo()
    assert rows("SELECT state FROM relay_hold") == [("asked",)]
    assert in_queues(author.account_id, number).held == 0
    keep_queued_held(clock=SYSTEM_CLOCK)
    assert in_queues(author.account_id, number).held == 30
    assert rows("SELECT state FROM relay_hold") == [("held",)]


def test_mail_whose_queue_id_is_folded_after_the_hold_is_held_by_the_worker(place):
    author = make_author()
    author.crowd(400)
    number = author.started()
    until(lambda: in_queues(author.account_id, number).accepted > 20, "mail flows")
    hold_queued([(author.account_id, number)])  # the campaign goes on: nobody paused it
    until(lambda: in_queues(author.account_id, number).accepted == 400, "all accepted")
    until(
        lambda: (
            keep_queued_held(clock=SYSTEM_CLOCK) and place.queues() == {**dict.fromkeys(place.queues(), 0), "hold": 400}
        ),
        "the worker holds what came later",
    )
    assert in_queues(author.account_id, number).held == 400
    place.deliver()
    time.sleep(0.5)
    assert place.far.arrivals == []


def test_somebody_who_lets_held_mail_go_by_hand_finds_it_held_again(place):
    author, number = place.sent(10)
    place.deferred(10)
    hold_queued([(author.account_id, number)])
    place.postfix.command("postsuper", "-H", "ALL")
    later = SystemClock(timedelta(seconds=adapter.PostfixQueue.recheck + 1))
    keep_queued_held(clock=later)
    assert place.in_queue("hold") == 10


def test_a_delivery_that_had_begun_is_named_as_uncertain_until_the_log_tells(place):
    place.far.behave(delay=3.0)
    author, number = place.sent(60)
    until(lambda: place.in_queue("active") == 60, "all are active and wait for a slow destination")
    time.sleep(0.5)
    report = hold_queued([(author.account_id, number)])
    assert report.total.held == 60
    assert 1 <= report.total.uncertain <= 60
    until(lambda: read_relay_logs() >= 0 and in_queues(author.account_id, number).uncertain == 0, "the log tells")
    counts = in_queues(author.account_id, number)
    assert counts.delivered == len(place.far.arrivals) <= report.total.uncertain
    assert counts.delivered + counts.held == 60
    arrived = len(place.far.arrivals)
    place.far.behave()
    release_queued([(author.account_id, number)])
    place.postfix.command("postqueue", "-f")
    until(lambda: len(place.far.arrivals) == 60, "the rest arrives")
    time.sleep(0.5)
    assert len({each.to for each in place.far.arrivals}) == 60 == len(place.far.arrivals), arrived


def test_a_short_queue_id_that_was_used_again_gives_the_other_mail_back(place, monkeypatch):
    author, number = place.sent(5)
    place.deferred(5)
    send_by_hand(place, "somebody@else.example")
    place.deferred(6)
    [stranger] = [each.queue_id for each in programs(place).listing() if each.sender == "somebody@else.example"]
    [mine] = [each.queue_id for each in programs(place).listing() if each.queue_id != stranger][:1]

    def reused(*_arguments):
        yield {mine: 1, stranger: 2}

    monkeypatch.setattr(adapter, "queue_ids", reused)
    assert hold_queued([(author.account_id, number)]).total.held == 5
    assert {each.queue_id for each in programs(place).listing() if each.queue != "hold"} == {stranger}


def programs(place):
    return Programs(adapter.PostfixQueue().checked(access(place.postfix), ""))


def test_with_postfix_away_the_hold_stands_and_is_done_when_it_is_back(place, tmp_path):
    author, number = place.sent(10)
    place.deferred(10)
    missing = str(tmp_path / "postsuper")
    rows("UPDATE relay SET queue_access = jsonb_set(queue_access, '{postsuper}', to_jsonb(%s::text))", missing)
    report = hold_queued([(author.account_id, number)])
    assert (report.total.held, report.total.out_of_reach) == (0, 10)
    [relay] = report.relays
    assert relay.out_of_reach == 10 and missing in relay.reason
    rows("UPDATE relay SET queue_access = jsonb_set(queue_access, '{postsuper}', '\"/usr/sbin/postsuper\"')")
    keep_queued_held(clock=SYSTEM_CLOCK)
    assert in_queues(author.account_id, number).held == 10


def test_with_postfix_stopped_its_queue_is_held_all_the_same(place):
    author, number = place.sent(10)
    place.deferred(10)
    log = place.postfix.folder / "log"
    for path in (log, log / "mail.log"):  # without its daemon for logs, Postfix's programs write there themselves
        shutil.chown(path, "postfix")
    place.postfix.stop()
    try:
        assert hold_queued([(author.account_id, number)]).total.held == 10
    finally:
        place.postfix.start()
    place.deliver()
    time.sleep(0.5)
    assert place.far.arrivals == []


def test_without_its_log_mail_is_held_and_the_answer_says_what_is_not_known(place, tmp_path):
    author, number = place.sent(10)
    place.deferred(10)
    rows("UPDATE relay SET queue_access = jsonb_set(queue_access, '{log}', to_jsonb(%s::text))", str(tmp_path / "no"))
    report = hold_queued([(author.account_id, number)])
    assert report.total.held == 10
    assert "No such file" in report.relays[0].reason


def test_a_relay_without_adapter_is_out_of_reach_with_its_count(works):
    author = make_author()
    author.crowd(25)
    works.relay(works.server())
    works.fold()
    works.sender()
    number = author.started()
    reached(author.account_id, number)
    report = hold_queued([(author.account_id, number)])
    assert (report.total.accepted, report.total.out_of_reach, report.total.held) == (25, 25, 0)
    assert report.relays[0].reason and rows("SELECT * FROM relay_hold") == []


def test_of_a_mixed_pool_each_relay_says_its_own(place):
    other = place.works.server()
    place.works.relay(other)
    until(lambda: len(place.sender.process.lanes.by_relay) == 2, "both relays are in use")
    author, number = place.sent(200)
    until(lambda: place.in_queue("deferred") == 200 - len(other.arrivals), "deferred")
    assert 0 < len(other.arrivals) < 200
    report = hold_queued([(author.account_id, number)])
    assert report.total.out_of_reach == len(other.arrivals)
    assert report.total.held == 200 - len(other.arrivals)
    assert report.total.queued == 0
