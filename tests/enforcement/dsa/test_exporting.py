"""What was decided is exported once, after it has settled, and corrected under a new puid when an appeal turns it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from tests.builders.decided import act, in_force
from tests.builders.tenants import make_account, make_identity, make_joint_sender, make_person
from tests.enforcement.dsa.second_rules import accepted, bulk_accepted

from fairpost.enforcement.actions.export_statements import export_statements
from fairpost.enforcement.dsa.batches import bulks
from fairpost.enforcement.models import Appeal, AppealRuling, CoverageRevision, RegisterSeal, StatementOfReasons
from fairpost.enforcement.queries.statements import ExportedStatement, NotExported, Wanted, statements
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, NotFound
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries import account, audit_trail

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
FUNDRAISING = {"mechanism": {"capability": "fundraising"}}


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def tenant(clock):
    return make_account("committee", clock=clock)


def export(clock, actor=None, **wanted):
    return export_statements(actor=actor or local_operator(), wanted=Wanted(**wanted), clock=clock)


def settle(clock):
    clock.advance(timedelta(hours=24))


def rule(decision, clock, tenant, outcome="overturned", only_for=None, excluded=None):
    """What an appeal leaves behind; with `only_for` that outcome is one participant's, and the whole is upheld."""
    appeal = Appeal.objects.create(
        decision_id=decision.id,
        account_id=tenant.account_id,
        organisation_id=only_for or account(tenant.account_id).holder_id,
        measures=[decision.measures[0].id],
        subject="account:1",
        sealed=b"",
        filed_via="api",
        filed_at=clock.now(),
        informed_at=clock.now(),
        window_ends_at=clock.now() + timedelta(days=180),
        first_touch_due_at=clock.now() + timedelta(days=1),
        decision_due_at=clock.now() + timedelta(days=7),
        state="decided",
    )
    ruling = {
        "appeal": appeal,
        "measure_id": decision.measures[0].id,
        "reason": "A critic was quoted.",
        "at": clock.now(),
    }
    if only_for:
        AppealRuling.objects.create(organisation_id=only_for, outcome=outcome, excluded=excluded or {}, **ruling)
        AppealRuling.objects.create(outcome="upheld", **ruling)
    else:
        AppealRuling.objects.create(outcome=outcome, **ruling)


def test_a_settled_measure_is_exported_as_a_valid_statement(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    done = export(clock)
    assert done.not_exported == ()
    [statement] = done.statements
    fields = statement.statement
    assert accepted(fields)
    assert statement.puid == fields["puid"]
    assert statement.puid == f"fairpost-{decision.label}-{decision.measures[0].label}-account-{tenant.account_id}-0"
    assert fields["application_date"] == "2026-01-10"
    assert fields["end_date_service_restriction"] == "2026-01-15"
    assert fields["source_type"] == "SOURCE_ARTICLE_16"
    assert fields["category_specification"] == ["KEYWORD_INCITEMENT_VIOLENCE_HATRED"]
    assert "sending mail that asks for donations" in fields["decision_visibility_other"]
    assert fields["incompatible_content_ground"].startswith("violence@1 ")
    assert fields["decision_ground_reference_url"].endswith("/policy/violence/1")
    stored = StatementOfReasons.objects.get(puid=statement.puid)
    assert stored.statement == fields
    assert stored.exported_at == clock.now()


def test_a_young_measure_waits_and_says_until_when(tenant, clock):
    in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    clock.advance(timedelta(hours=23, minutes=59))
    done = export(clock)
    assert done.statements == ()
    [waiting] = done.not_exported
    assert waiting.code == "settling"
    assert "2026-01-11T12:00+00:00" in waiting.reason
    clock.advance(timedelta(minutes=1))
    assert len(export(clock).statements) == 1


def test_nothing_is_exported_twice_unless_asked_for_and_then_unchanged(tenant, clock):
    in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    [first] = export(clock).statements
    clock.advance(timedelta(days=1))
    assert export(clock).statements == ()
    [again] = export_statements(actor=local_operator(), wanted=Wanted(), again=True, clock=clock).statements
    assert again == first


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("note", {}),
        ("advise", {}),
        ("warn", {"mechanism": {"next_step": "a suspension", "acknowledge_by": "2026-01-20T00:00:00+00:00"}}),
    ],
)
def test_a_warning_is_not_exported_and_says_why(tenant, clock, kind, extra):
    strike = {"responsible": [1]} if kind == "warn" else {}
    in_force(tenant, kind, clock=clock, duration={"kind": "instant"}, **extra, **strike)
    settle(clock)
    done = export(clock)
    assert done.statements == ()
    assert {each.code for each in done.not_exported} == {"no_restriction"}


def test_what_is_only_proposed_is_not_exported(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, activate=False, **FUNDRAISING)
    settle(clock)
    [line] = export(clock, decision_id=decision.id).not_exported
    assert line.code == "not_in_force"


def test_an_overturn_before_the_export_is_told_in_the_one_statement(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    clock.advance(timedelta(hours=20))
    act(decision, "overturned", local_operator(), clock)
    rule(decision, clock, tenant)
    settle(clock)
    [statement] = export(clock).statements
    assert accepted(statement.statement)
    assert statement.reversal == "overturned"
    assert "It was overturned on 2026-01-11: the decision is void." in statement.statement["decision_facts"]
    assert statement.statement["end_date_service_restriction"] == "2026-01-11"
    settle(clock)
    assert export(clock).statements == ()


def test_an_overturn_after_the_export_is_a_correction_in_the_same_lineage(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    [first] = export(clock).statements
    act(decision, "overturned", local_operator(), clock)
    rule(decision, clock, tenant)
    [second] = export(clock).statements
    assert (first.puid[:-1], first.revision) == (second.puid[:-1], 0)
    assert second.revision == 1
    assert f"This corrects the statement {first.puid}." in second.statement["decision_facts"]
    assert accepted(second.statement)
    assert export(clock).statements == ()


@pytest.mark.parametrize(("outcome", "corrections"), [("varied", 1), ("upheld", 0), ("remanded", 0)])
def test_only_an_appeal_that_changes_something_leads_to_a_correction(tenant, clock, outcome, corrections):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    export(clock)
    rule(decision, clock, tenant, outcome)
    found = export(clock).statements
    assert len(found) == corrections
    for each in found:
        assert "An appeal was decided on 2026-01-11: the decision was changed." in each.statement["decision_facts"]


def test_a_measure_that_ends_in_the_ordinary_course_needs_no_correction(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    export(clock)
    act(decision, "lifted", local_operator(), clock)
    assert export(clock).statements == ()


def test_lifted_first_and_overturned_later_ends_on_the_first_day(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    act(decision, "lifted", local_operator(), clock)
    clock.advance(timedelta(days=2))
    act(decision, "overturned", local_operator(), clock)
    [statement] = export(clock).statements
    assert statement.statement["end_date_service_restriction"] == "2026-01-11"
    assert "It was overturned on 2026-01-13" in statement.statement["decision_facts"]


@pytest.fixture
def joint(tenant, clock):
    """Fundraising is off on a joint sender, and stated to each participant."""
    number, members = make_joint_sender(tenant, clock=clock)
    scope = {"joint_sender": [number], "organisation": members}
    decision = in_force(tenant, "capability_off", clock=clock, scope=scope, **FUNDRAISING)
    settle(clock)
    return decision, members, export(clock).statements


def test_each_participant_has_its_own_statement(joint):
    _decision, members, found = joint
    assert {f"organisation-{each}" for each in members} <= {each.recipient for each in found}
    assert len({each.puid for each in found}) == len(found)


def test_a_split_ends_it_for_one_participant_and_corrects_that_statement_only(joint, tenant, clock):
    decision, members, _found = joint
    rule(decision, clock, tenant, only_for=members[0], excluded={"organisation": [str(members[0])]})
    [corrected] = export(clock).statements
    assert corrected.recipient == f"organisation-{members[0]}"
    assert corrected.statement["end_date_service_restriction"] == "2026-01-11"
    assert "the decision was overturned." in corrected.statement["decision_facts"]


def test_a_split_in_which_only_the_strike_falls_ends_nothing(joint, tenant, clock):
    decision, members, _found = joint
    rule(decision, clock, tenant, only_for=members[0])
    [corrected] = export(clock).statements
    assert corrected.reversal == "varied"
    assert corrected.statement["end_date_service_restriction"] == "2026-01-15"
    assert "the decision was changed." in corrected.statement["decision_facts"]


def test_whoever_has_left_the_coverage_keeps_its_statement_and_its_correction(tenant, clock):
    other = make_account("branch", clock=clock)
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    clock.advance(timedelta(hours=1))
    tell_all(decision, [tenant.account_id, other.account_id], clock)
    clock.advance(timedelta(hours=1))
    tell_all(decision, [tenant.account_id], clock)
    settle(clock)
    assert {each.recipient for each in export(clock).statements} == {
        f"account-{tenant.account_id}",
        f"account-{other.account_id}",
    }


def test_whoever_left_before_it_came_into_force_was_told_nothing(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, activate=False, **FUNDRAISING)
    other = make_account("branch", clock=clock)
    tell_all(decision, [tenant.account_id, other.account_id], clock)
    clock.advance(timedelta(hours=1))
    tell_all(decision, [tenant.account_id], clock)
    act(decision, "activated", local_operator(), clock, {"starts_at": clock.now().isoformat()})
    settle(clock)
    assert [each.recipient for each in export(clock).statements] == [f"account-{tenant.account_id}"]


def test_a_suspension_of_everything_an_account_has_is_total(tenant, clock):
    make_identity(tenant, "news@committee.example")
    everything = {"mechanism": {"queue": "hold"}, "responsible": [1]}
    in_force(tenant, "suspend_sending", clock=clock, **everything)
    narrow = {"account": [tenant.account_id], "link_domain": ["donate.example"]}
    in_force(tenant, "suspend_sending", clock=clock, scope=narrow, **everything)
    settle(clock)
    whole, part = [each.statement["decision_provision"] for each in export(clock).statements]
    assert whole == "DECISION_PROVISION_TOTAL_SUSPENSION"
    assert part == "DECISION_PROVISION_PARTIAL_SUSPENSION"


def test_a_territory_in_greece_is_stated_as_gr(tenant, clock):
    scope = {"account": [tenant.account_id], "territory": ["GR", "US"]}
    in_force(tenant, "capability_off", clock=clock, scope=scope, **FUNDRAISING)
    settle(clock)
    [statement] = export(clock).statements
    assert statement.statement["territorial_scope"] == ["GR"]


def test_a_measure_outside_the_eea_says_so(tenant, clock):
    scope = {"account": [tenant.account_id], "territory": ["US"]}
    in_force(tenant, "capability_off", clock=clock, scope=scope, **FUNDRAISING)
    settle(clock)
    assert [each.code for each in export(clock).not_exported] == ["outside_eea"]


def test_what_the_register_keeps_sealed_is_not_published_here_either(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    sealed = RegisterSeal.objects.create(
        decision_id=decision.id,
        legal_basis="Section 1",
        sealed_at=clock.now(),
        sealed_by_id=make_person(None, "Lea", "operator").person_id,
        until=clock.now() + timedelta(days=3),
    )
    settle(clock)
    assert [each.code for each in export(clock).not_exported] == ["unpublished"]
    assert statements(tenant.owner, Wanted(), clock=clock) == []
    clock.at = sealed.until
    assert len(export(clock).statements) == 1


def test_an_hundred_and_one_statements_are_exported(tenant, clock):

    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    accounts = [make_account(f"branch{number}", clock=clock).account_id for number in range(100)]
    tell_all(decision, [tenant.account_id, *accounts], clock)
    settle(clock)
    done = export(clock)
    assert len(done.statements) == 101
    bodies = list(bulks([each.statement for each in done.statements]))
    assert [len(body["statements"]) for body in bodies] == [100, 1]
    assert all(bulk_accepted(body["statements"]) for body in bodies)


def tell_all(decision, accounts, clock):
    """Adds a coverage statement by which all of these got a notice."""
    latest = CoverageRevision.objects.filter(measure_id=decision.measures[0].id).latest("revision")
    notices = [{"account_id": each} for each in accounts]
    CoverageRevision.objects.create(
        measure_id=latest.measure_id,
        revision=latest.revision + 1,
        statement=latest.statement | {"notices": notices},
        hash=latest.hash,
        why="addendum",
        at=clock.now(),
    )


def test_a_period_takes_what_came_into_force_and_what_was_reversed_in_it(tenant, clock):
    old = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    export(clock)
    clock.advance(timedelta(days=30))
    since = clock.now()
    young = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    assert [each.decision for each in export(clock, since=since).not_exported] == [young.label]
    rule(old, clock, tenant)
    settle(clock)
    assert [each.decision for each in export(clock, since=since).statements] == [old.label, young.label]
    assert export(clock, until=since).statements == ()


def test_a_customer_sees_its_own_statements_and_nobody_elses(tenant, clock):
    mallory = make_account("mallory", owner="Mallory", clock=clock)
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    export(clock)
    [own] = statements(tenant.owner, Wanted(), clock=clock)
    assert isinstance(own, ExportedStatement)
    assert statements(mallory.owner, Wanted(), clock=clock) == []
    with pytest.raises(NotFound):
        statements(mallory.owner, Wanted(decision_id=decision.id), clock=clock)
    with pytest.raises(NotFound):
        statements(mallory.owner, Wanted(account_id=tenant.account_id), clock=clock)


def test_a_customer_cannot_export(tenant, clock):
    with pytest.raises(Forbidden):
        export(clock, actor=tenant.owner)


def test_a_reviewer_may_look_and_not_export(tenant, clock):
    in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    mara = make_person(None, "Mara", "reviewer")
    assert [type(each) for each in statements(mara, Wanted(), clock=clock)] == [NotExported]
    with pytest.raises(Forbidden):
        export(clock, actor=mara)


def test_an_unknown_decision_is_not_found(clock):
    with pytest.raises(NotFound):
        export(clock, decision_id=999)


def test_an_installation_may_switch_the_export_off(tenant, clock, settings):
    in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    settings.FAIRPOST = replace(settings.FAIRPOST, dsa_export="off")
    with pytest.raises(Conflict):
        export(clock)
    assert len(statements(local_operator(), Wanted(), clock=clock)) == 1


def test_the_settings_say_prefix_territories_delay_and_whose_the_money_is(tenant, clock, settings):
    settings.FAIRPOST = replace(
        settings.FAIRPOST,
        dsa_puid_prefix="acme",
        dsa_territories="FR, EL",
        dsa_settling_hours=0,
        dsa_platform_holds_money="yes",
    )
    in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    [statement] = export(clock).statements
    assert statement.puid.startswith("acme-D-")
    assert statement.statement["territorial_scope"] == ["FR", "GR"]
    assert statement.statement["decision_monetary"] == "DECISION_MONETARY_SUSPENSION"


def test_an_export_is_on_record_with_its_puids_and_no_personal_data(tenant, clock):
    in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    [statement] = export(clock).statements
    [event] = [each for each in audit_trail(local_operator(), None) if each.act == "statements.exported"]
    assert event.facts == {"puids": [statement.puid]}


def test_the_database_refuses_to_change_remove_or_double_a_statement(tenant, clock):
    decision = in_force(tenant, "capability_off", clock=clock, **FUNDRAISING)
    settle(clock)
    [made] = export(clock).statements
    for sql in ("UPDATE statement_of_reasons SET statement = '{}'", "DELETE FROM statement_of_reasons"):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementOfReasons.objects.create(
            measure_id=decision.measures[0].id,
            recipient="account-999",
            revision=0,
            puid=made.puid,
            statement=json.loads("{}"),
            exported_at=NOW,
        )
