"""Who is not to be followed gets mail without pixel and without rewritten links, whichever switch says so."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import FOOTER, page
from tests.builders.mails import path_of, paths, stranger
from tests.builders.sending import reached, rows

from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.change_members import add_to_list
from fairpost.contacts.actions.switch_tracking import switch_tracking
from fairpost.contacts.queries.consent import consent_of
from fairpost.kernel.errors import NotFound
from fairpost.segments.audience import Audience

BODY = (
    '<p><a href="https://lake.example/news">News</a> <a href="{{ view_url }}">view</a>'
    ' <a href="https://give.example/" data-donation>Give</a></p>'
)
PEOPLE = ("seen@lake.example", "alone@lake.example", "abroad@lake.example")
EVERYBODY = dict.fromkeys(PEOPLE, True)
NOBODY = dict.fromkeys(PEOPLE, False)


class Field:
    """Three contacts on a list, one of them in France, and a campaign to that list, started and not yet sent."""

    def __init__(self, works):
        self.server = works.server()
        works.relay(self.server)
        self.author = make_author(html=page(BODY, FOOTER))
        self.author.people(PEOPLE[0], first=1, country="DE")
        self.author.people(PEOPLE[1], first=2, country="DE")
        self.author.people(PEOPLE[2], first=3, country="fr ")
        self.list_id = create_list(**self.author.who, name="Readers")
        add_to_list(**self.author.who, list_id=self.list_id, addresses=PEOPLE)
        self.works = works

    def start(self) -> int:
        return self.author.started(audience=Audience(lists=(self.list_id,)))

    def switch(self, kind: str, key: str = "", *, off: bool = True) -> bool:
        return switch_tracking(**self.author.who, kind=kind, key=key, off=off)

    def sent(self, number: int) -> dict[str, bool]:
        """Whose mail can be followed, once everybody has theirs."""
        reached(self.author.account_id, number)
        found = {each.to: is_followed(each) for each in self.server.memory.arrivals}
        self.server.memory.arrivals.clear()
        return found


def is_followed(arrival) -> bool:
    html = arrival.message.get_body(("html",)).get_content()
    pixel = "/o/" in html
    assert pixel == ("/c/" in html) == ('"https://lake.example/news"' not in html), "followed by halves"
    assert b"/o/" not in arrival.content or pixel
    return pixel


def test_each_switch_is_asked_at_each_attempt(works):
    field = Field(works)
    number = field.start()
    field.switch("contact", "Alone@lake.example")
    field.switch("territory", "FR")
    works.fold()
    works.sender()
    assert field.sent(number) == {**NOBODY, "seen@lake.example": True}
    field.switch("contact", "alone@lake.example", off=False)
    field.switch("territory", "fr", off=False)
    assert field.sent(field.start()) == EVERYBODY
    for kind, key in (("list", str(field.list_id)), ("account", "")):
        field.switch(kind, key)
        number = field.start()
        assert rows("SELECT tracking FROM dispatch WHERE campaign_id = %s", number) == [(False,)]
        assert field.sent(number) == NOBODY
        field.switch(kind, key, off=False)
    other = create_list(**field.author.who, name="Others")
    field.switch("list", str(other))
    assert field.sent(field.start()) == EVERYBODY


def test_the_mail_in_the_browser_is_not_followed_either(works):
    field = Field(works)
    field.start()
    works.fold()
    works.sender()
    reached(field.author.account_id, 0 or rows("SELECT max(campaign_id) FROM dispatch")[0][0])
    html = next(e for e in field.server.memory.arrivals if e.to == PEOPLE[1]).message.get_body(("html",)).get_content()
    [view] = paths(html, "v")
    assert "/o/" in stranger().get(view).content.decode()
    field.switch("contact", PEOPLE[1])
    shown = stranger().get(path_of(view)).content.decode()
    assert "/o/" not in shown and "/c/" not in shown and "https://lake.example/news" in shown


@pytest.mark.django_db
def test_a_switch_is_in_the_ledger_and_its_own_account_s_only(transactional_db):
    ada, mallory = make_author(), make_author(owner="Mallory")
    ada.people(PEOPLE[0])
    theirs = create_list(**ada.who, name="Readers")
    for kind, key in (("contact", PEOPLE[0]), ("list", str(theirs))):
        with pytest.raises(NotFound):
            switch_tracking(**mallory.who, kind=kind, key=key, off=True)
        with pytest.raises(NotFound):
            switch_tracking(actor=mallory.actor, account_id=ada.account_id, kind=kind, key=key, off=True)
    assert rows("SELECT 1 FROM tracking_off UNION ALL SELECT 1 FROM tracking_off_chunk") == []
    assert switch_tracking(**ada.who, kind="contact", key=PEOPLE[0], off=True)
    assert not switch_tracking(**ada.who, kind="contact", key=PEOPLE[0], off=True)
    assert [(each.what, each.act) for each in consent_of(ada.account_id, PEOPLE[0])] == [("tracking", "withdrawn")]
