"""Drafts are made and changed by those who may, inside their account and unit."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import EVERYONE, make_author
from tests.builders.sending import rows
from tests.builders.tenants import make_identity, make_person

from fairpost.campaigns.actions.create_campaign import change_campaign, create_campaign
from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, unschedule_campaign
from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.campaigns.actions.stop_campaign import cancel_campaign, pause_campaign, resume_campaign
from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.campaigns.queries.campaigns import campaign, campaign_by_name, campaigns
from fairpost.contacts.actions.change_lists import archive_list, create_list
from fairpost.contacts.actions.change_segments import create_segment
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.segments.audience import Audience
from fairpost.tenants.actions.create_unit import create_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author():
    return make_author()


def test_a_draft_holds_what_it_was_given(author):
    list_id = create_list(**author.who, name="Readers")
    segment_id = create_segment(**author.who, name="Here", condition='city = "Lake"')
    audience = Audience(lists=(list_id,), exclude_segments=(segment_id,))
    number = author.campaign(name="March", audience=audience, tracking=False)
    view = campaign(author.actor, author.account_id, number)
    assert (view.name, view.state, view.unit_id) == ("March", "draft", author.tenant.unit_id)
    assert Audience.from_json(view.audience) == audience and view.tracking is False
    assert campaign_by_name(author.actor, author.account_id, "March") == number
    assert campaign_by_name(author.actor, author.account_id, str(number)) == number
    assert rows("SELECT act FROM audit_event WHERE subject = %s", f"campaign:{number}") == [("campaign.created",)]


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "two\nlines", "nul\0"])
def test_a_name_is_one_printable_line(author, name):
    with pytest.raises(Invalid, match="name"):
        author.campaign(name=name)


def test_names_are_taken_once_in_an_account(author):
    author.campaign(name="March")
    with pytest.raises(Conflict, match="March"):
        author.campaign(name="March")
    make_author(owner="Mallory", from_address="news@other.example").campaign(name="March")


def test_an_audience_names_somebody_that_is_there(author):
    gone = create_list(**author.who, name="Old")
    archive_list(**author.who, list_id=gone)
    for wrong, error in (
        (Audience(), Invalid),
        (Audience(exclude_lists=(1,)), Invalid),
        (Audience(lists=(gone,)), NotFound),
        (Audience(everyone=True, exclude_lists=(99999,)), NotFound),
        (Audience(segments=(99999,)), NotFound),
    ):
        with pytest.raises(error):
            author.campaign(audience=wrong)
        number = author.campaign()
        with pytest.raises(error):
            change_campaign(**author.who, campaign_id=number, audience=wrong)


def test_a_draft_can_be_changed(author):
    number = author.campaign(name="March")
    version = author.version(subject="Other news")
    changed = change_campaign(**author.who, campaign_id=number, name="April", content_version_id=version)
    assert (changed.name, changed.content_version_id) == ("April", version)
    with pytest.raises(Invalid, match="state"):
        change_campaign(actor=author.actor, account_id=author.account_id, campaign_id=number, state="started")


def test_a_name_taken_meanwhile_is_a_conflict(author):
    author.campaign(name="March")
    number = author.campaign(name="April")
    with pytest.raises(Conflict, match="March"):
        change_campaign(**author.who, campaign_id=number, name="March")


def test_only_a_draft_can_be_changed(works, author):
    author.crowd(2)
    works.relay(works.server())
    number = author.started()
    with pytest.raises(Conflict, match="draft"):
        change_campaign(**author.who, campaign_id=number, name="too late")


def test_an_identity_of_another_unit_is_refused(author):
    elsewhere = create_unit(**author.who, slug="west", name="West")
    other = make_identity(author.tenant, "west@sender.example", unit_id=elsewhere)
    number = author.campaign()
    with pytest.raises(Invalid, match="another business unit"):
        change_campaign(**author.who, campaign_id=number, identity_id=other)


def test_people_of_one_unit_see_only_its_campaigns(author):
    west = create_unit(**author.who, slug="west", name="West")
    ben = make_person(author.account_id, "Ben", "sender", unit_id=west)
    theirs = make_identity(author.tenant, "west@sender.example", unit_id=west)
    hers, his = author.campaign(name="Hers"), author.campaign(name="His", identity_id=theirs)
    assert [each.id for each in campaigns(ben, author.account_id)] == [his]
    assert [each.id for each in campaigns(author.actor, author.account_id)] == [his, hers]
    assert campaign_by_name(ben, author.account_id, "His") == his
    acting = {"actor": ben, "account_id": author.account_id}
    with pytest.raises(NotFound):
        campaign_by_name(ben, author.account_id, "Hers")
    for act in (cancel_campaign, pause_campaign, resume_campaign, send_campaign, unschedule_campaign):
        with pytest.raises(NotFound):
            act(**acting, campaign_id=hers)
    with pytest.raises(NotFound):
        change_campaign(**acting, campaign_id=hers, name="Mine")
    with pytest.raises(NotFound):
        change_campaign(**acting, campaign_id=his, identity_id=author.identity_id)
    with pytest.raises(NotFound):
        create_campaign(
            **acting,
            name="Cuckoo",
            identity_id=author.identity_id,
            content_version_id=author.version_id,
            audience=EVERYONE,
        )


def test_a_unit_uses_its_own_lists_and_content_and_what_is_shared(author):
    west = create_unit(**author.who, slug="west", name="West")
    east = create_unit(**author.who, slug="east", name="East")
    ben = make_person(author.account_id, "Ben", "sender", unit_id=west)
    theirs = make_identity(author.tenant, "west@sender.example", unit_id=west)
    shared = create_list(**author.who, name="Shared")
    others = create_list(**author.who, name="East only", unit_id=east)
    given = {
        "actor": ben,
        "account_id": author.account_id,
        "identity_id": theirs,
        "content_version_id": author.version_id,
    }
    create_campaign(**given, name="one", audience=Audience(lists=(shared,)))
    with pytest.raises(NotFound, match="list"):
        create_campaign(**given, name="two", audience=Audience(lists=(others,)))
    with pytest.raises(NotFound, match="list"):
        create_campaign(**given, name="two", audience=Audience(everyone=True, exclude_lists=(others,)))
    nora = make_person(author.account_id, "Nora", "sender", unit_id=east)
    east_identity = make_identity(author.tenant, "east@sender.example", unit_id=east)
    author.tenant = type(author.tenant)(author.account_id, east, nora)
    secret = author.version(subject="East only", identity_id=east_identity)
    with pytest.raises(NotFound):
        create_campaign(**{**given, "content_version_id": secret}, name="two", audience=Audience(lists=(shared,)))


@pytest.mark.parametrize("role", ["analyst", "author"])
def test_who_may_not_send_cannot(author, role):
    person = make_person(author.account_id, "Noor", role)
    number = author.campaign()
    acting = {"actor": person, "account_id": author.account_id, "campaign_id": number}
    for act in (cancel_campaign, pause_campaign, resume_campaign, send_campaign, unschedule_campaign):
        with pytest.raises(Forbidden, match=r"campaign\.send"):
            act(**acting)
    with pytest.raises(Forbidden):
        schedule_campaign(**acting, at=SYSTEM_CLOCK.now())
    if role == "analyst":
        for act, more in ((change_campaign, {"name": "x"}), (send_test, {"addresses": ["a@b.example"]})):
            with pytest.raises(Forbidden, match=r"campaign\.write"):
                act(**acting, **more)
        with pytest.raises(Forbidden):
            create_campaign(
                actor=person,
                account_id=author.account_id,
                name="x",
                identity_id=author.identity_id,
                content_version_id=author.version_id,
                audience=EVERYONE,
            )
    assert campaign(person, author.account_id, number).state == "draft", "but they see it"


def test_campaigns_are_paged_by_number(author):
    numbers = [author.campaign() for _ in range(7)]
    seen, before = [], None
    while page := campaigns(author.actor, author.account_id, before=before, limit=3):
        seen += [each.id for each in page]
        before = seen[-1]
    assert seen == numbers[::-1]
