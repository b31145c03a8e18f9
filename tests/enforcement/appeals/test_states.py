"""Whatever the table of an appeal's states does not name is refused with a Conflict, and the refusal is on record."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from tests.builders.tenants import make_person

from fairpost.audit.queries.events import audit_events
from fairpost.enforcement.appealing import RefusedStep, step, stepping
from fairpost.enforcement.appeals.states import ACTS, APPEAL, ENDED, OPEN, WITHOUT_STATE, after
from fairpost.enforcement.models import Appeal

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)

# Written down a second time, from the design: state -> the states that it may lead to.
LEADS_TO = {
    "": {"filed"},
    "filed": {"inadmissible", "assigned", "withdrawn"},
    "assigned": {"assigned", "in_review", "inadmissible", "withdrawn"},
    "in_review": {"assigned", "info_requested", "decided", "withdrawn"},
    "info_requested": {"assigned", "in_review", "withdrawn"},
    "decided": {"closed"},
    "inadmissible": set(),
    "withdrawn": set(),
    "closed": set(),
}
ILLEGAL = [
    (state, act)
    for state, act in itertools.product(APPEAL, sorted(ACTS))
    if act not in APPEAL[state] and not (act in WITHOUT_STATE and state in OPEN)
]


def test_the_table_leads_where_the_design_says():
    assert {state: set(acts.values()) for state, acts in APPEAL.items()} == LEADS_TO


def test_nothing_leads_out_of_what_is_over():
    assert {"decided", "inadmissible", "withdrawn", "closed"} == ENDED
    for state in ENDED - {"decided"}:
        assert all(after(state, act) is None for act in ACTS)


def test_there_is_no_way_from_lateness_to_a_rejection():
    for state in OPEN:
        assert after(state, "escalated") == state
    assert {act for acts in APPEAL.values() for act, to in acts.items() if to == "inadmissible"} == {
        "found_inadmissible"
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "act"), ILLEGAL)
def test_every_illegal_transition_is_refused_and_on_record(state, act):
    rui = make_person(None, "Rui", "appeal_reviewer")
    row = Appeal(id=17, state=state, subject="account:1", decision_id=1)
    with pytest.raises(RefusedStep) as refusal, stepping(rui):
        step(row, act, actor=rui, now=NOW)
    assert refusal.value.status == 409
    assert row.state == state
    last = audit_events(None, limit=1)[0]
    assert (last.act, last.subject, last.facts) == ("appeal.refused", "appeal:17", {"act": act, "state": state})
