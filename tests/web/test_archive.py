"""A campaign is read by anybody only where its sender lets them, and the copy is nobody's."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import FOOTER, page
from tests.builders.mails import path_of, signing_relay, stranger
from tests.builders.sending import rows

from fairpost.campaigns.actions.archive_campaign import archive_campaign, unarchive_campaign
from fairpost.campaigns.actions.stop_campaign import cancel_campaign
from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.campaigns.archive_name import archive_name
from fairpost.campaigns.queries.archive import archived
from fairpost.kernel.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
BODY = (
    '<p>Dear {{ first_name | default: "friend" }}, {{ email }} <a href="https://lake.example/a">a</a>'
    ' <a href="https://give.example/" data-donation>Give</a> <a href="{{ view_url }}">view</a>'
    ' <a href="{{ preferences_url }}">choose</a></p>'
)


@pytest.fixture
def author():
    signing_relay()
    made = make_author(html=page(BODY, FOOTER))
    made.crowd(2)
    return made


def test_a_copy_is_nobody_s_and_follows_nobody(author):
    number = author.started()
    assert archived(author.account_id) == []
    path = path_of(archive_campaign(**author.who, campaign_id=number))
    answer = stranger().get(path)
    text = answer.content.decode()
    assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert "Dear friend" in text and "https://lake.example/a" in text
    for each in ("person", "@lake", "/o/", "/c/", "/u/", "/p/", "/v/"):
        assert each not in text, each
    assert "sandbox" in answer["Content-Security-Policy"]
    [shown] = archived(author.account_id)
    assert (shown.campaign_id, shown.subject, path_of(shown.url)) == (number, "News for", path)


def test_what_is_not_shown_leads_nowhere(author):
    number = author.started()
    hidden = f"/a/{archive_name(author.account_id, number)}"
    assert stranger().get(hidden).status_code == 404, "off unless the sender says otherwise"
    path = path_of(archive_campaign(**author.who, campaign_id=number))
    assert path == hidden
    for wrong in (path[:-1], path[:-1] + "!", path.replace("/a/", "/a/x"), "/a/1", f"/a/{archive_name(99, number)}"):
        assert stranger().get(wrong).status_code == 404
    unarchive_campaign(**author.who, campaign_id=number)
    assert stranger().get(path).status_code == 404
    with pytest.raises(Conflict):
        unarchive_campaign(**author.who, campaign_id=number)
    archive_campaign(**author.who, campaign_id=number)
    rows("UPDATE dispatch SET held_at = state_at")
    assert stranger().get(path).status_code == 404, "what is held is not shown meanwhile"
    rows("UPDATE dispatch SET held_at = NULL")
    cancel_campaign(**author.who, campaign_id=number)
    assert (stranger().get(path).status_code, archived(author.account_id)) == (404, [])


def test_drafts_tests_and_others_campaigns_are_not_for_the_archive(author):
    draft = author.campaign()
    with pytest.raises(Conflict):
        archive_campaign(**author.who, campaign_id=draft)
    tested = send_test(**author.who, campaign_id=draft, addresses=["a@x.example"])
    with pytest.raises(Conflict):
        archive_campaign(**author.who, campaign_id=tested.id)
    mallory = make_author(owner="Mallory")
    number = author.started()
    for who in (mallory.who, {"actor": mallory.actor, "account_id": author.account_id}):
        with pytest.raises(NotFound):
            archive_campaign(**who, campaign_id=number)
    assert rows("SELECT 1 FROM dispatch WHERE public") == []
