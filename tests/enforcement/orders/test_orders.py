"""Orders of courts and authorities: sealed, dated, answered, and told to nobody whom they forbid to be told."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.builders.register import SECRET, START, keep_out, legal_officer, make_decision, make_order
from tests.builders.tenants import make_account, make_person

from fairpost.audit.queries import audit_events
from fairpost.audit.vault import destroy_key
from fairpost.enforcement.actions.act_on_order import answer_order, close_order, end_order_stay, stay_order
from fairpost.enforcement.actions.keep_out_entry import end_keep_out
from fairpost.enforcement.models import Case, LegalOrder
from fairpost.enforcement.queries.orders import order, orders
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CLOCK = FixedClock(START)


def test_an_order_is_sealed_and_read_by_legal_officers_only():
    officer = legal_officer()
    number = make_order(officer)
    row = LegalOrder.objects.get()
    assert SECRET.encode() not in bytes(row.sealed)
    view = order(officer, number, CLOCK)
    assert (view.authority, view.text, view.served_by) == (f"{SECRET} Court", f"Stop {SECRET}.", "Bailiff Moss")
    assert audit_events(None)[0].act == "order.opened"
    for other in ("operator", "reviewer", "approver", "senior", "auditor"):
        actor = make_person(None, "Mara", other)
        for read in (lambda who: orders(who), lambda who: order(who, number)):
            with pytest.raises(Forbidden):
                read(actor)


def test_only_a_person_registers_an_order():
    with pytest.raises(Forbidden):
        make_order(local_operator())
    with pytest.raises(Forbidden):
        make_order(make_account().owner)


def test_the_record_holds_no_word_of_it():
    officer = legal_officer()
    number = make_order(officer)
    answer_order(actor=officer, order_id=number, what=f"{SECRET} was stopped", clock=CLOCK)
    for event in audit_events(None):
        assert SECRET not in json.dumps(dict(event.facts)) and SECRET not in str(event.reason)


@pytest.mark.parametrize(
    "wrong",
    [
        {"deadline": START - DAY}, {"served_at": START + DAY}, {"authority": ""}, {"text": " "},
        {"authority": "a\nb"}, {"legal_basis": ""}, {"text": "x" * 200_001},
    ],
)  # fmt: skip
def test_an_order_lacks_nothing(wrong):
    with pytest.raises(Invalid):
        make_order(legal_officer(), **wrong)
    assert LegalOrder.objects.count() == 0


def test_a_case_reminds_of_the_deadline_and_closes_with_the_order():
    officer = legal_officer()
    number = make_order(officer, secret=False)
    case = Case.objects.get()
    assert (case.queue, case.due_at) == ("legal", START + 2 * DAY)
    assert SECRET not in case.title
    close_order(actor=officer, order_id=number, what="done", clock=CLOCK)
    case.refresh_from_db()
    assert case.closed_at == START


def test_an_order_that_forbids_disclosure_makes_no_case_that_others_read():
    make_order(legal_officer())
    assert Case.objects.count() == 0


def test_the_list_goes_by_deadline_and_says_what_is_overdue():
    officer = legal_officer()
    late, soon = make_order(officer, deadline=START + 9 * DAY), make_order(officer, deadline=START + DAY)
    assert [each.id for each in orders(officer, clock=CLOCK)] == [f"O-{soon}", f"O-{late}"]
    after = FixedClock(START + DAY)
    assert [each.overdue for each in orders(officer, clock=after)] == [True, False]
    answer_order(actor=officer, order_id=soon, what="objected", clock=after)
    assert not orders(officer, clock=after)[0].overdue


def test_what_was_done_names_the_decision():
    officer = legal_officer()
    number, decision = make_order(officer), make_decision(make_account())
    answer_order(actor=officer, order_id=number, what="as ordered", decision_id=decision, clock=CLOCK)
    view = order(officer, number, CLOCK)
    assert view.line.decisions == (f"D-{decision}",)
    assert [(each.act, each.what) for each in view.acts] == [("answered", "as ordered")]


def test_a_stay_ends_by_its_date_or_by_a_person():
    officer = legal_officer()
    number = make_order(officer)
    stay_order(actor=officer, order_id=number, what="by the court", until=START + DAY, clock=CLOCK)
    state = lambda at: order(officer, number, FixedClock(at)).line.state  # noqa: E731
    assert [state(START), state(START + DAY)] == ["stayed", "open"]
    with pytest.raises(Conflict):
        end_order_stay(actor=officer, order_id=number, what="x", clock=FixedClock(START + DAY))
    stay_order(actor=officer, order_id=number, what="again", clock=FixedClock(START + 2 * DAY))
    assert state(START + 900 * DAY) == "stayed"
    with pytest.raises(Conflict):
        stay_order(actor=officer, order_id=number, what="twice", clock=FixedClock(START + 3 * DAY))
    end_order_stay(actor=officer, order_id=number, what="appeal lost", clock=FixedClock(START + 3 * DAY))
    assert state(START + 3 * DAY) == "open"


def test_a_closed_order_is_closed():
    officer = legal_officer()
    number = make_order(officer)
    close_order(actor=officer, order_id=number, what="done", clock=CLOCK)
    for act in (answer_order, stay_order, end_order_stay, close_order):
        with pytest.raises(Conflict):
            act(actor=officer, order_id=number, what="x", clock=CLOCK)
    assert orders(officer, clock=CLOCK) == []
    assert [each.state for each in orders(officer, closed=True, clock=CLOCK)] == ["closed"]


def test_an_order_that_keeps_something_out_is_not_closed_before_a_person_ends_that():
    decision = make_decision(make_account())
    officer, number = keep_out(decision)
    with pytest.raises(Conflict):
        close_order(actor=officer, order_id=number, what="done", clock=CLOCK)
    assert order(officer, number, CLOCK).keeps_out == (f"D-{decision}",)
    end_keep_out(actor=officer, decision_id=decision, reason="over", clock=CLOCK)
    close_order(actor=officer, order_id=number, what="done", clock=CLOCK)


def test_neither_orders_nor_acts_are_changed_or_removed():
    officer = legal_officer()
    answer_order(actor=officer, order_id=make_order(officer), what="x", clock=CLOCK)
    for attack in ("UPDATE legal_order SET forbids_disclosure = false", "DELETE FROM legal_order_act",
                   "DELETE FROM legal_order", "UPDATE legal_order_act SET at = '2020-01-01Z'"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_destroying_its_key_erases_what_it_said_and_keeps_that_it_was():
    officer = legal_officer()
    number = make_order(officer)
    destroy_key(LegalOrder.objects.get().seal_subject)
    view = order(officer, number, CLOCK)
    assert view.text is None and SECRET not in str(asdict(view))
    assert view.line.legal_basis == "Article 9 DSA"
