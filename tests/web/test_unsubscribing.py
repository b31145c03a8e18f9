"""Whoever unsubscribes is not written to again, by a button, by one click, and whatever else is broken."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author
from tests.builders.contacts import make_list
from tests.builders.content import page
from tests.builders.mails import mail_to, signing_relay, stranger
from tests.builders.sending import rows

from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.contacts.actions.change_lists import archive_list
from fairpost.segments.audience import Audience

pytestmark = pytest.mark.django_db(transaction=True)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def author():
    signing_relay()
    made = make_author()
    made.crowd(3)
    return made


def suppressions() -> list[tuple[str, str, str, str]]:
    return rows("SELECT canonical, reach, reach_id, reason FROM suppression ORDER BY 1, 2, 3")


def test_one_click_suppresses_before_it_answers(author):
    mail = mail_to(author, author.started(), 2)
    response = stranger().post(mail.unsubscribe, ONE_CLICK)
    assert response.status_code == 200
    assert not response.cookies
    assert suppressions() == [("person2@lake.example", "account", "", "unsubscribed")]


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=One-Click&x=%FF", "\0", "confirm=1"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_no_detail_of_the_form_keeps_anyone_from_leaving(author, body, kind):
    mail = mail_to(author, author.started(), 1)
    assert stranger().generic("POST", mail.unsubscribe, body, content_type=kind).status_code == 200
    assert len(suppressions()) == 1


def test_again_is_harmless(author):
    mail = mail_to(author, author.started(), 1)
    first, second = (stranger().post(mail.unsubscribe, ONE_CLICK) for _time in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len(suppressions()) == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_links_unsubscribes_nobody(author, method):
    mail = mail_to(author, author.started(), 1)
    response = getattr(stranger(), method)(mail.unsubscribe)
    assert response.status_code == 200
    assert suppressions() == []


def test_the_page_has_one_button_and_shows_little(author):
    mail = mail_to(author, author.started(), 1)
    text = stranger().get(mail.unsubscribe).content.decode()
    assert text.count("<button") == text.count("<form") == 1
    assert "p…@lake.example" in text
    assert "person1@lake.example" not in text


def test_the_reach_is_the_lists_that_were_addressed(author):
    news = make_list(author.tenant, "News", "ann@x.example")
    dates = make_list(author.tenant, "Dates", "ann@x.example")
    number = author.started(audience=Audience(lists=(news, dates)))
    ordinal = rows("SELECT ordinal FROM contact WHERE canonical = 'ann@x.example'")[0][0]
    text = stranger().post(mail_to(author, number, ordinal).unsubscribe, ONE_CLICK).content.decode()
    assert "News, Dates" in text
    assert [row[1:3] for row in suppressions()] == [("list", str(news)), ("list", str(dates))]


def test_where_a_list_is_gone_the_reach_is_the_account(author):
    news = make_list(author.tenant, "News", "ann@x.example")
    number = author.started(audience=Audience(lists=(news,)))
    ordinal = rows("SELECT ordinal FROM contact WHERE canonical = 'ann@x.example'")[0][0]
    mail = mail_to(author, number, ordinal)
    archive_list(**author.who, list_id=news)
    assert stranger().post(mail.unsubscribe, ONE_CLICK).status_code == 200
    assert [row[:3] for row in suppressions()] == [("ann@x.example", "account", "")]


def test_where_the_campaign_is_gone_the_reach_is_the_account(author):
    mail = mail_to(author, author.started(), 1)
    rows("DELETE FROM dispatch")
    assert stranger().post(mail.unsubscribe, ONE_CLICK).status_code == 200
    assert suppressions() == [("person1@lake.example", "account", "", "unsubscribed")]


def test_a_contact_that_was_removed_gets_the_same_answer(author):
    mail = mail_to(author, author.started(), 1)
    rows("DELETE FROM contact WHERE ordinal = 1")
    assert stranger().post(mail.unsubscribe, ONE_CLICK).status_code == 200
    assert suppressions() == []


def test_a_test_mail_unsubscribes_nobody(author):
    test = send_test(**author.who, campaign_id=author.campaign(), addresses=["person1@lake.example"])
    response = stranger().post(mail_to(author, test.id, 1).unsubscribe, ONE_CLICK)
    assert response.status_code == 200
    assert "test mail" in response.content.decode()
    assert suppressions() == []


@pytest.mark.parametrize("spoil", [lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: t[:-1], lambda t: "x"])
def test_a_forged_address_is_nobodys(author, spoil):
    mail = mail_to(author, author.started(), 1)
    for method in ("get", "post"):
        assert getattr(stranger(), method)(spoil(mail.unsubscribe)).status_code == 404
    assert suppressions() == []


def test_the_token_of_a_link_does_not_unsubscribe(author):
    mail = mail_to(author, author.started(), 1)
    token = mail.pixel.removeprefix("/o/").removesuffix(".gif")
    assert stranger().post(f"/u/{token}", ONE_CLICK).status_code == 404
    assert suppressions() == []


def test_it_is_on_record_without_the_address(author):
    stranger().post(mail_to(author, author.started(), 1).unsubscribe, ONE_CLICK)
    event = rows("SELECT act, actor_name, account_id, facts::text FROM audit_event ORDER BY id DESC LIMIT 1")[0]
    assert event[:3] == ("suppression.added", "unsubscribe link", author.account_id)
    assert "@" not in event[3]


@pytest.mark.parametrize(
    ("accepted", "language", "word"),
    [
        ("de, fr;q=0.8, en;q=0.2", "fr", "Se désinscrire"),
        ("it-CH", "it", "Disiscriversi"),
        ("xx, *;q=0.1", "en", "Unsubscribe"),
        ("fr;q=0, en", "en", "Unsubscribe"),
    ],
)
def test_the_page_speaks_the_readers_language(author, accepted, language, word):
    mail = mail_to(author, author.started(), 1)
    text = stranger(accepted).get(mail.unsubscribe).content.decode()
    assert f'<html lang="{language}">' in text
    assert f">{word}</button>" in text


def test_the_page_keeps_to_itself(author):
    response = stranger().get(mail_to(author, author.started(), 1).unsubscribe)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "script" not in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


def test_names_from_the_account_are_text_in_the_page(author):
    bad = make_list(author.tenant, "<script>alert(1)</script>", "ann@x.example")
    number = author.started(audience=Audience(lists=(bad,)))
    ordinal = rows("SELECT ordinal FROM contact WHERE canonical = 'ann@x.example'")[0][0]
    mail = mail_to(author, number, ordinal)
    for response in (stranger().get(mail.unsubscribe), stranger().post(mail.unsubscribe, ONE_CLICK)):
        assert "<script" not in response.content.decode()


def test_other_methods_do_nothing(author):
    mail = mail_to(author, author.started(), 1)
    for method in ("put", "delete", "patch"):
        assert getattr(stranger(), method)(mail.unsubscribe).status_code == 405
    assert suppressions() == []


def test_the_page_of_a_mail_with_a_link(author):
    """The link in the mail's own text is the address of the header."""
    author.version_id = author.version(page())
    mail = mail_to(author, author.started(), 1)
    assert mail.unsubscribe in mail.html
