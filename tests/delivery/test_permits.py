"""No permit of an older epoch can be granted once a stop has committed, however the two meet."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import transaction
from pyroaring import BitMap
from tests.builders import delivery as build
from tests.builders.sending import until

from fairpost.delivery.actions.dispatch import change_state, wait_for_stop
from fairpost.delivery.connect import connect
from fairpost.delivery.gate.judge import OPEN, WITHOUT_LIMITS, Judge
from fairpost.delivery.gate.permit import GRANT, LIFE, Expelled, Permit, ask_permit
from fairpost.delivery.gate.stop import await_fence, raise_epoch
from fairpost.kernel.clock import boottime

pytestmark = [pytest.mark.django_db(transaction=True)]

ACCOUNT, CAMPAIGN = 5, 9
KEY = (ACCOUNT, CAMPAIGN)


def asked(own, sender_id, confirmed: int, *, busy: bool = True) -> Permit:
    """A permit, asked for by a sender that has just started."""
    return ask_permit(own, sender_id, confirmed, Judge(), build.AT, busy=busy)


class InThread(threading.Thread):
    """Calls a function in a thread; `result` waits for it."""

    def __init__(self, function) -> None:
        super().__init__(daemon=True)
        self.function, self.value, self.error = function, None, None
        self.start()

    def run(self) -> None:
        try:
            self.value = self.function()
        except BaseException as error:
            self.error = error

    def result(self):
        self.join(10)
        assert not self.is_alive(), "it still waits"
        if self.error:
            raise self.error
        return self.value


@pytest.fixture
def sender(tmp_path):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap([1, 2, 3]))
    return build.FakeSender(tmp_path)


def blocked(own):
    """Whether the server process of this connection waits for a lock."""
    pid = own.info.backend_pid
    return lambda: build.rows("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", pid)


def halt(cursor):
    cursor.execute("UPDATE dispatch SET state = 'paused' WHERE account_id = %s AND campaign_id = %s", KEY)
    return raise_epoch(cursor)


def test_a_permit_says_what_is_open_and_for_how_long(sender):
    with connect() as own:
        before = boottime()
        permit = asked(own, sender.sender_id, 0)
    assert permit.epoch == 1 and permit.open.keys() == {KEY} and permit.allows(KEY, WITHOUT_LIMITS)
    assert not permit.allows((ACCOUNT, CAMPAIGN + 1), WITHOUT_LIMITS)
    assert before + LIFE <= permit.until <= boottime() + LIFE
    while boottime() < permit.until:
        time.sleep(0.02)
    assert not permit.allows(KEY, WITHOUT_LIMITS), "counted from before it was asked for"


def test_a_grant_that_meets_a_stop_waits_and_sees_it(sender):
    with connect() as stopper, connect() as asker:
        with stopper.transaction(), stopper.cursor() as cursor:
            epoch = halt(cursor)
            asking = InThread(lambda: asked(asker, sender.sender_id, 0))
            until(blocked(asker), "the grant waits for the stop")
        permit = asking.result()
    assert permit.epoch == epoch and permit.open == {}


def test_a_stop_that_meets_a_grant_waits_and_then_counts_it(sender):
    with connect() as stopper, connect() as asker:
        with asker.transaction():
            granted = asker.execute(GRANT, {"sender": sender.sender_id, "confirmed": 1, "busy": True}).fetchone()[0]
            assert [row[:2] for row in asker.execute(OPEN).fetchall()] == [KEY]

            def stop():
                with stopper.transaction(), stopper.cursor() as cursor:
                    return halt(cursor)

            stopping = InThread(stop)
            until(blocked(stopper), "the stop waits for the grant")
        epoch = stopping.result()
        assert epoch == granted + 1
        with connect() as own, own.cursor() as cursor:
            began = time.monotonic()
            report = await_fence(cursor, epoch, *KEY)
        assert [each.sender_id for each in report.uncertain] == [str(sender.sender_id)]
        assert time.monotonic() - began > 0.7, "the granted permit was waited for"


def test_a_confirmed_sender_is_not_waited_for(sender):
    epoch = change_state(*KEY, of=("running",), to="paused", by="Ada", reason="", now=build.AT)
    with connect() as own:
        asked(own, sender.sender_id, epoch)
        report = wait_for_stop(*KEY, epoch)
    assert report.uncertain == () and report.seconds < 0.3 and report.senders == 1


def test_a_sender_with_the_news_that_does_not_confirm_is_given_up_and_named(sender):
    """Its permit is new, so nothing of the campaign may leave; what left before may still be on its way."""
    epoch = change_state(*KEY, of=("running",), to="paused", by="Ada", reason="", now=build.AT)
    stopped = threading.Event()

    def renew():
        with connect() as own:
            while not stopped.wait(0.1):
                asked(own, sender.sender_id, 0)

    with connect() as own:
        asked(own, sender.sender_id, 0)
    renewing = InThread(renew)
    report = wait_for_stop(*KEY, epoch)
    stopped.set()
    renewing.result()
    assert [each.sender_id for each in report.uncertain] == [str(sender.sender_id)]
    assert 1.0 < report.seconds < 1.9


def test_many_grants_and_stops_at_once_never_disagree(sender, tmp_path):
    """A model of the promise: whatever a permit opens was open at its epoch or later."""
    senders = [sender.sender_id, *(build.FakeSender(tmp_path).sender_id for _ in range(3))]
    closed_at: dict[int, bool] = {1: False}  # epoch -> whether the campaign is closed under it
    permits, over = [], threading.Event()

    def ask(number):
        with connect() as own:
            while not over.is_set():
                permits.append(asked(own, senders[number], 0))

    def swing():
        with connect() as own:
            for turn in range(120):
                state = "paused" if turn % 2 == 0 else "running"
                with own.transaction(), own.cursor() as cursor:
                    cursor.execute("UPDATE dispatch SET state = %s", [state])
                    closed_at[raise_epoch(cursor)] = state == "paused"

    askers = [InThread(lambda number=number: ask(number)) for number in range(4)]
    InThread(swing).result()
    over.set()
    for each in askers:
        each.result()
    assert len({permit.epoch for permit in permits}) > 20
    wrong = [permit.epoch for permit in permits if (KEY in permit.open) == closed_at[permit.epoch]]
    assert wrong == []


def test_a_sender_without_its_row_gets_no_permit(sender):
    with connect() as own:
        own.execute("DELETE FROM sender")
        with pytest.raises(Expelled):
            asked(own, sender.sender_id, 0)


def test_the_share_of_a_limit_is_by_the_senders_that_send(sender, tmp_path):
    other = build.FakeSender(tmp_path)
    with connect() as own:
        assert asked(own, sender.sender_id, 0).share == 1, "the other has nothing to send"
        asked(own, other.sender_id, 0, busy=True)
        assert asked(own, sender.sender_id, 0).share == 1 / 2
        own.execute(
            "UPDATE sender SET granted_at = granted_at - interval '2 s' WHERE sender_id = %s", [other.sender_id]
        )
        assert asked(own, sender.sender_id, 0).share == 1


def test_a_stop_is_not_waited_for_inside_a_transaction(sender):
    with pytest.raises(RuntimeError, match="not committed"), transaction.atomic():
        wait_for_stop(*KEY, change_state(*KEY, of=("running",), to="paused", by="Ada", reason="", now=build.AT))
