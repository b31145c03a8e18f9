"""Mail that merely says "paid for by" a restricted joint sender is looked at by a person: a critic may be quoting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author, make_joint_author
from tests.builders.content import page
from tests.builders.enforcement import decided, measure, until

from fairpost.campaigns.queries.campaigns import campaign_status
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.actions.review_campaign import end_overdue_reviews, review_campaign
from fairpost.enforcement.classes.words import folded
from fairpost.enforcement.coverage.paid_for import phrase
from fairpost.enforcement.models import HeldCampaign, Notice
from fairpost.enforcement.queries.cases import cases
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock

QUOTES = page("<p>Their footer says: &ldquo;Paid for by <b>Victory Fund</b>&rdquo;. Look who they are.</p>")
NAME = "Victory Fund"


@pytest.fixture
def restricted(staff):
    """Ada's joint sender, restricted; and Mallory, who says that it pays for her mail."""
    _author, joint, _members = make_joint_author()
    done = decided(staff, measure("suspend_sending", {"joint_sender": [joint]}, mechanism={"queue": "hold"}))
    return done.decision.measures[0]


@pytest.fixture
def critic(staff):
    made = make_author(owner="Mallory", from_address="critic@critic.example", html=QUOTES)
    made.crowd(3)
    return made


def test_it_is_held_for_a_person_with_its_reason_and_a_case(staff, restricted, critic):
    number = critic.started()
    row = HeldCampaign.objects.get(campaign_id=number)
    assert (row.state, row.review, row.on_time_out) == ("held", True, "release")
    assert row.reasons == [f"measure {restricted.label}"]
    assert timedelta(hours=23) < row.review_due_at - SYSTEM_CLOCK.now() <= timedelta(hours=24)
    (opened,) = cases(staff.mara, queue="payers")
    assert (opened.account_id, opened.source, opened.evidence, opened.decisions) == (
        critic.account_id, "machine", 1, (),
    )  # fmt: skip
    assert [each.why for each in Notice.objects.filter(account_id=critic.account_id)] == ["campaign_held"]


def test_a_critic_who_quotes_it_is_released_by_a_person_and_not_asked_again(staff, restricted, critic):
    number = critic.started()
    review_campaign(
        actor=staff.mara, account_id=critic.account_id, campaign_id=number, verdict="release", reason="A quotation."
    )
    assert HeldCampaign.objects.get(campaign_id=number).state == "released"
    assert campaign_status(critic.actor, critic.account_id, number).progress.state != "held"
    again = critic.started()
    assert not HeldCampaign.objects.filter(campaign_id=again).exists()


def test_nobody_looks_in_time_and_it_goes_out(staff, restricted, critic):
    number = critic.started()
    clock = FixedClock(SYSTEM_CLOCK.now() + timedelta(hours=25))
    assert end_overdue_reviews(clock) == 1
    assert HeldCampaign.objects.get(campaign_id=number).state == "released"


def test_nothing_is_held_without_a_measure(staff, critic):
    make_joint_author()
    assert not HeldCampaign.objects.filter(campaign_id=critic.started()).exists()
    assert cases(staff.mara, queue="payers") == []


def test_nothing_is_held_once_it_is_lifted(staff, restricted, critic):
    lift_measure(actor=staff.noor, measure_id=restricted.id, reason="Enough.")
    assert not HeldCampaign.objects.filter(campaign_id=critic.started()).exists()


def test_a_measure_that_stops_no_mail_asks_for_no_look(staff, critic):
    _author, joint, _members = make_joint_author()
    decided(staff, measure("limit", {"joint_sender": [joint]}, until(), mechanism={"per_hour": 100}))
    assert not HeldCampaign.objects.filter(campaign_id=critic.started()).exists()


@pytest.mark.parametrize(
    "text",
    [
        "Paid for by Victory Fund.",
        "PAID FOR BY THE VICTORY FUND",
        "paid  for\nby: Victory-Fund, Inc.",
        "P\u200baid for by Victory\u00adFund".replace("\u00ad", " \u00ad"),
        "Payé par Victory Fund",
        "Financé par le Victory Fund",
        "Pagato da Victory Fund",
        "finanziato dal Victory Fund",
        "Pagado por Victory Fund",
        "bezahlt von Victory Fund",
        "Diese Mail ist bezahlt vom Victory Fund!",
    ],
)
def test_it_is_read_as_people_read_it(text):
    assert phrase(NAME).search(folded(text))


@pytest.mark.parametrize(
    "text",
    [
        "Victory Fund",
        "Not paid for by anybody. Victory Fund is the problem.",
        "paid for by Victory Funding",
        "unpaid for by Victory Fund"[2:].replace("paid", "repaid"),
        "paid for by friends of Victory Fund",
    ],
)
def test_other_words_are_no_payer(text):
    assert not phrase(NAME).search(folded(text))


def test_a_name_without_words_matches_nothing():
    assert phrase("!!!") is None
