"""A contact chooses for itself by the link of any mail, and nobody chooses for it."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError
from tests.builders.campaigns import make_author
from tests.builders.contacts import contacts_of, import_file, make_list
from tests.builders.content import FOOTER, page
from tests.builders.mails import mail_to, signing_relay, stranger
from tests.builders.sending import rows

from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.contacts.actions.change_lists import publish_list
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.contacts.queries.consent import consent_of
from fairpost.contacts.queries.preferences import preferences_of

pytestmark = pytest.mark.django_db(transaction=True)
EVA = "eva@lake.example"


class Centre:
    """Eva is on News (public) and Press (internal), not on Dates (public) nor on Board (internal)."""

    def __init__(self):
        signing_relay()
        self.author = make_author(html=page('<p><a href="{{ preferences_url }}">choose</a></p>', FOOTER))
        tenant, who = self.author.tenant, self.author.who
        self.news, self.press = make_list(tenant, "News"), make_list(tenant, "Press")
        self.dates, self.board = make_list(tenant, "Dates", "other@lake.example"), make_list(tenant, "Board")
        publish_list(**who, list_id=self.news, title="Lake news")
        publish_list(**who, list_id=self.dates, title="Dates at the lake")
        for each in (self.news, self.press):
            import_file(tenant, f"email,language\n{EVA},fr\n", list_id=each)
        self.ordinal = rows("SELECT ordinal FROM contact WHERE canonical = %s", EVA)[0][0]
        self.number = self.author.started()
        self.path = mail_to(self.author, self.number, self.ordinal).unsubscribe.replace("/u/", "/p/")

    def on(self) -> set[str]:
        held = preferences_of(self.author.account_id, self.ordinal)
        return {each.name for each in held.lists if each.on}

    def save(self, *lists: int, **fields):
        given = {"shown": [self.news, self.press, self.dates], "list": lists, "tracking": "yes", "do": "save"}
        return stranger().post(self.path, {**given, **fields})

    def ledger(self) -> list[tuple[str, str, str, str]]:
        lines = consent_of(self.author.account_id, EVA)
        return [(each.what, each.act, each.how, each.source) for each in reversed(lines)]


@pytest.fixture
def centre():
    return Centre()


def test_the_page_shows_own_and_public_lists_in_the_contact_s_language_and_changes_nothing(centre):
    for method in ("head", "get"):
        answer = getattr(stranger(), method)(centre.path)
        assert (answer.status_code, len(answer.cookies)) == (200, 0)
    text = answer.content.decode()
    assert "Vos préférences" in text and 'lang="fr"' in text
    assert "e…@lake.example" in text and EVA not in text
    boxes = re.findall(r'name="list" value="(\d+)"( checked)?> <span>(.*?)</span>', text)
    assert boxes == [
        (str(centre.dates), "", "Dates at the lake"),
        (str(centre.news), " checked", "Lake news"),
        (str(centre.press), " checked", "Press"),
    ]
    assert centre.ledger() == [] and rows("SELECT 1 FROM suppression") == []


def test_lists_language_and_tracking_are_chosen_and_each_is_in_the_ledger(centre):
    source = f"campaign:{centre.number}"
    answer = centre.save(centre.dates, language="de", tracking="")
    assert answer.status_code == 200 and "Ihre Wahl gilt" in answer.content.decode()
    assert centre.on() == {"Dates at the lake"}
    assert contacts_of(centre.author.account_id)[EVA] == {"language": "de"}
    assert not preferences_of(centre.author.account_id, centre.ordinal).tracking
    assert sorted(centre.ledger()) == sorted([
        (f"list:{centre.dates}", "given", "preferences", source),
        (f"list:{centre.news}", "withdrawn", "preferences", source),
        (f"list:{centre.press}", "withdrawn", "preferences", source),
        ("tracking", "withdrawn", "preferences", source),
    ])  # fmt: skip
    centre.save(centre.dates, centre.press, language="")
    assert centre.on() == {"Dates at the lake", "Press"}, "what it left itself it may join again"
    assert contacts_of(centre.author.account_id)[EVA] == {}
    before = centre.ledger()
    centre.save(centre.dates, centre.press, language="")
    assert centre.ledger() == before, "the same again is no new line"


def test_nobody_gets_further_than_the_page_lets_them(centre):
    who = centre.author.who
    suppress_addresses(**who, addresses=[EVA], reach=f"list:{centre.dates}", reason="banned by the board")
    other = make_author()
    theirs = make_list(other.tenant, "Theirs")
    publish_list(**other.who, list_id=theirs, title="Theirs")
    everything = [centre.news, centre.press, centre.dates, centre.board, theirs, 99_999_999]
    assert centre.save(*everything, shown=everything, language="xx").status_code == 200
    assert centre.on() == {"Lake news", "Press"}
    assert contacts_of(centre.author.account_id)[EVA] == {"language": "fr"}
    assert contacts_of(other.account_id) == {}
    assert stranger().post(centre.path, {"shown": "x"}).status_code == 400
    # A list that was not on the page that was answered is left as it is.
    assert centre.save(centre.news, shown=[centre.news]).status_code == 200
    assert centre.on() == {"Lake news", "Press"}


def test_whoever_leaves_everything_does_not_come_back_by_an_old_link(centre):
    assert "désinscription" in centre.save(do="leave").content.decode().lower()
    assert rows("SELECT reach, reason FROM suppression") == [("account", "unsubscribed")]
    assert centre.ledger() == [("account", "withdrawn", "preferences", f"campaign:{centre.number}")]
    text = stranger().get(centre.path).content.decode()
    assert 'name="list"' not in text and 'value="leave"' not in text
    centre.save(centre.news, centre.press, centre.dates)
    assert rows("SELECT reach FROM suppression") == [("account",)]
    assert "Dates at the lake" not in centre.on()


def test_forged_tokens_tests_and_removed_contacts_change_nothing(centre):
    for path in (centre.path[:-1], centre.path[:-1] + "!", "/p/x", centre.path.replace("/p/", "/p/a")):
        for method in ("get", "post"):
            assert getattr(stranger(), method)(path).status_code == 404
    tested = send_test(**centre.author.who, campaign_id=centre.author.campaign(), addresses=["a@x.example"])
    test = mail_to(centre.author, tested.id, 1).unsubscribe.replace("/u/", "/p/")
    assert "test mail" in stranger().post(test, {"do": "leave"}).content.decode()
    assert rows("SELECT 1 FROM suppression") == []
    rows("DELETE FROM contact WHERE canonical = %s", EVA)
    assert stranger().get(centre.path).status_code == stranger().post(centre.path).status_code == 410


def test_with_the_database_away_it_says_so(centre, monkeypatch):
    def away(*_given):
        raise OperationalError("the database is away")

    monkeypatch.setattr("fairpost.web.pages.preferences.preferences_of", away)
    for method in ("get", "post"):
        answer = getattr(stranger(), method)(centre.path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_the_link_in_the_mail_leads_there(centre):
    mail = mail_to(centre.author, centre.number, centre.ordinal)
    [url] = re.findall(r'href="https?://[^"/]+(/p/\w+)"', mail.html)
    assert url == centre.path
