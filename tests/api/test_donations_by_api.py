"""A platform's glue states donations by the API and reads back what they come to."""

from __future__ import annotations

import pytest
from tests.builders.api import program
from tests.builders.donations import make_fund, reference, sent_campaign
from tests.builders.tenants import make_account

pytestmark = pytest.mark.django_db
AT = "2027-01-05T10:00:00+01:00"


def test_donations_from_the_first_line_to_the_letter():
    ada, mallory = make_account(), make_account(owner="Mallory")
    fund = make_fund(ada, share="1/2")
    sent_campaign(ada.account_id, 5, accepted=1000)
    api = program(ada)
    line = {"platform": "pay", "order_id": "o-1", "at": AT, "amount": "25.01", "currency": "EUR",
            "reference": reference(ada.account_id, 5), "receiver": "Victory Fund"}  # fmt: skip
    refund = {"kind": "refund", "platform": "pay", "order_id": "o-1", "event_id": "r-1", "at": AT}
    wrong = {**line, "order_id": "o-2", "amount": "1,000.00"}
    taken = api.made("donations", {"lines": [refund, line, wrong, line], "source": "shop"}, 200)
    assert (taken["added"], taken["already"]) == (2, 1)
    assert [(each["row"], each["field"]) for each in taken["refused"]] == [(2, "amount")]

    page = api.get("donations?limit=1").data
    assert page["next"] is None and page["items"][0]["net"] == "0.00" and page["items"][0]["campaign_id"] == 5
    assert api.get("campaigns/5/donations").data == page
    report = api.get("campaigns/5/donations/report").data
    assert report["currencies"][0]["per_thousand"] == "25.01" and report["mails"] == 1000
    assert {each["name"] for each in api.get("donations/report").data["by_participant"]} == {
        "National Committee", "State Party",
    }  # fmt: skip
    receipt = api.get("donations/receipt?order_id=o-1&language=de").data
    assert "Erstattet" in receipt["text"] or "erstattet" in receipt["text"]
    letter = f"donations/letter?organisation_id={fund.first}&first=2027-01-01&last=2027-01-31"
    assert api.get(letter).data["text_hash"] == api.get(letter).data["text_hash"]
    named = api.made("donations/receivers", {"platform": "pay", "receiver": "E-1", "organisation_id": fund.first}, 200)
    assert named["organisation"] == "National Committee"

    with_card = api.post("donations", {"lines": [{**line, "card_number": "4111111111111111"}]})
    assert with_card.status_code == 422 and "4111" not in with_card.content.decode()
    stranger, reader = program(mallory), program(ada, "donation.read")
    assert stranger.get("campaigns/5/donations").status_code == 404
    assert stranger.get("donations/receipt?order_id=o-1").status_code == 404
    assert reader.post("donations", {"lines": [line]}).status_code == 403
    assert reader.get("donations").status_code == 200
