"""A pause is the customer's own: who began it and when is known, and no measure is touched by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.builders.mailings import fake_mailings
from tests.builders.tenants import make_account, make_joint_sender, make_person

from fairpost.enforcement.actions.begin_pause import begin_pause
from fairpost.enforcement.actions.end_pause import end_pause
from fairpost.enforcement.force.store import current, put_force
from fairpost.enforcement.queries.pauses import pauses
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.enforcement.scope.subject import subject
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actors import local_operator

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailings():
    with fake_mailings() as fake:
        yield fake


@pytest.fixture
def clock():
    return FixedClock(NOW)


def reasons(account_id, now=NOW, needs=("sending",), **facets):
    answer = current().effective(subject(needs, account=account_id, **facets), now)
    return [each.name for each in answer.reasons]


def test_a_pause_is_in_force_when_the_call_returns(mailings, clock):
    ada = make_account()
    begun = begin_pause(
        actor=ada.owner, account_id=ada.account_id, capability="fundraising", reason="until the audit", clock=clock
    )
    assert mailings.told("fence") == [1]  # it waited for what senders still held
    assert reasons(ada.account_id, needs=("sending", "fundraising")) == [f"pause U-{begun.pause.id}"]
    assert reasons(ada.account_id, needs=("sending",)) == []


def test_who_began_and_ended_it_and_when(mailings, clock):
    ada = make_account()
    ben = make_person(ada.account_id, "Ben", "sender")
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id, reason="a rest", clock=clock).pause
    clock.advance(timedelta(hours=3))
    end_pause(actor=ben, account_id=ada.account_id, pause_id=begun.id, clock=clock)
    (seen,) = pauses(ada.owner, ada.account_id, over=True, clock=clock)
    assert (seen.begun_by, seen.begun_at, seen.reason) == ("Ada", NOW, "a rest")
    assert (seen.ended_by, seen.ended_at, seen.state) == ("Ben", NOW + timedelta(hours=3), "over")
    assert pauses(ada.owner, ada.account_id, clock=clock) == []


def test_rule_5_resuming_does_not_lift_and_lifting_does_not_resume(mailings, clock):
    ada = make_account()
    put_force(
        source="measure", source_id=7, decision_id=1, kind="suspend_sending", starts_at=NOW, ends_at=None,
        scope=scope_from_json({"account": [ada.account_id]}), effect={"denies": ["sending"]},
    )  # fmt: skip
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id, clock=clock).pause
    assert reasons(ada.account_id) == ["measure M-7", f"pause U-{begun.id}"]  # both are told
    end_pause(actor=ada.owner, account_id=ada.account_id, pause_id=begun.id, clock=clock)
    assert reasons(ada.account_id) == ["measure M-7"]


@pytest.mark.parametrize("role", ["operator", "reviewer", "senior"])
def test_the_platform_cannot_pause_a_customer(mailings, clock, role):
    ada = make_account()
    outsider = make_person(None, "Mara", role)
    with pytest.raises(Forbidden):
        begin_pause(actor=outsider, account_id=ada.account_id, clock=clock)
    with pytest.raises(Forbidden, match="customer's own"):
        begin_pause(actor=local_operator(), account_id=ada.account_id, clock=clock)
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id, clock=clock).pause
    with pytest.raises(Forbidden, match="customer's own"):
        end_pause(actor=local_operator(), account_id=ada.account_id, pause_id=begun.id, clock=clock)


def test_another_account_finds_nothing(mailings, clock):
    ada, mallory = make_account(), make_account(owner="Mallory")
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id, clock=clock).pause
    with pytest.raises(NotFound):
        end_pause(actor=mallory.owner, account_id=mallory.account_id, pause_id=begun.id, clock=clock)
    with pytest.raises(NotFound):
        begin_pause(actor=mallory.owner, account_id=ada.account_id, clock=clock)
    with pytest.raises(NotFound):
        pauses(mallory.owner, ada.account_id, clock=clock)


def test_ben_pauses_his_unit_and_nobody_elses(mailings, clock):
    ada = make_account()
    youth = create_unit(actor=ada.owner, account_id=ada.account_id, slug="youth", name="Youth", clock=clock)
    ben = make_person(ada.account_id, "Ben", "sender", unit_id=youth)
    with pytest.raises(Forbidden, match="whole account"):
        begin_pause(actor=ben, account_id=ada.account_id, clock=clock)
    own = begin_pause(actor=ben, account_id=ada.account_id, unit_id=youth, clock=clock).pause
    wide = begin_pause(actor=ada.owner, account_id=ada.account_id, clock=clock).pause
    assert reasons(ada.account_id, unit=youth) == [f"pause U-{own.id}", f"pause U-{wide.id}"]
    assert reasons(ada.account_id, unit=ada.unit_id) == [f"pause U-{wide.id}"]
    with pytest.raises(NotFound):
        end_pause(actor=ben, account_id=ada.account_id, pause_id=wide.id, clock=clock)


def test_what_is_sent_for_a_joint_sender_can_be_paused_alone(mailings, clock):
    ada = make_account()
    joint, _members = make_joint_sender(ada)
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id, joint_sender_id=joint, clock=clock).pause
    assert reasons(ada.account_id, joint_sender=joint) == [f"pause U-{begun.id}"]
    assert reasons(ada.account_id) == []


def test_a_pause_ends_by_itself_at_its_time(mailings, clock):
    ada = make_account()
    until = NOW + timedelta(hours=6)
    begin_pause(actor=ada.owner, account_id=ada.account_id, until=until, clock=clock)
    assert reasons(ada.account_id, until - timedelta(seconds=1)) != []
    assert reasons(ada.account_id, until) == []  # no job ran
    clock.at = until
    (seen,) = pauses(ada.owner, ada.account_id, over=True, clock=clock)
    assert (seen.state, seen.ended_at, seen.ended_by) == ("over", until, "")
    with pytest.raises(Conflict, match="is over"):
        end_pause(actor=ada.owner, account_id=ada.account_id, pause_id=seen.id, clock=clock)
    begin_pause(actor=ada.owner, account_id=ada.account_id, clock=clock)  # and can begin anew


def test_a_clock_that_goes_back_brings_the_pause_back(mailings, clock):
    ada = make_account()
    begin_pause(actor=ada.owner, account_id=ada.account_id, until=NOW + timedelta(hours=1), clock=clock)
    assert reasons(ada.account_id, NOW + timedelta(hours=2)) == []
    assert reasons(ada.account_id, NOW + timedelta(minutes=30)) != []


@pytest.mark.parametrize("capability", ["account", "sub_users", "api_keys", "registration", "everything"])
def test_what_one_needs_to_come_back_cannot_be_paused(mailings, clock, capability):
    ada = make_account()
    with pytest.raises(Invalid, match="cannot be paused"):
        begin_pause(actor=ada.owner, account_id=ada.account_id, capability=capability, clock=clock)


def test_two_who_pause_at_once_make_one_pause(mailings):
    ada = make_account()
    barrier, said = Barrier(2), []

    def press():
        barrier.wait()
        try:
            said.append(begin_pause(actor=ada.owner, account_id=ada.account_id).pause.label)
        except Conflict as error:
            said.append(error.message)
        finally:
            connection.close()

    both = [Thread(target=press) for _each in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(pauses(ada.owner, ada.account_id)) == 1
    assert sum("paused already" in each for each in said) == 1, said


def test_two_who_end_it_at_once_end_it_once(mailings):
    ada = make_account()
    begun = begin_pause(actor=ada.owner, account_id=ada.account_id).pause
    barrier, said = Barrier(2), []

    def press():
        barrier.wait()
        try:
            end_pause(actor=ada.owner, account_id=ada.account_id, pause_id=begun.id)
            said.append("ended")
        except Conflict:
            said.append("over")
        finally:
            connection.close()

    both = [Thread(target=press) for _each in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(said) == ["ended", "over"]
