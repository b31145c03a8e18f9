"""What the register tells, whom, and from when on."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from tests.builders.register import (
    SECRET,
    START,
    act,
    activate,
    insert_decision,
    keep_out,
    legal_officer,
    make_appeal,
    make_decision,
    make_order,
)
from tests.builders.tenants import make_account, make_person

from fairpost.enforcement.actions.keep_out_entry import end_keep_out, keep_out_entry
from fairpost.enforcement.actions.seal_entry import seal_entry, unseal_entry
from fairpost.enforcement.models import RegisterStatement
from fairpost.enforcement.queries.register import kept_out, register_entries, register_entry, undisclosed
from fairpost.enforcement.register.wording import lines, title
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = FixedClock(START + 200 * DAY)
SOON = FixedClock(START + DAY)


def text_of(view) -> str:
    return json.dumps(asdict(view), default=str)


def operator():
    return make_person(None, "Olga", "operator")


def test_an_entry_is_the_parties_until_the_window_is_over_and_then_everybodys():
    tenant, other = make_account(), make_account(owner="Mallory")
    decision = make_decision(tenant)
    assert register_entry(tenant.owner, decision, SOON).visibility == "parties"
    for stranger in (None, other.owner):
        with pytest.raises(NotFound):
            register_entry(stranger, decision, SOON)
        assert register_entries(stranger, clock=SOON) == []
    assert register_entry(None, decision, LATER).visibility == "public"
    assert [each.id for each in register_entries(None, clock=LATER)] == [f"D-{decision}"]


def test_an_author_of_the_account_reads_no_more_than_the_public():
    tenant = make_account()
    decision = make_decision(tenant)
    with pytest.raises(NotFound):
        register_entry(make_person(tenant.account_id, "Ben", "author"), decision, SOON)


def test_the_setting_publishes_at_once_only_what_is_decided_from_then_on(monkeypatch):
    tenant = make_account()
    before = make_decision(tenant)
    monkeypatch.setattr(settings, "FAIRPOST", replace(settings.FAIRPOST, register_publish="at_once"))
    after = make_decision(tenant)
    assert [each.id for each in register_entries(None, clock=SOON)] == [f"D-{after}"]
    assert before != after


def test_it_says_what_how_whom_and_whom_not_and_names_no_person():
    tenant = make_account()
    view = register_entry(None, make_decision(tenant), LATER)
    (statement,) = view.statements
    said = "\n".join(": ".join(each) for each in lines(statement.kind, statement.content))
    assert title(statement.kind, statement.content, view.decision_id) == f"Decision {view.id}"
    for part in (f"{SECRET} Committee", f"{SECRET} Sister", "sending is suspended", "queue: hold", f"{SECRET} clause"):
        assert part in said
    assert "called for storming the hall" in said
    assert "@" not in text_of(view).replace("@1", "")
    assert "jane" not in said and "john" not in said


def test_interim_measures_and_brakes_accuse_nobody():
    for kind in ("interim_hold", "brake"):
        view = register_entry(None, make_decision(make_account(), kinds=[kind], days=1), LATER)
        assert view.anonymous
        assert SECRET not in text_of(view).replace(f"{SECRET} clause", "")
        assert "umbrella.example" not in text_of(view)
        assert view.state == "lapsed"


def test_internal_notes_have_no_entry_and_stand_in_none():
    tenant = make_account()
    with pytest.raises(NotFound):
        register_entry(make_person(None, "Mara", "reviewer"), make_decision(tenant, kinds=["note"], days=None), SOON)
    mixed = register_entry(None, make_decision(tenant, kinds=["note", "advise"], days=None), LATER)
    assert [each["kind"] for each in mixed.statements[0].content["measures"]] == ["advise"]
    assert len(mixed.states) == 1


def test_the_state_is_computed_on_the_one_clock():
    tenant = make_account()
    decision = make_decision(tenant)
    states = [register_entry(tenant.owner, decision, FixedClock(START + n * DAY)).state for n in (1, 29, 30)]
    assert states == ["active", "active", "expired"]


def test_an_amendment_stands_above_at_the_same_level():
    tenant = make_account()
    decision = make_decision(tenant)
    appeal = make_appeal(decision, tenant, START + DAY, over=START + 5 * DAY, outcome="overturned")
    measure = act(decision, "overturned", START + 5 * DAY)
    view = register_entry(None, decision, FixedClock(START + 6 * DAY))
    assert [each.kind for each in view.statements] == ["overturned", "appeal_decided", "decided"]
    assert [each.number for each in view.statements] == [3, 2, 1]
    assert view.state == "overturned" and view.states == {f"M-{measure}": "overturned"}
    assert view.updated_at == START + 5 * DAY
    assert view.statements[1].content["appeal"] == appeal


def test_an_amendment_moves_the_entry_to_the_top():
    tenant = make_account()
    first, second = make_decision(tenant), make_decision(tenant, now=START + DAY)
    assert [each.decision_id for each in register_entries(None, clock=LATER)] == [second, first]
    act(first, "lifted", START + 199 * DAY)
    assert [each.decision_id for each in register_entries(None, clock=LATER)] == [first, second]


def test_what_was_stated_cannot_be_changed():
    decision = make_decision(make_account())
    for attack in ("UPDATE register_statement SET content = '{}'", "DELETE FROM register_statement",
                   "UPDATE register_entry SET anonymous = true", "DELETE FROM register_party"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    assert RegisterStatement.objects.filter(entry__decision=decision).count() == 1


def test_a_sealed_entry_says_only_that_it_is_sealed_and_opens_by_itself():
    tenant = make_account()
    decision = make_decision(tenant)
    until = START + 250 * DAY
    seal_entry(actor=operator(), decision_id=decision, until=until, legal_basis="Court file 7", clock=LATER)
    for reader in (None, tenant.owner, make_person(None, "Mara", "reviewer")):
        view = register_entry(reader, decision, FixedClock(until - timedelta(microseconds=1)))
        assert (view.visibility, view.sealed_until, view.legal_basis) == ("sealed", until, "Court file 7")
        assert SECRET not in text_of(view) and "umbrella" not in text_of(view)
        assert not view.statements and not view.states
    opened = register_entry(None, decision, FixedClock(until))
    assert SECRET in text_of(opened)
    assert opened.updated_at == until


def test_a_sealed_entry_is_visible_as_sealed_even_before_it_would_be_public():
    decision = make_decision(make_account())
    seal_entry(actor=operator(), decision_id=decision, until=START + 9 * DAY, legal_basis="law", clock=SOON)
    assert register_entry(None, decision, SOON).visibility == "sealed"
    with pytest.raises(NotFound):
        register_entry(None, decision, FixedClock(START + 9 * DAY))


def test_a_seal_may_end_early_with_a_reason_and_once():
    decision = make_decision(make_account())
    who = {"actor": operator(), "decision_id": decision}
    seal_entry(**who, until=START + 300 * DAY, legal_basis="law", clock=SOON)
    with pytest.raises(Invalid):
        unseal_entry(**who, reason=" ", clock=LATER)
    assert unseal_entry(**who, reason="the court agrees", clock=LATER) == 1
    assert register_entry(None, decision, LATER).visibility == "public"
    with pytest.raises(Conflict):
        unseal_entry(**who, reason="again", clock=LATER)


@pytest.mark.parametrize(("days", "basis"), [(0, "law"), (-1, "law"), (5000, "law"), (5, " "), (5, "law\nX: y")])
def test_no_seal_without_end_or_basis(days, basis):
    decision = make_decision(make_account())
    with pytest.raises(Invalid):
        seal_entry(
            actor=operator(), decision_id=decision, until=START + DAY + days * DAY, legal_basis=basis, clock=SOON
        )


def test_who_may_seal_and_who_may_keep_out():
    decision = make_decision(make_account())
    officer = legal_officer()
    order = make_order(officer)
    with pytest.raises(Forbidden):
        seal_entry(actor=officer, decision_id=decision, until=START + 9 * DAY, legal_basis="law", clock=SOON)
    for other in (operator(), make_person(None, "Sena", "senior"), make_person(None, "Mara", "reviewer")):
        with pytest.raises(Forbidden):
            keep_out_entry(actor=other, decision_id=decision, order_id=order, clock=SOON)


def test_what_an_order_keeps_out_is_nowhere_until_a_person_ends_that():
    tenant = make_account()
    decision = make_decision(tenant)
    officer, _order = keep_out(decision)
    far = FixedClock(START + 36500 * DAY)
    for reader in (None, tenant.owner, make_person(None, "Mara", "reviewer"), officer):
        with pytest.raises(NotFound) as kept:
            register_entry(reader, decision, far)
        with pytest.raises(NotFound) as unknown:
            register_entry(reader, decision + 1, far)
        assert str(kept.value).replace(str(decision), "N") == str(unknown.value).replace(str(decision + 1), "N")
        assert register_entries(reader, clock=far) == []
    assert [each.id for each in kept_out(officer)] == [f"D-{decision}"]
    with pytest.raises(Forbidden):
        kept_out(operator())
    end_keep_out(actor=officer, decision_id=decision, reason="the order was lifted", clock=LATER)
    assert register_entry(None, decision, LATER).visibility == "public"
    with pytest.raises(Conflict):
        end_keep_out(actor=officer, decision_id=decision, reason="again", clock=LATER)


def test_it_can_be_kept_out_before_it_comes_into_force():
    tenant = make_account()
    decision = insert_decision(tenant)
    keep_out(decision)
    activate(decision)
    assert register_entries(tenant.owner, clock=SOON) == []


def test_only_an_open_order_that_forbids_disclosure_keeps_anything_out():
    decision = make_decision(make_account())
    officer = legal_officer()
    order = make_order(officer, secret=False)
    with pytest.raises(Conflict):
        keep_out_entry(actor=officer, decision_id=decision, order_id=order, clock=SOON)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO register_keep_out (decision_id, order_id, kept_at, kept_by_id) VALUES (%s, %s, %s, %s)",
            [decision, order, START, officer.person_id],
        )


def test_the_database_lets_neither_be_backdated_nor_removed():
    decision = make_decision(make_account())
    keep_out(decision)
    seal_entry(actor=operator(), decision_id=decision, until=START + 9 * DAY, legal_basis="law", clock=SOON)
    for attack in ("DELETE FROM register_seal", "DELETE FROM register_keep_out",
                   "UPDATE register_seal SET until = '2020-01-01Z'", "UPDATE register_seal SET legal_basis = 'x'",
                   "UPDATE register_keep_out SET ended_at = '2027-04-01Z'"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_kept_out_entries_and_secret_orders_are_counted_in_bands():
    assert (undisclosed().orders, undisclosed().entries) == ("0", "0")
    for _number in range(2):
        keep_out(make_decision(make_account()))
    assert (undisclosed().orders, undisclosed().entries) == ("1-9", "1-9")


def test_a_later_decision_that_is_kept_out_shows_nowhere_in_the_earlier_ones_entry():
    tenant = make_account()
    earlier = make_decision(tenant)
    later = insert_decision(tenant, supersedes=earlier, now=START + DAY)
    officer, _order = keep_out(later)
    act(earlier, "superseded", START + DAY)
    activate(later, START + DAY)
    view = register_entry(None, earlier, LATER)
    assert [each.kind for each in view.statements] == ["decided"]
    assert view.state == "ended"
    assert view.updated_at == view.published_at
    end_keep_out(actor=officer, decision_id=later, reason="over", clock=LATER)
    view = register_entry(None, earlier, LATER)
    assert view.statements[0].content["by"] == later
    assert view.state == "superseded"


def test_pages_go_by_keyset_through_everything_once():
    tenant = make_account()
    made = {make_decision(tenant, now=START + n * timedelta(hours=1)) for n in range(5)}
    seen, before = [], ""
    while page := register_entries(None, before=before, limit=2, clock=LATER):
        seen += [each.decision_id for each in page]
        before = page[-1].key
    assert len(seen) == 5 and set(seen) == made
    with pytest.raises(Invalid):
        register_entries(None, before="' OR 1=1", clock=LATER)


def test_a_clock_that_goes_back_hides_an_entry_and_breaks_nothing():
    tenant = make_account()
    decision = make_decision(tenant)
    earlier = FixedClock(START - DAY)
    assert register_entries(tenant.owner, clock=earlier) == []
    with pytest.raises(NotFound):
        register_entry(tenant.owner, decision, earlier)
