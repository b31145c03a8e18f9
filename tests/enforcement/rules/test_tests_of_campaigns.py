"""A test of a campaign is no way around what is in force on the campaign."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author, make_joint_author
from tests.builders.content import page
from tests.builders.enforcement import decided, measure

from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.content.queries.versions import content_version
from fairpost.enforcement.models import HeldCampaign
from fairpost.kernel.errors import Restricted
from fairpost.tenants.queries import account, joint_sender

HOLD = {"queue": "hold"}


def send_one(author):
    return send_test(**author.who, campaign_id=author.campaign(), addresses=["crowd@lake.example"])


@pytest.mark.parametrize("kind", ["account", "unit", "identity", "domain", "organisation", "joint_sender", "content"])
def test_whatever_the_scope_selects_by(staff, kind):
    author, joint, _members = make_joint_author()
    values = {
        "account": author.account_id,
        "unit": author.tenant.unit_id,
        "identity": author.identity_id,
        "domain": "sender.example",
        "organisation": joint_sender(author.account_id, joint).organisation_id,
        "joint_sender": joint,
    }
    if kind == "content":
        values["content"] = content_version(author.account_id, author.version_id).hash
    decided(
        staff,
        measure("suspend_sending", {kind: [values[kind]]}, mechanism=HOLD),
        responsible=[account(author.account_id).holder_id],
    )
    with pytest.raises(Restricted):
        send_one(author)


def test_a_test_waits_for_review_like_its_campaign(staff):
    author = make_author()
    decided(
        staff,
        measure("pre_review", {"account": [author.account_id]}, mechanism={"deadline_hours": 2, "default": "block"}),
    )
    made = send_one(author)
    assert HeldCampaign.objects.get(campaign_id=made.id).state == "held"


def test_what_is_free_is_tested(staff):
    author = make_author()
    beside = make_author(tenant=author.tenant, from_address="b@other.example", html=page("<p>Thank you.</p>"))
    decided(staff, measure("suspend_sending", {"identity": [author.identity_id]}, mechanism=HOLD))
    assert send_one(beside).state != "held"
