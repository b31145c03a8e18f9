"""A donor sees what is held on them and has it cut off from them; the money stays counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from tests.builders.donations import (
    CLOCK,
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
from tests.builders.tenants import make_account

from fairpost.contacts.holdings import HOLDINGS, Whom
from fairpost.events.donations import held_here

pytestmark = pytest.mark.django_db
GRACE = "grace@example.org"


def test_a_donor_sees_their_lines_and_is_cut_off_from_them():
    ada, mallory = make_account(), make_account(owner="Mallory")
    fund = make_fund(ada, share="1/2", limit=20)
    sent_campaign(ada.account_id, 5)
    code = reference(ada.account_id, 5, 9)
    through = {"receiver": "Victory Fund"}
    take(ada.account_id, given("a", 4000, reference=code, donor_id="77", **through))
    take(ada.account_id, given("b", 3000, donor_email="Grace@Example.org", after=timedelta(hours=2), **through))
    take(ada.account_id, given("c", 2000, donor_email="other@example.org", **through))
    take(mallory.account_id, given("a", 100, donor_email=GRACE))
    whom = Whom(ada.account_id, GRACE, GRACE, 9)
    assert HOLDINGS["donations"].export.endswith("held_here:export")
    with connection.cursor() as cursor:
        seen = held_here.export(cursor, whom)
        assert [(each["order"], each["amount"], each["reference"]) for each in seen] == [
            ("a", "40.00", code), ("b", "30.00", ""),
        ]  # fmt: skip
        before = shares(ada.account_id)
        assert held_here.erase(cursor, whom, CLOCK.now()) > 0
        assert held_here.export(cursor, whom) == []
        assert held_here.erase(cursor, whom, CLOCK.now()) == 0
        assert held_here.export(cursor, Whom(mallory.account_id, GRACE, GRACE, None)) != []
    assert (money(ada.account_id, "ordinal"), money(ada.account_id, "campaign_id")) == ([None] * 3, [5, None, None])
    assert code not in repr(kept(ada.account_id)) and GRACE not in repr(kept(ada.account_id)).lower()
    # A repetition brings nothing back, and what is stated later still finds the line as it was.
    assert take(ada.account_id, given("a", 4000, reference=code, donor_id="77", **through)).already == 1
    take(ada.account_id, changed("refund", "b", amount=1000, currency="EUR"))
    assert money(ada.account_id, "ordinal") == [None] * 3
    assert shares(ada.account_id, order_id="a") == {fund.first: 2000, fund.second: 2000}
    assert sum(before.values()) - sum(shares(ada.account_id).values()) == 1000


def test_an_address_typed_as_reference_is_not_kept():
    ada = make_account()
    take(ada.account_id, given(reference=GRACE))
    assert money(ada.account_id, "reference") == [""] and GRACE not in repr(kept(ada.account_id))
    assert money(ada.account_id, "reason") == ["foreign_reference"]
