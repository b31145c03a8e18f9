"""What is ruled is done at once: per measure, per participant, and never more than the measure took."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.appeals import START, filed, in_review, ruled, sends, suspended
from tests.builders.enforcement import decided, measure, until
from tests.builders.tenants import SINCE, make_account, make_identity, make_joint_sender

from fairpost.enforcement.actions.decide_appeal import decide_appeal
from fairpost.enforcement.appeals.narrower import check_narrower
from fairpost.enforcement.appeals.rulings import Ruling
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.enforcement.queries.appeals import appeal_view
from fairpost.enforcement.queries.decisions import decision_view, measure_view
from fairpost.enforcement.queries.strikes import strikes_of
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.tenants.actions.add_participant import add_participant
from fairpost.tenants.queries import account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def drafted(kind="suspend_sending", scope=None, duration=None, mechanism=None, strike=False):
    return MeasureDraft(
        kind,
        scope_from_json(scope or {"account": [3]}),
        duration or Duration("until", ends_at=START + 3 * DAY),
        mechanism if mechanism is not None else {"queue": "hold"} if kind == "suspend_sending" else {},
        strike,
    )


OLD = drafted()
NARROWER = {
    "the same": OLD,
    "shorter": drafted(duration=Duration("until", ends_at=START + DAY)),
    "later": drafted(duration=Duration("until", starts_at=START + DAY, ends_at=START + 2 * DAY)),
    "a part": drafted(scope={"account": [3], "unit": [4]}),
    "somebody left out": drafted(scope={"account": [3], "excluded": {"unit": [4]}}),
    "a limit": drafted("limit", mechanism={"per_hour": 10}),
    "a review": drafted("pre_review", mechanism={"deadline_hours": 4, "default": "block"}),
    "a warning": drafted("warn", duration=Duration("instant"), mechanism={"next_step": "x", "acknowledge_by": "y"}),
}
WIDER = {
    "longer": drafted(duration=Duration("until", ends_at=START + 3 * DAY + timedelta(seconds=1))),
    "for good": drafted(
        "block_content", {"account": [3], "content": ["a"]}, Duration("permanent", reapply_at=START + DAY)
    ),
    "another account too": drafted(scope={"account": [3, 5]}),
    "another account": drafted(scope={"account": [5]}),
    "without its selector": drafted(scope={"unit": [4]}),
    "more than sending": drafted("suspend_account"),
    "another capability": drafted("capability_off", mechanism={"capability": "import"}),
    "another queue": drafted(mechanism={"queue": "expire"}),
    "a brake": drafted("brake"),
    "a note": drafted("note", duration=Duration("instant")),
}


@pytest.mark.parametrize("name", NARROWER)
def test_an_appeal_may_narrow_shorten_or_ease(name):
    strike = MeasureDraft(OLD.kind, OLD.scope, OLD.duration, OLD.mechanism, True)
    check_narrower(NARROWER[name], strike, START)


@pytest.mark.parametrize("name", WIDER)
def test_an_appeal_never_takes_more(name):
    with pytest.raises(Invalid, match="remand it to the case"):
        check_narrower(WIDER[name], OLD, START)


@pytest.mark.parametrize(
    ("kind", "old", "new", "fine"),
    [
        ("limit", {"per_hour": 10}, {"per_hour": 20}, True),
        ("limit", {"per_hour": 10}, {"per_hour": 5}, False),
        ("limit", {"per_hour": 10, "audience": 5}, {"per_hour": 10}, True),
        ("limit", {"per_hour": 10}, {"per_hour": 10, "audience": 5}, False),
        ("pre_review", {"deadline_hours": 4, "default": "block"}, {"deadline_hours": 2, "default": "release"}, True),
        ("pre_review", {"deadline_hours": 4, "default": "release"}, {"deadline_hours": 4, "default": "block"}, False),
        ("pre_review", {"deadline_hours": 4, "default": "block"}, {"deadline_hours": 8, "default": "block"}, False),
        ("capability_off", {"capability": "import"}, {"capability": "forms"}, False),
    ],
)
def test_the_same_measure_may_only_become_easier(kind, old, new, fine):
    was, will = drafted(kind, mechanism=old), drafted(kind, mechanism=new)
    if fine:
        check_narrower(will, was, START)
    else:
        with pytest.raises(Invalid):
            check_narrower(will, was, START)


def test_who_was_left_out_before_stays_left_out():
    old = drafted(scope={"account": [3], "excluded": {"unit": [4]}})
    with pytest.raises(Invalid):
        check_narrower(drafted(scope={"account": [3]}), old, START)


def test_a_varied_measure_is_in_force_when_the_appeal_is_decided(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    (old,) = done.decision.measures
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    clock.advance(HOUR)
    milder = MeasureDraft("limit", scope_from_json({"account": [ada.account_id]}), until(clock, DAY), {"per_hour": 10})
    answer = ruled(staff.rui, appeal, "varied", clock, varied=milder)
    new = decision_view(int(answer.appeal.rulings[0].decision.removeprefix("D-")), clock.now())
    assert in_force(sends(ada)) == [f"measure {new.measures[0].label}"]
    assert measure_view(old.id, clock.now()).state == "superseded"
    assert (new.supersedes, new.proposed_by) == (done.decision.id, staff.rui.person_id)
    assert "On appeal" in new.facts and new.automated_decision == "no"
    # and it has its own appeal, before somebody else
    again = filed(ada, new.id, clock)
    with pytest.raises(Forbidden, match="another must review"):
        in_review(staff.rui, again, clock)


def test_what_is_wider_undoes_the_whole_decision(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    wider = MeasureDraft("suspend_account", scope_from_json({"account": [ada.account_id]}), until(clock, DAY))
    with pytest.raises(Invalid):
        ruled(staff.rui, appeal, "varied", clock, varied=wider)
    assert appeal_view(appeal.id, clock.now()).state == "in_review"
    assert in_force(sends(ada)) == [f"measure {done.decision.measures[0].label}"]


def test_what_is_over_cannot_be_varied(staff, ada, clock):
    done = suspended(staff, ada, clock)
    clock.advance(4 * DAY)
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    with pytest.raises(Conflict, match="nothing to vary"):
        ruled(staff.rui, appeal, "varied", clock, varied=MeasureDraft(
            "limit", scope_from_json({"account": [ada.account_id]}), until(clock, DAY), {"per_hour": 10}))  # fmt: skip


def test_each_measure_has_its_own_outcome(staff, ada, clock, in_force):
    scope = {"account": [ada.account_id]}
    done = decided(
        staff,
        measure("limit", scope, until(clock), mechanism={"per_hour": 10}),
        measure("capability_off", scope, until(clock), mechanism={"capability": "sending"}),
        clock=clock,
    )
    first, second = done.decision.measures
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    for wrong in (
        [Ruling(first.id, "upheld", "So.")],
        [Ruling(first.id, "upheld", "So."), Ruling(first.id, "overturned", "So.")],
        [Ruling(first.id, "upheld", "So."), Ruling(second.id, "forgiven", "So.")],
        [Ruling(first.id, "upheld", "So."), Ruling(second.id, "upheld", " ")],
        [Ruling(first.id, "upheld", "So."), Ruling(second.id, "varied", "So.")],
        [Ruling(first.id, "upheld", "So.", organisation_id=1), Ruling(second.id, "upheld", "So.")],
    ):
        with pytest.raises(Invalid):
            decide_appeal(actor=staff.rui, appeal_id=appeal.id, rulings=wrong, clock=clock)
    decide_appeal(
        actor=staff.rui, appeal_id=appeal.id, clock=clock,
        rulings=[Ruling(first.id, "upheld", "So."), Ruling(second.id, "overturned", "No.")],
    )  # fmt: skip
    assert in_force(sends(ada)) == [f"measure {first.label}"]


@pytest.fixture
def committee(staff, clock):
    """A joint sender of three, kept in Ada's account, and a second account that one of them holds."""
    ada = make_account(clock=clock)
    joint, members = make_joint_sender(ada, "National Committee", "State Party", "Candidate", clock=clock)
    make_identity(ada, "fund@victory.example", joint_sender_id=joint)
    done = decided(
        staff,
        measure("suspend_sending", {"joint_sender": [joint]}, until(clock), mechanism={"queue": "hold"}),
        clock=clock,
        responsible=members,
    )
    return ada, joint, members, done


def test_participants_appeal_each_in_its_own_name(committee, clock):
    ada, _joint, members, done = committee
    ours = filed(ada, done.decision.id, clock, organisation_id=members[0])
    theirs = filed(ada, done.decision.id, clock, organisation_id=members[1])
    assert {ours.organisation_id, theirs.organisation_id} == set(members[:2])
    with pytest.raises(Conflict):
        filed(ada, done.decision.id, clock, organisation_id=members[0])


def test_an_outcome_may_split_them(staff, committee, clock, in_force):
    ada, joint, members, done = committee
    (one,) = done.decision.measures
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock, organisation_id=members[0]), clock)
    decide_appeal(
        actor=staff.rui, appeal_id=appeal.id, clock=clock,
        rulings=[
            Ruling(one.id, "overturned", "It had no part in the text.", organisation_id=members[0]),
            Ruling(one.id, "upheld", "The others had."),
        ],
    )  # fmt: skip
    # rule 2 on joint senders: mail of the joint sender stays inside, mail of the one who is out does not
    assert in_force(sends(ada, joint_sender=joint)) == [f"measure {one.label}"]
    assert in_force(sends(ada, joint_sender=joint, organisation=members[0])) == []
    assert in_force(sends(ada, joint_sender=joint, organisation=members[1])) == [f"measure {one.label}"]
    states = {each: [s.state for s in strikes_of(each, clock.now())] for each in members}
    assert states == {members[0]: ["void"], members[1]: ["active"], members[2]: ["active"]}
    seen = measure_view(one.id, clock.now())
    assert (seen.state, seen.revision) == ("active", 2)


def test_a_split_is_among_those_who_take_part(staff, committee, clock):
    ada, _joint, members, done = committee
    (one,) = done.decision.measures
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock, organisation_id=members[0]), clock)
    rest = Ruling(one.id, "upheld", "So.")
    for wrong in (
        Ruling(one.id, "overturned", "So.", organisation_id=10**6),
        Ruling(one.id, "remanded", "So.", organisation_id=members[0]),
        Ruling(one.id, "overturned", "So.", organisation_id=members[0], excluded={"content_class": [1]}),
    ):
        with pytest.raises(Invalid):
            decide_appeal(actor=staff.rui, appeal_id=appeal.id, rulings=[rest, wrong], clock=clock)


def test_leaving_out_who_sends_for_all_must_be_said(staff, clock, in_force):
    ada = make_account(clock=clock)
    joint, members = make_joint_sender(ada, clock=clock)
    holder = account(ada.account_id).holder_id
    add_participant(
        actor=ada.owner, account_id=ada.account_id, joint_sender_id=joint, organisation_id=holder, since=SINCE,
        clock=clock,
    )  # fmt: skip
    make_identity(ada, "fund@victory.example", joint_sender_id=joint)
    done = decided(
        staff, measure("suspend_sending", {"joint_sender": [joint]}, until(clock), mechanism={"queue": "hold"}),
        clock=clock, responsible=[holder, *members],
    )  # fmt: skip
    (one,) = done.decision.measures
    appeal = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    rest = Ruling(one.id, "upheld", "So.")
    with pytest.raises(Invalid, match="send all mail"):
        decide_appeal(
            actor=staff.rui, appeal_id=appeal.id, clock=clock,
            rulings=[rest, Ruling(one.id, "overturned", "So.", organisation_id=holder)],
        )  # fmt: skip
    decide_appeal(
        actor=staff.rui, appeal_id=appeal.id, clock=clock,
        rulings=[rest, Ruling(one.id, "overturned", "So.", organisation_id=holder, excluded={})],
    )  # fmt: skip
    assert in_force(sends(ada, joint_sender=joint, organisation=holder)) == [f"measure {one.label}"]
    assert [each.state for each in strikes_of(holder, clock.now())] == ["void"]


def test_strikes_expire_and_are_never_by_association(staff, committee, clock):
    _ada, _joint, members, _done = committee
    outsider = make_account(clock=clock)
    assert strikes_of(account(outsider.account_id).holder_id, clock.now()) == []
    clock.advance(180 * DAY - timedelta(seconds=1))
    assert [each.state for each in strikes_of(members[0], clock.now())] == ["active"]
    clock.advance(timedelta(seconds=1))
    assert [each.state for each in strikes_of(members[0], clock.now())] == ["expired"]
