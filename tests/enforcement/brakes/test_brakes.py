"""A brake is the machine's own: narrow, with reasons, four hours long, and never the first of a chain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.appeals import filed, in_review, ruled, sends
from tests.builders.enforcement import draft, measure, proposed, until
from tests.builders.mailings import fake_mailings, mailing

from fairpost.enforcement.actions.confirm_brake import confirm_brake
from fairpost.enforcement.actions.set_brake import set_brake
from fairpost.enforcement.actions.take_second_look import take_second_look
from fairpost.enforcement.models import Notice
from fairpost.enforcement.queries.cases import cases, read_evidence
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.enforcement.queries.second_looks import second_looks
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound

MACHINE = Actor(name="bounces", via="system")
HOUR = timedelta(hours=1)


@pytest.fixture
def brake(staff, ada, clock):
    """Sets a brake on Ada's campaign 5, or as told otherwise."""

    def set_one(**given):
        said = {
            "scope": {"campaign": [5]},
            "cause": "bounces",
            "facts": "312 of 1,000 messages of campaign 5 bounced within ten minutes.",
            "evidence": "bounced 312, accepted 688",
            "clause": "consent",
            **given,
        }
        return set_brake(actor=MACHINE, account_id=ada.account_id, clock=clock, **said)

    return set_one


def test_it_stops_one_campaign_at_once_and_says_so(staff, ada, clock, brake, in_force):
    done = brake().activated
    (one,) = done.decision.measures
    assert in_force(sends(ada, campaign=5)) == [f"measure {one.label}"]
    assert in_force(sends(ada, campaign=6)) == []
    assert (done.decision.automated_decision, done.decision.automated_detection) == ("full", True)
    assert (done.decision.proposed_by, done.decision.hands) == (None, ())
    assert Notice.objects.filter(decision_id=done.decision.id, account_id=ada.account_id).exists()


def test_it_lapses_by_itself_after_four_hours(staff, ada, clock, brake, in_force):
    done = brake().activated
    clock.advance(4 * HOUR - timedelta(seconds=1))
    assert in_force(sends(ada, campaign=5)) != []
    clock.advance(timedelta(seconds=1))
    assert in_force(sends(ada, campaign=5)) == []
    assert decision_view(done.decision.id, clock.now()).measures[0].state == "lapsed"


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"unit": [1]},
        {"campaign": [5, 6]},
        {"campaign": [5], "identity": [1]},
        {"content_class": ["combative-call@1"]},
        {"campaign": [5], "excluded": {"unit": [3]}},
    ],
)
def test_it_is_narrow(brake, scope):
    with pytest.raises(Invalid):
        brake(scope=scope)


def test_no_person_sets_one_by_any_way(staff, ada, clock):
    with pytest.raises(Forbidden):
        set_brake(
            actor=staff.mara, account_id=ada.account_id, scope={"campaign": [5]}, cause="bounces", facts="x",
            evidence="x", clause="consent", clock=clock,
        )  # fmt: skip
    with pytest.raises(Invalid, match="machine's own"):
        proposed(
            staff, measure("brake", {"account": [ada.account_id], "campaign": [5]}, until(clock, 4 * HOUR)), clock=clock
        )


def test_rule_6_it_is_never_groundless(brake):
    with pytest.raises(NotFound):
        brake(clause="no-such-clause")
    with pytest.raises(Invalid):
        brake(facts=" ")
    with pytest.raises(Invalid):
        brake(cause="because")


def test_a_chain_of_brakes_needs_a_person(staff, ada, clock, brake):
    brake()
    with pytest.raises(Conflict, match="on already"):
        brake()
    clock.advance(5 * HOUR)
    with pytest.raises(Conflict, match="person must decide"):
        brake()
    brake(scope={"campaign": [6]})
    clock.advance(timedelta(days=1))
    brake()


def test_a_person_confirms_it_by_a_measure_of_theirs(staff, ada, clock, brake, in_force):
    done = brake().activated
    clock.advance(HOUR)
    made = confirm_brake(
        actor=staff.mara, decision_id=done.decision.id, clauses=["consent"], clock=clock,
        draft=draft(
            measure("limit", {"account": [ada.account_id], "campaign": [5]}, until(clock), mechanism={"per_hour": 100})
        ),
    )  # fmt: skip
    assert made.supersedes == done.decision.id
    assert decision_view(done.decision.id, clock.now()).measures[0].state == "superseded"
    assert in_force(sends(ada, campaign=5)) == [f"measure {made.measures[0].label}"]
    with pytest.raises(Conflict):
        confirm_brake(actor=staff.mara, decision_id=done.decision.id, clauses=["consent"], draft=draft(), clock=clock)


def test_what_needs_four_eyes_still_does(staff, ada, clock, brake, in_force):
    done = brake().activated
    wider = measure("suspend_sending", {"account": [ada.account_id]}, until(clock), mechanism={"queue": "hold"})
    made = confirm_brake(
        actor=staff.mara, decision_id=done.decision.id, clauses=["consent"], draft=draft(wider), clock=clock
    )
    assert made.measures[0].state == "proposed"
    clock.advance(4 * HOUR)
    assert in_force(sends(ada, campaign=5)) == []  # nobody approved in time: it lapsed


def test_another_person_looks_afterwards_and_may_lift_it(staff, ada, clock, brake, in_force):
    done = brake().activated
    (waiting,) = second_looks(staff.noor, clock=clock)
    assert (waiting.decision_id, waiting.kind, waiting.state) == (done.decision.id, "brake", "active")
    with pytest.raises(Conflict, match="not opened the evidence"):
        take_second_look(actor=staff.noor, decision_id=done.decision.id, agrees=False, reason="A typo.", clock=clock)
    read_evidence(staff.noor, done.decision.case_id, clock)
    take_second_look(actor=staff.noor, decision_id=done.decision.id, agrees=False, reason="A typo.", clock=clock)
    assert in_force(sends(ada, campaign=5)) == []
    assert second_looks(staff.noor, clock=clock) == []


def test_it_can_be_appealed(staff, ada, clock, brake, in_force):
    done = brake().activated
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    ruled(staff.rui, appeal, "overturned", clock)
    assert in_force(sends(ada, campaign=5)) == []


def test_what_a_person_cleared_is_not_stopped_by_a_later_rule(staff, ada, clock, brake, in_force):
    before = mailing(ada.account_id, 5, content="a" * 64)
    cleared = type(before)(**{**{n: getattr(before, n) for n in before.__slots__}, "subject": before.subject})
    object.__setattr__(cleared.subject, "cleared_at", clock.now())
    with fake_mailings(cleared):
        done = brake(cause="screening")
        assert done.activated is None
        assert in_force(sends(ada, campaign=5)) == []
        assert [each.id for each in cases(staff.mara, queue="brakes", clock=clock)] == [done.case_id]


def test_a_hijacked_account_is_not_told_inside(staff, ada, clock, brake):
    done = brake(cause="hijacked").activated
    assert done.decision.detail["notice_withheld"].startswith("hijacked")
    states = {each.post.state for each in Notice.objects.filter(decision_id=done.decision.id, person__isnull=False)}
    assert states == {"withheld"}
