"""Who may appeal, until when, and what becomes of an appeal on its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection
from tests.builders.appeals import WHY, filed, in_review, ruled, sends, suspended
from tests.builders.enforcement import approved, decided, draft, make_case, measure, proposed, until
from tests.builders.tenants import also_in, make_person

from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.assign_appeal import assign_appeal
from fairpost.enforcement.actions.escalate_appeals import (
    close_decided_appeals,
    end_elapsed_stays,
    escalate_overdue_appeals,
)
from fairpost.enforcement.actions.file_appeal import file_appeal, file_appeal_by_notice
from fairpost.enforcement.actions.find_inadmissible import find_inadmissible
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.actions.request_information import (
    answer_information,
    go_on_without_answer,
    request_information,
)
from fairpost.enforcement.actions.stay_measure import end_stay, refuse_stay, stay_measure
from fairpost.enforcement.actions.withdraw_appeal import withdraw_appeal
from fairpost.enforcement.models import Notice, NoticeEvent, NoticePost
from fairpost.enforcement.notices.tokens import notice_token
from fairpost.enforcement.queries.appeals import appeal, appeal_texts, appeal_view, appeals
from fairpost.enforcement.queries.cases import cases
from fairpost.enforcement.queries.decisions import measure_view
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actions.change_account import change_account
from fairpost.tenants.actors import person_actor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def number(done):
    return done.decision.measures[0].id


def hand_over(decision_id, at):
    """Every notice of the decision is handed over at this time."""
    for each in Notice.objects.filter(decision_id=decision_id):
        NoticeEvent.objects.create(notice=each, what="handed_over", at=at)
    NoticePost.objects.filter(notice__decision_id=decision_id).update(state="handed_over")


def test_only_what_is_in_force_and_concerns_the_account_can_be_appealed(staff, ada, clock):
    waiting = proposed(
        staff, measure("suspend_sending", {"account": [ada.account_id]}, until(clock), mechanism={"queue": "hold"}),
        clock=clock,
    )  # fmt: skip
    note = decided(staff, measure("note", {"account": [ada.account_id]}, replace(until(clock), kind="instant",
                   ends_at=None)), clock=clock)  # fmt: skip
    for decision_id in (waiting.id, note.decision.id, 10**6):
        with pytest.raises(NotFound, match="no decision"):
            filed(ada, decision_id, clock)


def test_an_author_of_the_account_cannot(staff, ada, clock):
    done = suspended(staff, ada, clock)
    ben = make_person(ada.account_id, "Ben", "author")
    with pytest.raises(Forbidden):
        file_appeal(actor=ben, account_id=ada.account_id, decision_id=done.decision.id, statement=WHY, clock=clock)


@pytest.mark.parametrize("said", ["", "  \n ", "x" * 20_001])
def test_an_appeal_says_something(staff, ada, clock, said):
    done = suspended(staff, ada, clock)
    with pytest.raises(Invalid):
        file_appeal(
            actor=ada.owner, account_id=ada.account_id, decision_id=done.decision.id, statement=said, clock=clock
        )


def test_the_window_runs_from_being_told_in_the_accounts_own_calendar(staff, ada, clock):
    zurich = ZoneInfo("Europe/Zurich")
    change_account(actor=ada.owner, account_id=ada.account_id, time_zone="Europe/Zurich", clock=clock)
    done = suspended(staff, ada, clock)
    told = clock.now() + 3 * DAY
    hand_over(done.decision.id, told)
    clock.at = datetime(2027, 7, 7, 23, 59, 59, tzinfo=zurich)  # told in winter, the window ends in summer
    on_time = filed(ada, done.decision.id, clock)
    assert on_time.informed_at == told
    withdraw_appeal(actor=ada.owner, account_id=ada.account_id, appeal_id=on_time.id, clock=clock)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Conflict, match="ended at 2027-07-07T22:00:00"):
        filed(ada, done.decision.id, clock)


def test_what_nobody_was_handed_has_told_nobody(staff, ada, clock):
    done = suspended(staff, ada, clock)
    clock.advance(400 * DAY)
    assert filed(ada, done.decision.id, clock).informed_at == clock.now()


def test_a_minimum_term_and_an_expired_measure_bar_no_appeal(staff, ada, clock):
    done = suspended(staff, ada, clock)
    clock.advance(30 * DAY)
    assert measure_view(number(done), clock.now()).state == "expired"
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    ruled(staff.rui, appeal_, "overturned", clock)
    assert measure_view(number(done), clock.now()).state == "overturned"


def test_a_contact_outside_appeals_by_the_link_in_its_notice(staff, ada, clock):
    done = suspended(staff, ada, clock)
    notice = Notice.objects.filter(decision_id=done.decision.id).first()
    answer = file_appeal_by_notice(token=notice_token(notice.pk), statement=WHY, clock=clock)
    assert (answer.appeal.account_id, answer.appeal.state) == (ada.account_id, "filed")
    with pytest.raises(Invalid):
        file_appeal_by_notice(token="x" * 48, statement=WHY, clock=clock)


def test_there_is_one_appeal_a_party_until_nobody_judged_it(staff, ada, clock):
    done = suspended(staff, ada, clock)
    first = filed(ada, done.decision.id, clock)
    with pytest.raises(Conflict, match=first.label):
        filed(ada, done.decision.id, clock)
    withdraw_appeal(actor=ada.owner, account_id=ada.account_id, appeal_id=first.id, clock=clock)
    second = filed(ada, done.decision.id, clock)
    assign_appeal(actor=staff.rui, appeal_id=second.id, clock=clock)
    done_with = find_inadmissible(actor=staff.rui, appeal_id=second.id, reason="It is about another mail.", clock=clock)
    assert (done_with.state, done_with.acts[-1].reason) == ("inadmissible", "It is about another mail.")
    third = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    ruled(staff.rui, third, "upheld", clock)
    with pytest.raises(Conflict):
        filed(ada, done.decision.id, clock)


def test_two_who_file_at_once_file_one(staff, ada, clock):
    done = suspended(staff, ada, clock)
    barrier, said = Barrier(2), []

    def press():
        barrier.wait()
        try:
            said.append(filed(ada, done.decision.id, FixedClock(clock.now())).state)
        except Conflict:
            said.append("conflict")
        finally:
            connection.close()

    both = [Thread(target=press) for _each in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(said) == ["conflict", "filed"]


def test_two_reviewers_decide_once(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    barrier, said = Barrier(2), []

    def press(outcome):
        barrier.wait()
        try:
            ruled(staff.rui, appeal_, outcome, FixedClock(clock.now()))
            said.append("decided")
        except Conflict:
            said.append("conflict")
        finally:
            connection.close()

    both = [Thread(target=press, args=[each]) for each in ("upheld", "overturned")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(said) == ["conflict", "decided"]
    assert len(appeal_view(appeal_.id, clock.now()).rulings) == 1


def test_who_holds_a_role_in_the_account_does_not_review(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal_ = filed(ada, done.decision.id, clock)
    also_in(ada.account_id, staff.rui, "analyst")
    with pytest.raises(Forbidden, match="role in the account"):
        assign_appeal(actor=staff.rui, appeal_id=appeal_.id, clock=clock)


def test_a_reviewer_of_another_role_of_the_installation_does_not_review(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal_ = filed(ada, done.decision.id, clock)
    for other in (staff.mara, staff.leo, staff.noor):
        with pytest.raises(Forbidden):
            assign_appeal(actor=other, appeal_id=appeal_.id, clock=clock)
    with pytest.raises(Forbidden, match="may not review"):
        assign_appeal(actor=staff.sena, appeal_id=appeal_.id, reviewer_id=staff.leo.person_id, clock=clock)
    assert assign_appeal(
        actor=staff.sena, appeal_id=appeal_.id, reviewer_id=staff.rui.person_id, clock=clock
    ).reviewer == staff.rui.person_id  # fmt: skip


def test_who_had_a_hand_in_what_was_replaced_does_not_review_what_replaced_it(staff, ada, clock):
    first = suspended(staff, ada, clock)
    other = make_person(None, "Ugo", "reviewer")
    wanted = draft(measure("limit", {"account": [ada.account_id]}, until(clock), mechanism={"per_hour": 5}))
    view = propose_decision(
        actor=other, case_id=make_case(staff, clock=clock), clauses=["violence"], draft=wanted,
        supersedes=first.decision.id, clock=clock,
    )  # fmt: skip
    second = activate_decision(actor=other, decision_id=approved(staff, view, clock).id, clock=clock)
    appeal_ = filed(ada, second.decision.id, clock)
    also_in(None, staff.mara, "appeal_reviewer")
    with pytest.raises(Forbidden, match="another must review"):
        assign_appeal(actor=person_actor(staff.mara.person_id), appeal_id=appeal_.id, clock=clock)


def test_the_clock_of_the_decision_stands_still_while_the_party_is_asked(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    due = appeal_.decision_due_at
    asked = request_information(actor=staff.rui, appeal_id=appeal_.id, question="Since when?", clock=clock)
    assert asked.answer_by == clock.now() + 7 * DAY
    clock.advance(9 * DAY)
    assert not appeal_view(appeal_.id, clock.now()).overdue
    answered = answer_information(
        actor=ada.owner, account_id=ada.account_id, appeal_id=appeal_.id, answer="Since 2019.", clock=clock
    )
    assert (answered.state, answered.decision_due_at) == ("in_review", due + 9 * DAY)
    written = appeal_texts(staff.rui, appeal_.id, clock=clock)
    assert [each.text for each in written] == [WHY, "Since when?", "Since 2019."]


def test_silence_alone_decides_nothing(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    request_information(actor=staff.rui, appeal_id=appeal_.id, question="Since when?", clock=clock)
    with pytest.raises(Conflict, match="to answer"):
        go_on_without_answer(actor=staff.rui, appeal_id=appeal_.id, clock=clock)
    with pytest.raises(Conflict, match="waiting for information"):
        ruled(staff.rui, appeal_, "upheld", clock)
    clock.advance(7 * DAY)
    assert go_on_without_answer(actor=staff.rui, appeal_id=appeal_.id, clock=clock).state == "in_review"


def test_an_overdue_appeal_is_escalated_once_and_stays_what_it_is(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal_ = filed(ada, done.decision.id, clock)
    clock.advance(DAY - timedelta(seconds=1))
    assert escalate_overdue_appeals(clock) == 0
    clock.advance(timedelta(seconds=1))
    assert [each.id for each in appeals(staff.sena, overdue=True, clock=clock)] == [appeal_.id]  # before any job
    assert escalate_overdue_appeals(clock) == 1
    assert escalate_overdue_appeals(clock) == 0
    seen = appeal_view(appeal_.id, clock.now())
    assert (seen.state, seen.escalated_at, seen.overdue) == ("filed", clock.now(), True)
    assert len(cases(staff.sena, queue="appeals", clock=clock)) == 1
    assert in_force(sends(ada)) == [f"measure M-{number(done)}"]


def test_an_overdue_appeal_is_stayed_where_the_setting_says_so(staff, ada, clock, in_force, settings):
    settings.FAIRPOST = replace(settings.FAIRPOST, appeal_overdue="stay")
    done = suspended(staff, ada, clock)
    appeal_ = filed(ada, done.decision.id, clock)
    clock.advance(DAY)
    escalate_overdue_appeals(clock)
    assert in_force(sends(ada)) == []
    assert measure_view(number(done), clock.now()).state == "stayed"
    ruled(staff.rui, in_review(staff.rui, appeal_, clock), "upheld", clock)  # decided at last: the stay is over
    assert in_force(sends(ada)) == [f"measure M-{number(done)}"]


def test_a_stay_ends_at_its_time_before_any_job_and_can_be_granted_again(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    grant = {"actor": staff.rui, "appeal_id": appeal_.id, "measure_id": number(done), "reason": "Receipts.",
             "clock": clock}  # fmt: skip
    stay_measure(**grant, until=clock.now() + HOUR)
    assert in_force(sends(ada)) == []
    with pytest.raises(Conflict):
        stay_measure(**grant, until=clock.now() + 2 * HOUR)
    clock.advance(HOUR)
    assert in_force(sends(ada)) == [f"measure M-{number(done)}"]
    assert end_elapsed_stays(clock) == 1
    assert measure_view(number(done), clock.now()).state == "active"
    assert end_elapsed_stays(clock) == 0
    stay_measure(**grant)
    clock.advance(HOUR)
    assert in_force(sends(ada)) == []
    end_stay(actor=staff.rui, appeal_id=appeal_.id, measure_id=number(done), reason="They are out.", clock=clock)
    assert in_force(sends(ada)) == [f"measure M-{number(done)}"]
    with pytest.raises(Conflict, match="not stayed"):
        end_stay(actor=staff.rui, appeal_id=appeal_.id, measure_id=number(done), reason="Again.", clock=clock)


def test_a_stay_is_the_reviewers_alone_and_refused_with_reasons(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock, stay=True), clock)
    other = make_person(None, "Rolf", "appeal_reviewer")
    for actor in (other, staff.noor, ada.owner):
        with pytest.raises((Forbidden, NotFound)):
            stay_measure(actor=actor, appeal_id=appeal_.id, measure_id=number(done), reason="Now.", clock=clock)
    with pytest.raises(NotFound, match="not about"):
        stay_measure(actor=staff.rui, appeal_id=appeal_.id, measure_id=10**6, reason="Now.", clock=clock)
    refused = refuse_stay(actor=staff.rui, appeal_id=appeal_.id, reason="It can wait.", clock=clock)
    assert (refused.acts[-1].act, refused.acts[-1].reason) == ("stay_refused", "It can wait.")
    assert in_force(sends(ada)) != []


def test_a_withdrawn_appeal_takes_its_stay_along(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    stay_measure(actor=staff.rui, appeal_id=appeal_.id, measure_id=number(done), reason="Receipts.", clock=clock)
    withdraw_appeal(actor=ada.owner, account_id=ada.account_id, appeal_id=appeal_.id, clock=clock)
    assert in_force(sends(ada)) == [f"measure M-{number(done)}"]


def test_a_decided_appeal_closes_once_its_party_was_told(staff, ada, clock):
    done = suspended(staff, ada, clock)
    ended = ruled(staff.rui, in_review(staff.rui, filed(ada, done.decision.id, clock), clock), "upheld", clock).appeal
    assert close_decided_appeals(clock) == 0
    NoticePost.objects.update(state="handed_over")
    assert close_decided_appeals(clock) == 1
    assert appeal(staff.rui, ended.id, clock=clock).state == "closed"


def test_what_was_filed_and_done_stays_as_it_was(staff, ada, clock):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    ruled(staff.rui, appeal_, "upheld", clock)
    for sql in (
        "UPDATE appeal SET sealed = ''::bytea",
        "DELETE FROM appeal",
        "UPDATE appeal_act SET reason = 'x'",
        "DELETE FROM appeal_ruling",
        "UPDATE appeal_ruling SET outcome = 'overturned'",
    ):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(sql)


def test_urgent_near_an_election(staff, ada, clock):
    done = suspended(staff, ada, clock)
    urgent = filed(ada, done.decision.id, clock, key_date=clock.now() + 20 * HOUR)
    assert urgent.expedited
    assert urgent.decision_due_at == urgent.first_touch_due_at == clock.now() + 2 * HOUR


def test_remanding_opens_the_case_again_and_leaves_the_measure(staff, ada, clock, in_force):
    done = suspended(staff, ada, clock)
    appeal_ = in_review(staff.rui, filed(ada, done.decision.id, clock), clock)
    answer = ruled(staff.rui, appeal_, "remanded", clock)
    assert answer.reopened == (done.decision.case_id,)
    assert in_force(sends(ada)) == [f"measure M-{number(done)}"]
