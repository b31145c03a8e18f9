"""Every cent of a donation goes somewhere: by the platform's word, the donor's, or the formula that was in force."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.builders.donations import BEGUN, changed, given, make_fund, money, reference, sent_campaign, shares, take
from tests.builders.tenants import make_account

from fairpost.events.actions.name_receiver import name_receiver
from fairpost.events.donations.allocation import DONOR, Share, allocate, divide, take_back
from fairpost.events.donations.splitting import UNKNOWN
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import NotFound
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_share
from fairpost.tenants.queries.receivers import receivers

quick = settings(deadline=None, max_examples=60)
WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any)
SHARES = st.lists(st.tuples(st.integers(1, 50), st.none() | st.integers(0, 2000)), min_size=1, max_size=5)


@quick
@drawn(st.integers(0, 10**15), WEIGHTS)
def test_parts_add_up_and_stay_within_one_unit_of_their_share(amount, weights):
    parts = divide(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@quick
@drawn(st.integers(0, 5000), SHARES, st.lists(st.integers(0, 2000), min_size=5, max_size=5))
def test_no_limit_is_exceeded_and_nothing_returned_while_there_is_room(amount, drawn_shares, had):
    total = sum(weight for weight, _limit in drawn_shares)
    formula = [Share(n + 1, Fraction(weight, total), limit) for n, (weight, limit) in enumerate(drawn_shares)]
    taken = {n + 1: each for n, each in enumerate(had)}
    found = allocate(amount, formula, taken)
    assert sum(found.values()) == amount and all(part > 0 for part in found.values())
    rooms = [None if e.limit is None else max(0, e.limit - taken[e.organisation_id]) for e in formula]
    for each, room in zip(formula, rooms, strict=True):
        assert room is None or found.get(each.organisation_id, 0) <= room
    if DONOR in found:
        assert [found.get(each.organisation_id, 0) for each in formula] == rooms


@quick
@drawn(st.lists(st.integers(0, 500), min_size=1, max_size=5).filter(any), st.lists(st.integers(1, 600), max_size=8))
def test_nobody_gives_back_more_than_they_have(parts, returns):
    left = dict(enumerate(parts))
    for wanted in [*returns, sum(parts)]:
        amount = min(wanted, sum(left.values()))
        borne = take_back(amount, left)
        assert sum(borne.values()) == amount
        for who, part in borne.items():
            left[who] -= part
        assert min(left.values()) >= 0
    assert not any(left.values())


def test_the_excess_goes_on_in_the_formulas_order_then_round():
    formula = [Share(1, Fraction(1, 2), 10), Share(2, Fraction(1, 4), 30), Share(3, Fraction(1, 4), 20)]
    assert allocate(40, formula, {}) == {1: 10, 2: 20, 3: 10}
    assert allocate(100, formula, {}) == {1: 10, 2: 30, 3: 20, DONOR: 40}
    assert allocate(8, formula, {2: 29, 3: 20}) == {1: 7, 2: 1}


@pytest.fixture
def ada(db):
    return make_account()


def test_a_named_participant_gets_its_line_and_the_rest_is_divided(ada):
    fund = make_fund(ada)
    sent_campaign(ada.account_id, 5, joint_sender_id=fund.joint_sender_id)
    code = reference(ada.account_id, 5)
    take(
        ada.account_id,
        given(line_item="1", amount=1000, receiver="state  PARTY", reference=code),
        given(line_item="2", amount=1001, receiver="Victory Fund", reference=code),
        given("o-2", 500, reference=code),  # nobody named: the campaign's joint sender as a whole
        given("o-3", 300, receiver="Victory Fund", designated="State Party"),
    )
    assert shares(ada.account_id, order_id="o-1", line_item="1") == {fund.second: 1000}
    assert shares(ada.account_id, order_id="o-1", line_item="2") == {fund.first: 667, fund.second: 334}
    assert shares(ada.account_id, order_id="o-2") == {fund.first: 333, fund.second: 167}
    assert shares(ada.account_id, order_id="o-3") == {fund.second: 300}
    assert money(ada.account_id, "joint_sender_id") == [fund.joint_sender_id] * 4
    assert money(ada.account_id, "notice_version") == [None, 1, 1, None]


def test_the_formula_is_the_one_of_the_donations_time(ada):
    fund = make_fund(ada, share="1/2")
    terms = NoticeTerms((Allocation(fund.first, parse_share("1/4")), Allocation(fund.second, parse_share("3/4"))))
    later = FixedClock(BEGUN + timedelta(hours=2))
    publish_notice(
        actor=ada.owner, account_id=ada.account_id, joint_sender_id=fund.joint_sender_id, terms=terms, clock=later
    )
    take(
        ada.account_id,
        given("a", 100, receiver="Victory Fund", after=-timedelta(days=2)),
        given("b", 100, receiver="Victory Fund"),
        given("c", 100, receiver="Victory Fund", after=timedelta(hours=2)),
    )
    assert shares(ada.account_id, order_id="a") == {fund.organisation_id: 100}
    assert money(ada.account_id, "note") == ["no_notice", "", ""]
    assert shares(ada.account_id, order_id="b") == {fund.first: 50, fund.second: 50}
    assert shares(ada.account_id, order_id="c") == {fund.first: 25, fund.second: 75}


def test_limits_hold_over_all_that_a_donor_gave_in_the_order_in_which_it_was_given(ada):
    fund = make_fund(ada, share="1/2", limit=30, rest=50)
    mine = {"receiver": "Victory Fund", "donor_email": "grace@example.org"}
    take(ada.account_id, given("c", 5000, after=timedelta(hours=3), **mine))
    take(ada.account_id, given("d", 4000, receiver="Victory Fund", donor_email="other@example.org"))
    take(ada.account_id, given("a", 4000, donor_id="7", **{**mine, "donor_email": "GRACE@example.org"}))
    assert shares(ada.account_id, order_id="a") == {fund.first: 2000, fund.second: 2000}
    assert shares(ada.account_id, order_id="c") == {DONOR: 1000, fund.first: 1000, fund.second: 3000}
    assert shares(ada.account_id, order_id="d") == {fund.first: 2000, fund.second: 2000}
    take(ada.account_id, changed("refund", "a", after=timedelta(hours=2)))  # before c was given: there is room again
    assert shares(ada.account_id, order_id="c") == {fund.first: 2500, fund.second: 2500}


def test_limits_of_another_currency_are_not_applied_and_that_is_said(ada):
    fund = make_fund(ada, share="1/2", limit=10)
    take(ada.account_id, given(amount=9001, currency="USD", receiver="Victory Fund"))
    assert shares(ada.account_id) == {fund.first: 4501, fund.second: 4500}
    assert money(ada.account_id, "note") == ["limits_other_currency"]


def test_a_name_that_nobody_knows_until_the_account_says_whose_it_is(ada):
    mallory = make_account(owner="Mallory")
    organisation = create_organisation(actor=ada.owner, account_id=ada.account_id, name="The Shelter")
    take(ada.account_id, given(receiver="entity-88"), given("o-2", receiver="the shelter"))
    assert shares(ada.account_id) == {UNKNOWN: 2500, organisation: 2500}
    named = {"account_id": ada.account_id, "platform": "pay", "receiver": "entity-88"}
    with pytest.raises(NotFound):
        foreign = receivers(mallory.account_id).holder_id
        name_receiver(actor=ada.owner, organisation_id=foreign, **named)
    with pytest.raises(NotFound):
        name_receiver(actor=mallory.owner, organisation_id=organisation, **named)
    assert name_receiver(actor=ada.owner, organisation_id=organisation, **named).orders == 1
    assert shares(ada.account_id) == {organisation: 5000}


def test_what_names_nobody_and_came_from_nowhere_is_the_accounts_own(ada):
    take(ada.account_id, given())
    assert shares(ada.account_id) == {receivers(ada.account_id).holder_id: 2500}
