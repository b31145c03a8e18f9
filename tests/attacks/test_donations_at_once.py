"""The same donation webhook on many connections at once, with its refund among them, counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.builders.donations import changed, given, kept, money, reference, sent_campaign, shares, take
from tests.builders.tenants import make_account


@pytest.mark.django_db(transaction=True)
def test_a_webhook_on_many_connections_at_once_counts_once():
    ada = make_account()
    sent_campaign(ada.account_id, 5)
    code = reference(ada.account_id, 5)
    lines = [given(reference=code), given("o-2", 700, reference=code), changed("refund", amount=500, currency="EUR")]

    def post(start: int) -> int:
        try:
            return take(ada.account_id, *lines[start:], *lines[:start]).added
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        added = list(pool.map(post, [0, 1, 2] * 4))
    assert sum(added) == 3
    assert (money(ada.account_id), money(ada.account_id, "refunded")) == ([2500, 700], [500, 0])
    assert sum(shares(ada.account_id).values()) == 2700
    assert kept(ada.account_id)["totals"][0][-1] == "2"
