"""Receipts and letters say exactly what was given, from fixed texts, and are the same bytes made of the same."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta

import pytest
from tests.builders.donations import changed, given, make_fund, reference, refusal_of, sent_campaign, take
from tests.builders.tenants import make_account, make_person

from fairpost.audit.queries import audit_events
from fairpost.events.actions.make_letter import make_letter
from fairpost.events.actions.make_receipt import make_receipt
from fairpost.events.donations.wording import LANGUAGES, TEXTS, wording
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.tenants.actions.create_organisation import create_organisation

HOSTILE = "{account.__class__} <script>alert(1)</script> & %s"


@pytest.fixture
def ada(db):
    return make_account()


def names_in(text):
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_language_says_the_same_things():
    def shape(texts):
        return {
            key: shape(value) if isinstance(value, dict) else len(value) if isinstance(value, list) else names_in(value)
            for key, value in texts.items()
        }

    known = {each: tomllib.loads((TEXTS / f"{each}.toml").read_text()) for each in LANGUAGES}
    assert {path.stem for path in TEXTS.glob("*.toml")} == set(LANGUAGES)
    assert all(shape(each) == shape(known["en"]) for each in known.values())
    assert len({each["receipt"]["not_advice"] for each in known.values()}) == len(LANGUAGES)


def test_money_and_days_as_each_language_writes_them():
    said = {each: (wording(each).money(-123456, "EUR"), wording(each).day(date(2027, 3, 1))) for each in LANGUAGES}
    assert said == {
        "en": ("EUR -1,234.56", "1 March 2027"),
        "fr": ("-1\u202f234,56 EUR", "1 mars 2027"),
        "it": ("-1.234,56 EUR", "1 marzo 2027"),
        "es": ("-1.234,56 EUR", "1 de marzo de 2027"),
        "de": ("-1.234,56 EUR", "1. März 2027"),
    }
    assert wording("de").money(1200, "JPY") == "1.200 JPY"


def test_a_receipt_says_who_received_what_and_what_went_back(ada):
    fund = make_fund(ada)
    take(
        ada.account_id,
        given("o-1", 10000, receiver="Victory Fund", recurring=True, sequence=3),
        given("o-1", 500, line_item="2", receiver="State Party", recurring=True, sequence=3),
        changed("refund", "o-1", amount=3000, currency="EUR"),
        changed("cancellation", "o-1", after=timedelta(days=5)),
    )
    asked = {"actor": ada.owner, "account_id": ada.account_id, "order_id": "o-1"}
    made = make_receipt(**asked)
    lines = [re.sub(r"\s{2,}", ": ", line) for line in made.text.splitlines() if line]
    money = [line for line in lines if "EUR" in line]
    assert money == [
        "Received by National Committee: EUR 66.67",
        "Received by State Party: EUR 38.33",
        "Total: EUR 105.00",
        "Refunded on 6 January 2027, from National Committee: EUR -20.00",
        "Refunded on 6 January 2027, from State Party: EUR -10.00",
        "Total after what was returned: EUR 75.00",
    ]
    assert "Kind: recurring, no. 3" in lines and "not tax advice" in made.text.replace("\n", " ")
    assert "ended on 9 January 2027" in made.text.replace("\n", " ")
    assert make_receipt(**asked) == made
    spoken = {each: make_receipt(**asked, language=each) for each in LANGUAGES}
    assert len({each.text_hash for each in spoken.values()}) == 5 and spoken["en"] == made
    events = [each for each in audit_events(None, limit=20) if each.act == "donation.receipt_made"]
    assert events[0].facts["text_hash"] == spoken[events[0].facts["language"]].text_hash
    assert fund.first and "o-1" not in repr(events)


def test_nothing_that_a_platform_or_customer_wrote_is_read_as_text_or_markup(ada):
    create_organisation(actor=ada.owner, account_id=ada.account_id, name=HOSTILE)
    take(ada.account_id, given(HOSTILE, receiver=HOSTILE, plan=HOSTILE, recurring=True))
    made = make_receipt(actor=ada.owner, account_id=ada.account_id, order_id=HOSTILE)
    assert "{account.__class__}" in made.text and "<script>" not in made.html and "&lt;script&gt;" in made.html


def test_two_platforms_with_one_number_and_orders_of_others(ada):
    take(ada.account_id, given(), given(platform="other"))
    asked = {"actor": ada.owner, "account_id": ada.account_id}
    assert "other, pay" in refusal_of(make_receipt, **asked, order_id="o-1")
    assert "other" in make_receipt(**asked, order_id="o-1", platform="other").text
    mallory = make_account(owner="Mallory")
    for who, account in ((mallory.owner, ada.account_id), (mallory.owner, mallory.account_id)):
        with pytest.raises(NotFound):
            make_receipt(actor=who, account_id=account, order_id="o-1")
    with pytest.raises(Forbidden):
        make_receipt(**{**asked, "actor": make_person(ada.account_id, "Al", "author")}, order_id="o-1")


def test_a_letter_states_period_sums_formula_and_method(ada):
    fund = make_fund(ada)
    sent_campaign(ada.account_id, 5, joint_sender_id=fund.joint_sender_id)
    take(
        ada.account_id,
        given("a", 3000, receiver="Victory Fund", reference=reference(ada.account_id, 5)),
        given("b", 1000, receiver="National Committee"),
        given("c", 700, receiver="National Committee", currency="JPY"),
        given("d", 9900, receiver="National Committee", after=timedelta(days=60)),
        changed("refund", "b", event_id="r", after=timedelta(days=20)),
        changed("chargeback", "a", amount=300, currency="EUR", after=timedelta(days=60)),
    )
    asked = {
        "actor": ada.owner, "account_id": ada.account_id, "organisation_id": fund.first,
        "first": date(2027, 1, 1), "last": date(2027, 1, 31),
    }  # fmt: skip
    made = make_letter(**asked)
    lines = {re.sub(r"\s{2,}", ": ", line) for line in made.text.splitlines()}
    assert {
        "Donations (orders): 2", "Received: EUR 30.00", "Refunded: EUR 10.00", "Charged back: EUR 0.00",
        "Net: EUR 20.00", "Of the received, through the joint sender Victory Fund: EUR 20.00", "Net: JPY 700",
    } <= lines  # fmt: skip
    told = made.text.replace("\n", " ")
    assert "1 January 2027 to 31 January 2027" in told and "within 30 days" in told and "largest remainders" in told
    assert "Victory Fund: version 1 of the formula" in told
    assert make_letter(**asked) == made
    take(ada.account_id, given("e", 1, receiver="National Committee"))
    assert make_letter(**asked).text_hash != made.text_hash
    empty = make_letter(**{**asked, "first": date(2020, 1, 1), "last": date(2020, 1, 1)}, language="de")
    assert "keine Spende" in empty.text
    assert "ends before" in refusal_of(make_letter, **{**asked, "last": date(2026, 1, 1)})
    mallory = make_account(owner="Mallory")
    with pytest.raises(NotFound):
        make_letter(**{**asked, "actor": mallory.owner, "account_id": mallory.account_id})
