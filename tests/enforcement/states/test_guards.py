"""What must be there before a decision is proposed, approved, activated or lifted, and who may do each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.builders.enforcement import (
    ASSESSMENT,
    DAY,
    approved,
    decided,
    draft,
    make_case,
    make_staff,
    measure,
    proposed,
    until,
    with_role,
)
from tests.builders.mailings import fake_mailings
from tests.builders.tenants import make_account, make_identity

from fairpost.audit.queries import audit_events
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.approve_decision import approve_decision, return_decision
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.models import Decision, DecisionHand, Force
from fairpost.enforcement.queries.cases import read_evidence
from fairpost.enforcement.queries.decisions import decision_view
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.identify_organisation import identify_organisation
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries import account

HOLD = {"queue": "hold"}


@pytest.fixture
def staff(transactional_db):
    with fake_mailings():
        yield make_staff()


@pytest.fixture
def ada(staff):
    made = make_account()
    make_identity(made)
    return made


def suspend(tenant, duration=None, scope=None):
    return measure("suspend_sending", scope or {"account": [tenant.account_id]}, duration, mechanism=HOLD)


def state(decision_id):
    return [each.state for each in decision_view(decision_id, SYSTEM_CLOCK.now()).measures]


# To propose


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"facts": " "}, "facts"),
        ({"milder_step": ""}, "milder_step"),
        ({"milder_why_not": ""}, "milder_why_not"),
        ({"measures": ()}, "measures"),
        ({"responsible": ()}, "responsible"),
        ({"automated_decision": "perhaps"}, "automated_decision"),
        ({"assessment": {}}, "assessment"),
        ({"assessment": {**ASSESSMENT, "intent": {"text": "", "rating": 2}}}, "assessment"),
        ({"assessment": {**ASSESSMENT, "intent": {"text": "It is.", "rating": 4}}}, "assessment"),
    ],
)
def test_a_proposal_that_lacks_something_is_refused_and_leaves_nothing(staff, ada, lacking, field):
    with pytest.raises(Invalid) as refused:
        propose_decision(
            actor=staff.mara,
            case_id=make_case(staff),
            clauses=["violence"],
            draft=replace(draft(suspend(ada)), **lacking),
        )
    assert field in (refused.value.field or "")
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("clauses", [[], ["nonsense"], ["violence@99"]])
def test_a_proposal_names_a_clause_in_its_version(staff, ada, clauses):
    with pytest.raises((Invalid, NotFound)):
        proposed(staff, suspend(ada), clauses=clauses)


def test_a_proposal_rests_on_evidence(staff, ada):
    case = open_case(actor=staff.mara, title="Nothing in it", source="own_initiative")
    with pytest.raises(Conflict, match="no evidence"):
        proposed(staff, suspend(ada), case_id=case)


@pytest.mark.parametrize(
    "bad",
    [
        lambda ada: suspend(ada, Duration("permanent", reapply_at=SYSTEM_CLOCK.now() + 400 * DAY)),
        lambda ada: suspend(ada, Duration("until")),
        lambda ada: suspend(ada, until(term=-DAY)),
        lambda ada: suspend(ada, until(term=100 * DAY)),  # without a review
        lambda ada: suspend(ada, Duration("indefinite_min", ends_at=SYSTEM_CLOCK.now() + DAY)),
        lambda ada: measure("suspend_sending", {"account": [ada.account_id]}),  # what happens to the queue?
        lambda ada: measure("suspend_sending", {"account": [ada.account_id]}, mechanism={"queue": "burn"}),
        lambda ada: measure("block_class", {"account": [ada.account_id]}),
        lambda ada: suspend(ada, scope={"campaign": [1]}),
    ],
)
def test_a_proposal_has_scope_duration_and_mechanism(staff, ada, bad):
    with pytest.raises(Invalid):
        proposed(staff, bad(ada))


def test_only_a_person_of_the_platform_proposes(staff, ada):
    case = make_case(staff)
    for who in (ada.owner, local_operator(), staff.rui, staff.leo):
        with pytest.raises(Forbidden):
            propose_decision(actor=who, case_id=case, clauses=["violence"], draft=draft(suspend(ada)))


# To approve


def test_the_proposer_does_not_approve_under_another_role_either(staff, ada):
    view = proposed(staff, suspend(ada))
    both = with_role(staff.mara, "approver")
    read_evidence(both, view.case_id, SYSTEM_CLOCK)
    with pytest.raises(Forbidden, match="another person"):
        approve_decision(actor=both, decision_id=view.id, version=view.version)
    assert state(view.id) == ["proposed"]


def test_one_person_is_not_approver_and_senior(staff, ada):
    term = Duration("permanent", reapply_at=SYSTEM_CLOCK.now() + 400 * DAY)
    view = proposed(
        staff,
        measure("terminate", {"account": [ada.account_id]}, term, mechanism={"notice_days": 30, "export_days": 60}),
    )
    both = with_role(staff.noor, "senior")
    read_evidence(both, view.case_id, SYSTEM_CLOCK)
    first = approve_decision(actor=both, decision_id=view.id, version=view.version)
    assert state(view.id) == ["proposed"], "one of two"
    with pytest.raises(Forbidden):
        approve_decision(actor=both, decision_id=view.id, version=first.version, as_senior=True)
    read_evidence(staff.sena, view.case_id, SYSTEM_CLOCK)
    approve_decision(actor=staff.sena, decision_id=view.id, version=first.version, as_senior=True)
    assert state(view.id) == ["approved"]


def test_an_approver_is_no_senior(staff, ada):
    view = proposed(staff, suspend(ada))
    read_evidence(staff.noor, view.case_id, SYSTEM_CLOCK)
    with pytest.raises(Forbidden):
        approve_decision(actor=staff.noor, decision_id=view.id, version=view.version, as_senior=True)


def test_who_approves_has_opened_the_evidence(staff, ada):
    view = proposed(staff, suspend(ada))
    with pytest.raises(Conflict, match="not opened"):
        approve_decision(actor=staff.noor, decision_id=view.id, version=view.version)


def test_evidence_that_came_later_needs_another_proposal(staff, ada):
    view = proposed(staff, suspend(ada))
    read_evidence(staff.noor, view.case_id, SYSTEM_CLOCK)
    add_evidence(actor=staff.mara, case_id=view.case_id, label="more", text="It was a quotation.")
    with pytest.raises(Conflict, match="evidence has changed"):
        approve_decision(actor=staff.noor, decision_id=view.id, version=view.version)
    read_evidence(staff.noor, view.case_id, SYSTEM_CLOCK)
    with pytest.raises(Conflict, match="evidence has changed"):
        approve_decision(actor=staff.noor, decision_id=view.id, version=view.version)


@pytest.mark.parametrize("version", ["", "0" * 64, "short"])
def test_one_approves_the_version_that_one_has_read(staff, ada, version):
    view = proposed(staff, suspend(ada))
    read_evidence(staff.noor, view.case_id, SYSTEM_CLOCK)
    with pytest.raises(Conflict, match="version"):
        approve_decision(actor=staff.noor, decision_id=view.id, version=version)


def test_what_was_returned_is_proposed_anew_and_never_edited(staff, ada):
    view = proposed(staff, suspend(ada))
    with pytest.raises(Invalid):
        return_decision(actor=staff.noor, decision_id=view.id, reason=" ")
    return_decision(actor=staff.noor, decision_id=view.id, reason="Too wide.")
    read_evidence(staff.noor, view.case_id, SYSTEM_CLOCK)
    with pytest.raises(Conflict):
        approve_decision(actor=staff.noor, decision_id=view.id, version=view.version)
    with pytest.raises(Exception, match="only ever added to"), transaction.atomic():
        Decision.objects.filter(pk=view.id).update(facts="Something else.")


def insert_act(view, act, person):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO measure_act (measure_id, act, at, person_id, reason, detail)"
            " VALUES (%s, %s, now(), %s, '', '{\"starts_at\": \"2027-01-01T00:00:00+00:00\"}')",
            [view.measures[0].id, act, person],
        )


def test_the_database_takes_no_approval_by_the_proposer(staff, ada):
    view = proposed(staff, suspend(ada))
    for person in (staff.mara.person_id, staff.noor.person_id, None):  # Noor has no hand in it yet
        with pytest.raises(IntegrityError, match="second person"):
            insert_act(view, "approved", person)


def test_the_database_takes_no_second_hand_of_one_person(staff, ada):
    view = proposed(staff, suspend(ada))
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionHand.objects.create(
            decision_id=view.id, person_id=staff.mara.person_id, role="approver", at=SYSTEM_CLOCK.now()
        )


def test_the_database_activates_nothing_that_is_not_approved(staff, ada):
    view = proposed(staff, suspend(ada))
    with pytest.raises(IntegrityError, match="not approved"):
        insert_act(view, "activated", staff.noor.person_id)


def test_the_database_activates_nothing_whose_approval_is_void(staff, ada):
    view = proposed(staff, suspend(ada))
    approved(staff, view)
    insert_act(view, "approval_voided", staff.mara.person_id)
    with pytest.raises(IntegrityError, match="not approved"):
        insert_act(view, "activated", staff.noor.person_id)


# To activate


def test_a_new_identity_in_scope_voids_the_approval(staff, ada):
    view = approved(staff, proposed(staff, suspend(ada)))
    make_identity(ada, "late@example.org")
    with pytest.raises(Conflict, match="void"):
        activate_decision(actor=staff.mara, decision_id=view.id)
    assert state(view.id) == ["proposed"]
    assert "measure.approval_voided" in [each.act for each in audit_events(None)]
    assert Force.objects.count() == 0


def test_a_new_account_in_scope_voids_the_approval_and_can_be_approved_again(staff, ada):
    holder = account(ada.account_id).holder_id
    view = approved(staff, proposed(staff, suspend(ada, scope={"organisation": [holder]})))
    twin = make_account(owner="Ben")
    make_identity(twin, "twin@twin.example")
    identify_organisation(
        actor=local_operator(),
        organisation_id=account(twin.account_id).holder_id,
        same_as_id=holder,
        reason="Register no. 7.",
    )
    with pytest.raises(Conflict, match="void"):
        activate_decision(actor=staff.mara, decision_id=view.id)
    with pytest.raises(Conflict, match="version"):
        approve_decision(actor=staff.noor, decision_id=view.id, version=view.version)
    again = decision_view(view.id, SYSTEM_CLOCK.now())
    assert again.version != view.version
    approve_decision(actor=staff.noor, decision_id=view.id, version=again.version)
    assert activate_decision(actor=staff.mara, decision_id=view.id).decision.measures[0].state == "active"


def test_nothing_comes_into_force_that_nobody_can_be_told_of(staff):
    lonely = create_account(actor=local_operator(), slug="lonely", name="Lonely", postal_address="1 Road")
    view = approved(staff, proposed(staff, measure("suspend_sending", {"account": [lonely]}, mechanism=HOLD)))
    with pytest.raises(Conflict):
        activate_decision(actor=staff.mara, decision_id=view.id)
    assert state(view.id) == ["approved"] and Force.objects.count() == 0


def test_what_is_only_proposed_is_not_activated(staff, ada):
    view = proposed(staff, suspend(ada))
    with pytest.raises(Conflict):
        activate_decision(actor=staff.mara, decision_id=view.id)
    assert "measure.refused" in [each.act for each in audit_events(None)]


def test_an_expired_term_is_not_activated(staff, ada):
    clock = FixedClock(SYSTEM_CLOCK.now())
    view = approved(staff, proposed(staff, suspend(ada, until(clock, DAY)), clock=clock), clock)
    clock.advance(2 * DAY)
    with pytest.raises(Conflict, match="over"):
        activate_decision(actor=staff.mara, decision_id=view.id, clock=clock)


# To lift


def test_to_lift_needs_a_reason_and_never_the_customer(staff, ada):
    number = decided(staff, suspend(ada)).decision.measures[0].id
    with pytest.raises(Invalid, match="why"):
        lift_measure(actor=staff.noor, measure_id=number, reason="  ")
    for who in (ada.owner, local_operator(), staff.rui):
        with pytest.raises(Forbidden):
            lift_measure(actor=who, measure_id=number, reason="It is enough.")
    assert lift_measure(actor=staff.noor, measure_id=number, reason="It is enough.").state == "lifted"


def test_the_end_of_a_contract_has_its_notice_period(staff, ada):
    clock = FixedClock(SYSTEM_CLOCK.now())
    term = Duration("permanent", reapply_at=clock.now() + 400 * DAY)
    done = decided(
        staff,
        measure(
            "terminate",
            {"account": [ada.account_id]},
            term,
            clock=clock,
            mechanism={"notice_days": 30, "export_days": 60},
        ),
        clock=clock,
    )
    number = done.decision.measures[0].id
    row = Force.objects.get(source="measure", source_id=number)
    assert row.starts_at == clock.now() + timedelta(days=30)
    assert [each.state for each in done.decision.measures] == ["scheduled"]
    assert decision_view(done.decision.id, clock.now() + timedelta(days=30)).measures[0].state == "active"
