"""An interim hold is one person's: once in a case, for three days at most, looked at afterwards by another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.appeals import sends
from tests.builders.enforcement import ASSESSMENT, make_case, measure, proposed, until, with_role

from fairpost.enforcement.actions.declare_key_date import declare_key_date
from fairpost.enforcement.actions.take_interim_hold import take_interim_hold
from fairpost.enforcement.actions.take_second_look import take_second_look
from fairpost.enforcement.models import Notice
from fairpost.enforcement.queries.cases import read_evidence
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.kernel.errors import Conflict, Forbidden, Invalid

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def hold(staff, ada, clock):
    def take(case_id=None, **given):
        said = {
            "scope": {"account": [ada.account_id]},
            "facts": "The mail names a place and an hour.",
            "harm": "People are asked to come armed tonight.",
            "milder_step": "A warning.",
            "milder_why_not": "It leaves within the hour.",
            "assessment": ASSESSMENT,
            **given,
        }
        number = case_id or make_case(staff, account_id=ada.account_id, clock=clock)
        return take_interim_hold(actor=staff.mara, case_id=number, clauses=["violence"], clock=clock, **said)

    return take


def test_one_person_suffices_and_it_is_told_at_once(staff, ada, clock, hold, in_force):
    done = hold()
    (one,) = done.decision.measures
    assert in_force(sends(ada)) == [f"measure {one.label}"]
    assert one.ends_at == clock.now() + 72 * HOUR
    assert "come armed" in done.decision.facts
    assert Notice.objects.filter(decision_id=done.decision.id).exists()


def test_it_lapses_by_itself(staff, ada, clock, hold, in_force):
    done = hold()
    clock.advance(72 * HOUR)
    assert in_force(sends(ada)) == []
    assert decision_view(done.decision.id, clock.now()).measures[0].state == "lapsed"


def test_there_is_one_per_case(staff, ada, clock, hold):
    done = hold()
    with pytest.raises(Conflict, match="one per case"):
        hold(done.decision.case_id)


def test_near_an_election_it_lasts_a_day_whoever_asks(staff, ada, clock, hold):
    declare_key_date(actor=staff.mara, kind="election", name="Election", at=clock.now() + 13 * DAY, clock=clock)
    with pytest.raises(Invalid, match="24 hours"):
        hold(hours=25)
    # nor by proposing the same as any decision
    with pytest.raises(Invalid, match="24 hours"):
        proposed(staff, measure("interim_hold", {"account": [ada.account_id]}, until(clock, 72 * HOUR)), clock=clock)
    assert hold().decision.measures[0].ends_at == clock.now() + DAY


@pytest.mark.parametrize("hours", [0, 73])
def test_it_is_short(hold, hours):
    with pytest.raises(Invalid, match="72 hours"):
        hold(hours=hours)


def test_the_harm_is_said(hold):
    with pytest.raises(Invalid, match="imminent"):
        hold(harm=" ")


def test_who_took_it_does_not_look_at_it_in_another_role(staff, ada, clock, hold):
    done = hold()
    both = with_role(staff.mara, "approver")
    read_evidence(both, done.decision.case_id, clock)
    with pytest.raises(Forbidden, match="another person"):
        take_second_look(actor=both, decision_id=done.decision.id, agrees=True, reason="Mine.", clock=clock)
    read_evidence(staff.noor, done.decision.case_id, clock)
    seen = take_second_look(actor=staff.noor, decision_id=done.decision.id, agrees=True, reason="Yes.", clock=clock)
    assert seen.measures[0].state == "active"
    with pytest.raises(Conflict, match="already"):
        read_evidence(staff.sena, done.decision.case_id, clock)
        take_second_look(actor=staff.sena, decision_id=done.decision.id, agrees=False, reason="No.", clock=clock)
