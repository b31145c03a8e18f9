"""Nothing reaches a removed address: every attempt is filtered again, by every reach of a suppression."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author, make_joint_author
from tests.builders.sending import reached, rows, until
from tests.builders.tenants import make_account, make_joint_sender

from fairpost.campaigns.actions.stop_campaign import pause_campaign, resume_campaign
from fairpost.campaigns.queries.recipients import outcome_for_address
from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.change_members import add_to_list
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.delivery.queries.progress import progress
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import SystemClock
from fairpost.segments.audience import Audience
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actors import local_operator

REACHED = ("account", "unit", "list", "domain", "installation", "joint_sender", "removed")
OTHERS = ("other_unit", "other_list", "other_domain", "other_joint_sender", "other_account", "nobody")


class Field:
    """A campaign to a list, sent for a joint sender, with one person for every way of being suppressed or not."""

    def __init__(self):
        self.author, self.joint, _members = make_joint_author()
        self.people = self.author.people(*(f"{reach}@lake.example" for reach in (*REACHED, *OTHERS)))
        who = self.author.who
        self.list_id = create_list(**who, name="Readers")
        self.other_list = create_list(**who, name="Donors")
        for each in (self.list_id, self.other_list):
            add_to_list(**who, list_id=each, addresses=self.people)

    def suppress(self):
        who, tenant = self.author.who, self.author.tenant
        other_unit = create_unit(**who, slug="elsewhere", name="Elsewhere")
        stranger = make_account(owner="Mallory")
        other_joint, _members = make_joint_sender(stranger)
        elsewhere = {"actor": stranger.owner, "account_id": stranger.account_id}
        reaches = {
            "account": (who, "account"),
            "unit": (who, f"unit:{tenant.unit_id}"),
            "list": (who, f"list:{self.list_id}"),
            "domain": (who, "domain:sender.example"),
            "installation": ({"actor": local_operator(), "account_id": tenant.account_id}, "installation"),
            "joint_sender": (who, f"joint_sender:{self.joint}"),
            "other_unit": (who, f"unit:{other_unit}"),
            "other_list": (who, f"list:{self.other_list}"),
            "other_domain": (who, "domain:another.example"),
            "other_joint_sender": (elsewhere, f"joint_sender:{other_joint}"),
            "other_account": (elsewhere, "account"),
        }
        for name, (acting, reach) in reaches.items():
            suppress_addresses(**acting, addresses=[f"{name}@lake.example"], reach=reach, reason=f"said so ({name})")
        rows("DELETE FROM contact WHERE account_id = %s AND canonical = 'removed@lake.example'", self.author.account_id)

    def judge(self, server, number):
        counts = reached(self.author.account_id, number)
        assert server.counts == {f"{name}@lake.example": 1 for name in OTHERS}
        wanted = {("withheld", f"said so ({name})", 1) for name in REACHED if name != "removed"}
        assert set(counts.reasons) == wanted | {("withheld", "removed", 1)}
        assert (counts.withheld, counts.accepted) == (len(REACHED), len(OTHERS))


def test_whoever_is_suppressed_after_freezing_gets_nothing(works):
    field = Field()
    server = works.server()
    works.relay(server)
    number = field.author.started(audience=Audience(lists=(field.list_id,)))
    assert progress(field.author.account_id, number).audience == len(field.people), "frozen before"
    field.suppress()
    works.fold()
    works.sender()
    field.judge(server, number)


def test_whoever_is_suppressed_before_a_retry_gets_nothing(works):
    field = Field()
    server = works.server()
    server.behave(Rule("rcpt", reply="450 4.2.0 greylisted, try again"))
    works.relay(server)
    works.fold()
    clock = SystemClock()
    works.sender(clock=clock)
    number = field.author.started(audience=Audience(lists=(field.list_id,)))
    until(lambda: progress(field.author.account_id, number).deferred == len(field.people), "everybody was put off")
    field.suppress()
    server.behave()
    clock.offset += timedelta(minutes=10)
    field.judge(server, number)


def test_whoever_unsubscribes_during_a_pause_gets_nothing(works):
    author = make_author()
    people = author.crowd(1000)
    server = works.server()
    works.relay(server, rate_per_second=400)
    works.fold()
    works.sender()
    number = author.started()
    until(lambda: len(server.arrivals) > 100, "mail flows")
    pause_campaign(**author.who, campaign_id=number)
    left = sorted(set(people) - set(server.counts))[:50]
    assert len(left) == 50
    suppress_addresses(**author.who, addresses=left, reach="account", reason="unsubscribed")
    resume_campaign(**author.who, campaign_id=number)
    counts = reached(author.account_id, number)
    assert set(server.counts) == set(people) - set(left)
    assert counts.reasons == (("withheld", "unsubscribed", 50),)


def test_the_answer_about_one_contact_says_why(works):
    field = Field()
    works.relay(works.server())
    number = field.author.started(audience=Audience(lists=(field.list_id,)))
    field.suppress()
    works.fold()
    works.sender()
    reached(field.author.account_id, number)
    outcome = outcome_for_address(field.author.actor, field.author.account_id, number, "domain@lake.example")
    assert (outcome.state, outcome.reason) == ("withheld", "said so (domain)")


@pytest.mark.parametrize("size", [3, 9000])
def test_all_of_an_audience_may_be_suppressed(works, size):
    """Nothing is leased for sending, and the campaign ends all the same."""
    author = make_author()
    author.crowd(size)
    server = works.server()
    works.relay(server)
    number = author.started()
    rows(
        "INSERT INTO suppression SELECT account_id, canonical, 'account', '', 'left', 'test', '2026-01-01Z'"
        " FROM contact WHERE account_id = %s",
        author.account_id,
    )
    works.fold()
    works.sender()
    counts = reached(author.account_id, number)
    assert counts.reasons == (("withheld", "left", size),) and not server.arrivals
