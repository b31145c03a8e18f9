"""What a platform states is taken once, in any order, and comes to the same rows and sums."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.builders.donations import (
    BEGUN,
    changed,
    given,
    kept,
    make_fund,
    money,
    reference,
    sent_campaign,
    shares,
    take,
)
from tests.builders.tenants import make_account, make_person

from fairpost.audit.queries import audit_events
from fairpost.events.kinds import DONATION
from fairpost.events.members import members
from fairpost.kernel.errors import Forbidden, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_account()


def test_a_donation_twice_is_one(ada):
    sent_campaign(ada.account_id, 5)
    line = given(reference=reference(ada.account_id, 5, 9), donor_email="grace@example.org")
    first, again = take(ada.account_id, line), take(ada.account_id, line, line, source="webhook:2")
    assert (first.added, first.already) == (1, 0)
    assert (again.added, again.already) == (0, 2)
    assert money(ada.account_id) == [2500]
    assert money(ada.account_id, "campaign_id") == [5] and money(ada.account_id, "ordinal") == [9]
    assert set(members(connection.connection, ada.account_id, [5], [DONATION])) == {9}
    assert kept(ada.account_id)["totals"][0][-1] == "1"
    (event,) = [each for each in audit_events(None, limit=50) if each.act == "donation.taken"]
    assert event.facts == {"added": 1, "already": 0, "differing": 0, "refused": 0}


def test_a_refund_before_its_donation_waits_for_it(ada):
    refund = changed("refund", amount=500, currency="EUR")
    take(ada.account_id, refund)
    assert money(ada.account_id) == []
    take(ada.account_id, given())
    assert (money(ada.account_id), money(ada.account_id, "refunded")) == ([2500], [500])
    take(ada.account_id, refund, given())
    assert money(ada.account_id, "refunded") == [500]
    assert list(shares(ada.account_id).values()) == [2000]


def test_no_more_is_returned_than_was_given_and_the_rest_is_shown(ada):
    take(
        ada.account_id,
        given(amount=1000),
        changed("refund", amount=700, currency="EUR"),
        changed("chargeback", amount=1000, currency="EUR", after=timedelta(days=9)),
    )
    found = [money(ada.account_id, each)[0] for each in ("refunded", "charged_back", "excess")]
    assert found == [700, 300, 700]
    assert shares(ada.account_id) == {}


def test_a_refund_of_all_lines_and_a_correction(ada):
    lines = [given(amount=1000, line_item="1"), given(amount=300, line_item="2"), given("o-2", 400)]
    right = changed("correction", "o-2", amount=450, currency="EUR")
    take(ada.account_id, changed("refund", line_item="*"), *lines, right)
    assert money(ada.account_id) == [1000, 300, 450]
    assert money(ada.account_id, "refunded") == [1000, 300, 0]


def test_a_change_in_another_currency_changes_nothing_and_is_shown(ada):
    take(ada.account_id, given(), changed("refund", amount=500, currency="USD"))
    assert (money(ada.account_id, "refunded"), money(ada.account_id, "note")) == ([0], ["foreign_change"])


def test_a_cancellation_ends_what_recurs_and_moves_no_money(ada):
    take(
        ada.account_id,
        changed("cancellation"),
        given(recurring=True, sequence=1),
        given("o-2", recurring=True, plan="o-1", sequence=2),
    )
    assert money(ada.account_id, "cancelled_at") == [BEGUN + timedelta(days=2), None]
    assert money(ada.account_id, "plan") == ["o-1", "o-1"]
    assert list(shares(ada.account_id).values()) == [5000]


def test_two_statements_of_one_line_are_both_kept_and_one_counts(ada):
    sent_campaign(ada.account_id, 5)
    with_reference = given(amount=2600, reference=reference(ada.account_id, 5), after=timedelta(hours=2))
    assert take(ada.account_id, given()).differing == 0
    assert take(ada.account_id, with_reference).differing == 1
    assert (money(ada.account_id), money(ada.account_id, "statements")) == ([2600], [2])


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "no_reference"),
        ({"reference": "ABCDEFGHJKMNPQRS"}, "foreign_reference"),
        ({"reference": "word of mouth"}, "foreign_reference"),
        ({"of": "mallory"}, "foreign_reference"),
        ({"test": True}, "test"),
        ({"campaign": 77}, "unknown_campaign"),
        ({"campaign": 6}, "test"),
        ({"after": -timedelta(seconds=1)}, "before_start"),
        ({"after": timedelta(days=30)}, "after_window"),
        ({"after": timedelta(days=30, microseconds=-1)}, ""),
    ],
)
def test_what_is_not_attributed_is_received_and_says_why(ada, more, why):
    mallory = make_account(owner="Mallory")
    for account in (ada, mallory):
        sent_campaign(account.account_id, 5)
    sent_campaign(ada.account_id, 6, test=True)
    owner = mallory if more.pop("of", "") else ada
    named = {"test": more.pop("test", False)}
    if why not in ("no_reference", "foreign_reference") or owner is mallory:
        more["reference"] = reference(owner.account_id, more.pop("campaign", 5), 3, **named)
    take(ada.account_id, given(**more))
    assert (money(ada.account_id), money(ada.account_id, "reason")) == ([2500], [why])
    attributed = [5] if not why else [None]
    assert money(ada.account_id, "campaign_id") == attributed
    assert bool(members(connection.connection, ada.account_id, [5], [DONATION])) is not bool(why)


def test_a_reference_is_read_in_any_spelling(ada):
    sent_campaign(ada.account_id, 5)
    code = reference(ada.account_id, 5)
    typed = f" {code[:4]}-{code[4:8].lower()} {code[8:]}".replace("0", "O")
    take(ada.account_id, given(reference=typed))
    assert money(ada.account_id, "reason") == [""]


def test_who_may(ada):
    mallory, analyst = make_account(owner="Mallory"), make_person(ada.account_id, "Ann", "analyst")
    with pytest.raises(NotFound):
        take(ada.account_id, given(), actor=mallory.owner)
    with pytest.raises(NotFound):
        take(999_999, given())
    with pytest.raises(Forbidden):
        take(ada.account_id, given(), actor=analyst)
    assert take(ada.account_id, given(), actor=make_person(ada.account_id, "Sam", "sender")).added == 1
    assert kept(mallory.account_id)["donation"] == []


def some_donation(random, account_id):
    ordinal = random.choice([None, 1, 2])
    return given(
        random.choice("abcd"),
        random.randint(1, 60_000),
        line_item=random.choice(["", "", "2"]),
        after=timedelta(hours=random.randint(1, 800)),
        donor_id=random.choice(["x", "x", "y", ""]),
        reference=reference(account_id, 5, ordinal) if ordinal else "",
        receiver=random.choice(["Victory Fund", "Victory Fund", "State Party", "", "nobody"]),
        recurring=random.random() < 0.3,
    )


def some_change(random):
    kind = random.choice(["refund", "refund", "chargeback", "cancellation", "correction"])
    line_item = random.choice(["", "2", "*" if kind != "correction" else ""])
    amount = random.randint(1, 40_000) if kind == "correction" or random.random() < 0.6 else None
    amount = None if kind == "cancellation" or line_item == "*" else amount
    return changed(
        kind,
        random.choice("abcd"),
        line_item=line_item,
        amount=amount,
        currency=random.choice(["EUR", "EUR", "USD"]) if amount else "",
        after=timedelta(hours=random.randint(1, 800)),
        event_id=random.choice("12"),
    )


def outcome(account_id, batches):
    """What is kept after these batches; nothing of it stays."""
    with transaction.atomic():
        for each in batches:
            take(account_id, *each)
        found = kept(account_id)
        net = sum(sum(money(account_id, each)) * sign for each, sign in SIGNS.items())
        assert sum(shares(account_id).values()) == net
        transaction.set_rollback(True)
    return found


SIGNS = {"amount": 1, "refunded": -1, "charged_back": -1}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@drawn(st.integers(0, 2**32))
def test_any_order_and_any_repetition_gives_the_same_rows_and_sums(ada, seed):
    if not shares_fund.get(ada.account_id):
        shares_fund[ada.account_id] = make_fund(ada, limit=300).joint_sender_id
        sent_campaign(ada.account_id, 5, joint_sender_id=shares_fund[ada.account_id])
    random = Random(seed)
    lines = [some_donation(random, ada.account_id) for _each in range(random.randint(2, 7))]
    lines += [some_change(random) for _each in range(random.randint(0, 5))]
    random.shuffle(lines)
    shuffled = lines + random.choices(lines, k=len(lines) // 2)
    random.shuffle(shuffled)
    size = random.randint(1, 4)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert outcome(ada.account_id, [lines]) == outcome(ada.account_id, batches)


shares_fund: dict[int, int] = {}
