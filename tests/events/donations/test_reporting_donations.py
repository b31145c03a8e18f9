"""Figures are exact, state their window, keep currencies apart and show nothing of another account or unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders.donations import BEGUN, changed, given, make_fund, reference, sent_campaign, take
from tests.builders.tenants import make_account, make_identity, make_person

from fairpost.events.donations.table import report_rows
from fairpost.events.queries.donation_report import donation_report, rounded
from fairpost.events.queries.donations import donations
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.queries.receivers import receivers

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_account()


@pytest.fixture
def world(ada):
    """Two campaigns, one through a joint sender; gifts in two currencies, refunded, recurring, unattributed."""
    fund, identity = make_fund(ada, share="1/3"), make_identity(ada)
    sent_campaign(ada.account_id, 5, accepted=4000, identity_id=identity, unit_id=ada.unit_id)
    later = BEGUN + timedelta(days=40)
    sent_campaign(ada.account_id, 6, accepted=500, begun_at=later, joint_sender_id=fund.joint_sender_id)
    five, six = reference(ada.account_id, 5, 1), reference(ada.account_id, 6, 2)
    take(
        ada.account_id,
        given("a", 1000, reference=five, donor_id="1", line_item="1"),
        given("a", 500, reference=five, donor_id="1", line_item="2"),
        given("b", 2000, reference=five, donor_id="2", recurring=True, after=timedelta(hours=2)),
        given("c", 3001, reference=five, donor_id="1", after=timedelta(hours=2, minutes=59)),
        given("d", 700, reference=five, currency="JPY"),
        given("e", 4000, reference=five, after=timedelta(days=31)),
        given("f", 100, after=timedelta(days=41)),
        given("g", 1000, reference=six, after=timedelta(days=41), receiver="Victory Fund"),
        given("h", 999),
        changed("correction", "h", amount=0, currency="EUR"),
        changed("refund", "a", line_item="1"),
        changed("chargeback", "c", amount=1, currency="EUR", after=timedelta(days=60)),
        changed("cancellation", "b"),
        changed("refund", "nowhere", event_id="x"),
    )
    return ada, fund, identity


def test_a_campaigns_figures(world):
    ada, _fund, _identity = world
    found = donation_report(ada.owner, ada.account_id, campaign_id=5)
    euros, yen = found.currencies
    assert (euros.currency, euros.raised, euros.refunded, euros.charged_back, euros.net) == (
        "EUR", "65.01", "10.00", "0.01", "55.00",
    )  # fmt: skip
    assert (euros.gifts, euros.donors, euros.average, euros.median) == (3, 2, "21.67", "20.00")
    assert (euros.one_off_gifts, euros.recurring_gifts, euros.recurring_raised) == (2, 1, "20.00")
    assert (euros.plans, euros.plans_cancelled) == (1, 1)
    assert (found.mails, euros.per_thousand, euros.attributed) == (4000, "16.25", "65.01")
    assert (yen.currency, yen.raised, yen.donors, yen.per_thousand) == ("JPY", "700", 1, "175")
    assert [(each.of, each.currency, each.gifts, each.raised) for each in found.by_hour] == [
        ("2027-01-04T10:00:00+00:00", "EUR", 1, "15.00"),
        ("2027-01-04T10:00:00+00:00", "JPY", 1, "700"),
        ("2027-01-04T11:00:00+00:00", "EUR", 2, "50.01"),
    ]
    assert found.window_days == (30,) and "30 days" in found.window and found.waiting is None


def test_an_accounts_figures_and_what_was_not_attributed(world):
    ada, fund, identity = world
    found = donation_report(ada.owner, ada.account_id)
    euros = found.currencies[0]
    assert (euros.raised, euros.attributed, euros.gifts, euros.donors) == ("116.01", "75.01", 6, 5)
    assert (found.mails, euros.per_thousand) == (4500, "16.67")
    assert [(each.of, each.raised) for each in found.by_campaign] == [("5", "65.01"), ("5", "700"), ("6", "10.00")]
    assert [(each.of, each.gifts, each.raised) for each in found.not_attributed] == [
        ("after_window", 1, "40.00"), ("no_reference", 1, "1.00"),
    ]  # fmt: skip
    held = {(each.name, each.currency): (each.raised, each.net) for each in found.by_participant}
    holder = receivers(ada.account_id).names[receivers(ada.account_id).holder_id]
    assert held[holder, "JPY"] == ("700", "700")
    assert held["National Committee", "EUR"] == ("3.33", "3.33") and held["State Party", "EUR"] == ("6.67", "6.67")
    joint = donation_report(ada.owner, ada.account_id, joint_sender_id=fund.joint_sender_id)
    assert [each.raised for each in joint.currencies] == ["10.00"] and joint.mails == 500
    sender = donation_report(ada.owner, ada.account_id, identity_id=identity)
    assert sender.currencies[0].raised == "65.01" and sender.mails == 4000
    period = {"since": BEGUN + timedelta(days=40), "until": BEGUN + timedelta(days=50)}
    late = donation_report(ada.owner, ada.account_id, **period)
    assert (late.currencies[0].raised, late.mails, late.currencies[0].per_thousand) == ("11.00", 500, "20.00")
    table = list(report_rows(found))
    assert {len(row) for row in table} == {len(table[0])} and table[1][:3] == ["window", "30", found.window]


def test_nothing_raised_is_a_report_too(ada):
    found = donation_report(ada.owner, ada.account_id)
    assert (found.currencies, found.mails, found.window_days) == ((), 0, (30,))


def test_the_list_goes_by_keyset(world):
    ada, _fund, _identity = world
    seen, before = [], ""
    while page := donations(ada.owner, ada.account_id, before=before, limit=2):
        seen += page
        before = page[-1].place
    assert [each.order_id for each in seen] == ["g", "f", "e", "c", "b", "h", "d", "a", "a"]
    assert seen[2].attribution == "it came after the attribution window" and seen[-1].net == "0.00"
    assert donation_report(ada.owner, ada.account_id).waiting == 1
    for wrong in ("x", "bnVsbA", "WyIyMDI3LTAxLTAxIiwiYSIsImIiLCJjIl0"):
        with pytest.raises(Invalid):
            donations(ada.owner, ada.account_id, before=wrong)


def test_other_accounts_and_units_stay_unseen(world):
    ada, fund, identity = world
    mallory = make_account(owner="Mallory")
    for which in ({"campaign_id": 5}, {"identity_id": identity}, {"joint_sender_id": fund.joint_sender_id}):
        with pytest.raises(NotFound):
            donation_report(mallory.owner, mallory.account_id, **which)
        with pytest.raises(NotFound):
            donation_report(mallory.owner, ada.account_id, **which)
    with pytest.raises(NotFound):
        donations(mallory.owner, mallory.account_id, campaign_id=5)
    assert donations(mallory.owner, mallory.account_id) == []
    with pytest.raises(Invalid):
        donation_report(ada.owner, ada.account_id, campaign_id=5, identity_id=identity)
    with pytest.raises(Forbidden):
        donation_report(make_person(ada.account_id, "Al", "author"), ada.account_id)
    analyst = make_person(ada.account_id, "Ann", "analyst")
    assert donation_report(analyst, ada.account_id).currencies
    other = create_unit(actor=ada.owner, account_id=ada.account_id, slug="youth", name="Youth")
    ben = make_person(ada.account_id, "Ben", "sender", unit_id=ada.unit_id)
    assert {each.campaign_id for each in donations(ben, ada.account_id)} == {5}
    youth = replace(ben, unit_id=other)
    assert donations(youth, ada.account_id) == []
    assert donation_report(youth, ada.account_id).currencies == ()
    with pytest.raises(NotFound):
        donation_report(youth, ada.account_id, campaign_id=5)


def test_halves_are_rounded_up():
    assert [rounded(each, 2) for each in (0, 1, 2, 3)] == [0, 1, 1, 2]
