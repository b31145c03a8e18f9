"""Mallory calls every action and query of campaigns with Ada's numbers: each answers as if they did not exist.

An action or query that is not called here fails the test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from datetime import timedelta

import pytest
from tests.builders.campaigns import EVERYONE, make_author
from tests.builders.sending import rows
from tests.builders.tenants import make_person

import fairpost.campaigns.actions
import fairpost.campaigns.queries
from fairpost.campaigns.actions.create_campaign import create_campaign
from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.change_segments import create_segment
from fairpost.delivery.actions.create_relay import create_relay
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.segments.audience import Audience
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db(transaction=True)

SOON = {"at": SYSTEM_CLOCK.now() + timedelta(days=1)}
# Everything that takes a campaign's number, with what it needs beside it.
WITH_NUMBER = {
    "change_campaign": {"name": "mine"},
    "send_campaign": {},
    "schedule_campaign": SOON,
    "unschedule_campaign": {},
    "pause_campaign": {},
    "resume_campaign": {},
    "cancel_campaign": {},
    "test_campaign": {"addresses": ["mallory@shore.example"]},
    "campaign": {},
    "campaign_status": {},
    "audience_preview": {},
    "mail_preview": {},
    "outcome_for_address": {"address": "person1@lake.example"},
    "outcomes_in_state": {"state": "accepted"},
    "campaign_feedback": {},
    "campaign_classes": {},
    "release_canary": {},
    "archive_campaign": {},
    "unarchive_campaign": {},
}
WITHOUT_NUMBER = {
    *("create_campaign", "campaigns", "campaign_by_name"),
    "campaign_in_segment",  # tests/events/test_behaviour_segments.py
    *("account_feedback", "contact_feedback", "one_report"),  # tests/mailin/test_surfaces.py
}
INSIDE = {"campaign_row", "start_due_campaigns", "views", "campaign_view", "start_one", "resume_starts"}


@pytest.fixture
def ada(works):
    works.relay(works.server())
    author = make_author()
    author.crowd(3)
    return author


@pytest.fixture
def mallory():
    author = make_author(owner="Mallory", from_address="news@shore.example")
    author.crowd(1, "shore.example")
    return author


def callables():
    """Everything public in actions and queries that takes an actor and an account."""
    for package in (fairpost.campaigns.actions, fairpost.campaigns.queries):
        for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            module = importlib.import_module(info.name)
            for name, found in vars(module).items():
                if inspect.isfunction(found) and found.__module__ == info.name:
                    names = list(inspect.signature(found).parameters)
                    if names[:2] == ["actor", "account_id"]:
                        yield name, found


def test_no_action_or_query_is_forgotten():
    found = {name for name, _function in callables()}
    helpers = {"stop", "note", "cancel_before_start", "check_parts", "check_audience"}
    assert found - helpers - INSIDE == set(WITH_NUMBER) | WITHOUT_NUMBER


FUNCTIONS = {name: function for name, function in callables() if name in WITH_NUMBER}


@pytest.mark.parametrize("name", WITH_NUMBER)
@pytest.mark.parametrize("through", ["her own account", "his account"])
def test_another_accounts_campaign_is_not_found(ada, mallory, name, through):
    number = ada.started() if name in ("pause_campaign", "cancel_campaign", "resume_campaign") else ada.campaign()
    before = rows("SELECT state, name FROM campaign ORDER BY id"), rows("SELECT state FROM dispatch")
    account_id = mallory.account_id if through == "her own account" else ada.account_id
    with pytest.raises(NotFound):
        FUNCTIONS[name](actor=mallory.actor, account_id=account_id, campaign_id=number, **WITH_NUMBER[name])
    assert (rows("SELECT state, name FROM campaign ORDER BY id"), rows("SELECT state FROM dispatch")) == before


def test_a_campaign_is_made_of_ones_own_parts(ada, mallory):
    list_id = create_list(**ada.who, name="Readers")
    segment_id = create_segment(**ada.who, name="Here", condition='city = "Lake"')
    create_relay(actor=local_operator(), name="hers", host="127.0.0.1", pool="hers", pool_account_id=ada.account_id)
    pool = rows("SELECT id FROM relay_pool WHERE name = 'hers'")[0][0]
    own = {
        "name": "cuckoo",
        "identity_id": mallory.identity_id,
        "content_version_id": mallory.version_id,
        "audience": EVERYONE,
    }
    for foreign in (
        {"identity_id": ada.identity_id},
        {"content_version_id": ada.version_id},
        {"pool_id": pool},
        {"audience": Audience(lists=(list_id,))},
        {"audience": Audience(segments=(segment_id,))},
        {"audience": Audience(everyone=True, exclude_lists=(list_id,))},
        {"audience": Audience(everyone=True, exclude_segments=(segment_id,))},
    ):
        with pytest.raises(NotFound):
            create_campaign(**mallory.who, **{**own, **foreign})
        number = mallory.campaign()
        with pytest.raises(NotFound):
            FUNCTIONS["change_campaign"](**mallory.who, campaign_id=number, **foreign)
    with pytest.raises(NotFound):
        create_campaign(actor=mallory.actor, account_id=ada.account_id, **own)


def test_lists_of_campaigns_hold_only_ones_own(ada, mallory):
    number = ada.campaign(name="March")
    campaigns = dict(callables())["campaigns"]
    by_name = dict(callables())["campaign_by_name"]
    assert campaigns(mallory.actor, mallory.account_id) == []
    for asked in ("March", str(number)):
        with pytest.raises(NotFound):
            by_name(mallory.actor, mallory.account_id, asked)
    with pytest.raises(NotFound):
        campaigns(mallory.actor, ada.account_id)


def test_the_same_ordinal_in_two_accounts_is_two_people(ada, mallory):
    number = mallory.campaign()
    with pytest.raises(NotFound, match="no contact"):
        FUNCTIONS["outcome_for_address"](**mallory.who, campaign_id=number, address="person1@lake.example")
    with pytest.raises(NotFound):
        FUNCTIONS["mail_preview"](**mallory.who, campaign_id=number, address="person1@lake.example")


def test_operators_stop_any_campaign_but_write_none(ada):
    number = ada.started()
    operator = make_person(None, "Olga", "operator")
    acting = {"actor": operator, "account_id": ada.account_id, "campaign_id": number}
    assert FUNCTIONS["pause_campaign"](**acting).state == "paused"
    with pytest.raises(Conflict):
        FUNCTIONS["pause_campaign"](**acting)
    with pytest.raises(Exception, match=r"campaign\.write"):
        FUNCTIONS["change_campaign"](**acting, name="x")
