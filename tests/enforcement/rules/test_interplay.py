"""The rules of interplay that no other part proves: 7 (screening), 10 (units inherit only where it says so), 11, 12.

Rules 1 to 6, 8 and 10 are proved in tests/enforcement/appeals and pauses, 9 in tests/enforcement/register.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from tests.builders.audit import as_owner, whole
from tests.builders.campaigns import make_author
from tests.builders.content import page
from tests.builders.decided import act, in_force
from tests.builders.enforcement import ASSESSMENT, decided, draft, example_of, make_case, measure, proposed
from tests.builders.mails import mail_to
from tests.builders.sending import rows
from tests.builders.tenants import make_account, make_person

import fairpost
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.chain.walk import verify
from fairpost.audit.queries import audit_events
from fairpost.contacts.actions.export_contacts import export_contacts
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.file_appeal import file_appeal
from fairpost.enforcement.actions.file_report import file_report
from fairpost.enforcement.actions.install_starter_classes import install_starter_classes
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.propose_decision import propose_decision
from fairpost.enforcement.actions.set_brake import set_brake
from fairpost.enforcement.actions.take_interim_hold import take_interim_hold
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.classes.port import Classifier
from fairpost.enforcement.models import Force, HeldCampaign
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Forbidden, Invalid, Restricted
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries import account

SCREENING = Actor(name="screening", via="system", capabilities=frozenset({"decision.propose", "decision.approve"}))
COMBATIVE = page("<p>Fight like hell! March on the capital tonight. Storm it. Take it back by force.</p>")


@pytest.fixture
def author(staff):
    install_starter_classes(actor=local_operator())
    made = make_author()
    made.crowd(3)
    return made


def test_rule_7_what_screening_finds_restricts_nothing_by_itself(author):
    number = author.started(content_version_id=author.version(COMBATIVE))
    assert not HeldCampaign.objects.filter(campaign_id=number).exists()
    assert not Force.objects.exists()
    answers = [name for name in vars(Classifier) if not name.startswith("_")]
    assert answers == ["classify"], "the port can answer, and can do nothing"


def test_rule_7_no_machine_proposes_holds_activates_or_lifts(staff, author):
    case = make_case(staff)
    mine = draft(measure("limit", {"account": [author.account_id]}, mechanism={"per_hour": 1}))
    with pytest.raises(Forbidden):
        propose_decision(actor=SCREENING, case_id=case, clauses=["violence"], draft=mine)
    with pytest.raises(Forbidden):
        take_interim_hold(
            actor=SCREENING, case_id=case, clauses=["violence"], scope={"account": [author.account_id]},
            facts="It matches.", harm="Some.", milder_step="None.", milder_why_not="None.", assessment=ASSESSMENT,
        )  # fmt: skip
    view = proposed(staff, *mine.measures, case_id=case)
    with pytest.raises(Forbidden):
        activate_decision(actor=SCREENING, decision_id=view.id)
    done = activate_decision(actor=staff.mara, decision_id=view.id)
    with pytest.raises(Forbidden):
        lift_measure(actor=SCREENING, measure_id=done.decision.measures[0].id, reason="A rule says so.")


def test_rule_7_its_brake_stops_one_campaign_and_nothing_wider(author):
    with pytest.raises(Invalid, match="nothing wider"):
        set_brake(
            actor=Actor(name="screening", via="system"), account_id=author.account_id, scope={}, cause="screening",
            facts="It matches.", evidence="a match", clause="violence",
        )  # fmt: skip


def test_rule_10_a_unit_inherits_only_where_the_measure_says_so(staff, author):
    unit = create_unit(actor=author.actor, account_id=author.account_id, slug="youth", name="Youth")
    youth = make_author(tenant=author.tenant, from_address="youth@sender.example", unit_id=unit)
    decided(staff, measure("suspend_sending", {"unit": [author.tenant.unit_id]}, mechanism={"queue": "hold"}))
    with pytest.raises(Restricted):
        author.send(author.campaign())
    youth.started()
    decided(staff, measure("suspend_sending", {"account": [author.account_id]}, mechanism={"queue": "hold"}))
    with pytest.raises(Restricted):
        youth.send(youth.campaign())


@pytest.mark.parametrize("kind", [each for each in MEASURES if not MEASURES[each].machine])
def test_rule_11_leaving_export_and_complaint_work_under_every_measure(staff, author, edge, kind):
    number = author.started()
    mail = mail_to(author, number, 2)
    template = rows("SELECT template_id FROM content_version WHERE id = %s", author.version_id)[0][0]
    holder = account(author.account_id).holder_id
    hard = example_of(kind, author.account_id, holder_id=holder, template_id=template)
    done = decided(staff, hard, responsible=[holder])
    assert done.decision.measures[0].state == "active"

    assert edge.get(mail.unsubscribe).status == 200
    assert edge.post(mail.unsubscribe).status == 200
    assert rows("SELECT canonical FROM suppression") == [("person2@lake.example",)]
    out = io.StringIO()
    assert export_contacts(actor=author.actor, account_id=author.account_id, out=out) == 3
    assert "person1@lake.example" in out.getvalue()
    assert file_report(channel="form", category="violence", text="They wrote to me.", address="kim@lake.example").new
    if MEASURES[kind].notified:
        appeal = file_appeal(
            **author.who, decision_id=done.decision.id, statement="It is a quotation."
        ).appeal
        assert appeal.state == "filed"


@pytest.mark.django_db
def test_rule_12_what_was_done_to_a_measure_is_chained_and_tampering_shows():
    whole()
    decision = in_force(make_account(), "limit", clock=SYSTEM_CLOCK, mechanism={"per_hour": 9})
    act(decision, "lifted", make_person(None, "Noor", "approver"), SYSTEM_CLOCK)
    seal_events()
    whole()
    events = {each.act: each.id for each in audit_events(None, limit=60)
              if each.subject == f"measure:{decision.measures[0].id}"}  # fmt: skip
    assert {"measure.proposed", "measure.approved", "measure.activated", "measure.lifted"} <= events.keys()
    with as_owner("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET act = 'measure.overturned' WHERE id = %s", [events["measure.lifted"]])
    assert {each.event_id for each in verify().findings} == {events["measure.lifted"]}


def test_every_way_for_mail_of_customers_goes_by_the_gate():
    """No receipt, compliance letter or template has a sending path of its own: a dispatch is ordered in two places."""
    root = Path(fairpost.__file__).parent
    callers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(r"(?<!def )\border_dispatch\(", path.read_text())
    }
    assert callers == {"campaigns/actions/send_campaign.py", "campaigns/actions/test_campaign.py"}
    for each in callers:
        assert "admit(" in (root / each).read_text()
