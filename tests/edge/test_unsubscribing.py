"""Whoever unsubscribes is not written to again, by a button, by one click, and whatever else is broken."""

from __future__ import annotations

import pytest
from tests.builders.campaigns import make_author
from tests.builders.contacts import make_list
from tests.builders.content import page
from tests.builders.mails import mail_to, signing_relay
from tests.builders.sending import rows, until

from fairpost.campaigns.actions.test_campaign import test_campaign as send_test
from fairpost.contacts.actions.change_lists import archive_list
from fairpost.engine.signing.keyring import KeyRing
from fairpost.segments.audience import Audience
from fairpost.tenants.keyring import keyring_path

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author():
    signing_relay()
    made = make_author()
    made.crowd(3)
    return made


def suppressions() -> list[tuple[str, str, str, str]]:
    return rows("SELECT canonical, reach, reach_id, reason FROM suppression ORDER BY 1, 2, 3")


def test_one_click_suppresses_before_it_answers(author, edge):
    campaign = author.started()
    mail = mail_to(author, campaign, 2)
    until(lambda: (author.account_id, campaign) in edge.folding.links.there, "the page can name the sender")
    response = edge.post(mail.unsubscribe)
    assert (response.status, "set-cookie" in response.headers) == (200, False)
    assert suppressions() == [("person2@lake.example", "account", "", "unsubscribed")]
    assert rows("SELECT canonical, act, how FROM consent") == [
        ("person2@lake.example", "withdrawn", "unsubscribe_link")
    ]
    assert rows("SELECT kind, link, total FROM event_hour") == [(3, -1, 1)]
    again = edge.post(mail.unsubscribe)
    assert (again.status, again.content) == (response.status, response.content)
    assert len(suppressions()) == 1
    assert rows("SELECT kind, total FROM event_hour") == [(3, 1)], "twice is once"


def test_no_detail_of_the_form_keeps_anyone_from_leaving(author, edge):
    mail = mail_to(author, author.started(), 1)
    for body in (b"", b"List-Unsubscribe=One-Click&x=%FF", b"\0", b"confirm=1", b"x" * 100_000):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            assert edge.post(mail.unsubscribe, body, content_type=kind).status == 200
    assert len(suppressions()) == 1


def test_who_only_looks_unsubscribes_nobody(author, edge):
    mail = mail_to(author, author.started(), 1)
    for method in ("GET", "HEAD"):
        for purpose in ("", "prefetch;prerender"):
            assert edge.ask(method, mail.unsubscribe, sec_purpose=purpose).status == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "post"):
        assert edge.ask(method, mail.unsubscribe).status == 405
    assert not edge.folding.wishes.waiting() and suppressions() == []


def test_the_page_has_one_button_and_shows_nothing_of_the_person(author, edge):
    mail = mail_to(author, author.started(), 1)
    until(lambda: edge.application.desk.links.of(next(iter(edge.folding.links.there), (0, 0))), "the copy is there")
    response = edge.get(mail.unsubscribe)
    assert response.text.count("<button") == response.text.count("<form") == 1
    assert "@lake.example" not in response.text and "script" not in response.text
    assert rows("SELECT name FROM organisation LIMIT 1")[0][0] in response.text
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy


def test_the_reach_is_the_lists_that_were_addressed(author, edge):
    news = make_list(author.tenant, "News", "ann@x.example")
    dates = make_list(author.tenant, "<script>Dates", "ann@x.example")
    number = author.started(audience=Audience(lists=(news, dates)))
    ordinal = rows("SELECT ordinal FROM contact WHERE canonical = 'ann@x.example'")[0][0]
    mail = mail_to(author, number, ordinal)
    until(lambda: (author.account_id, number) in edge.folding.links.there, "the copy is there")
    for response in (edge.get(mail.unsubscribe), edge.post(mail.unsubscribe)):
        assert "News, &lt;script&gt;Dates" in response.text
    assert [row[1:3] for row in suppressions()] == [("list", str(news)), ("list", str(dates))]


def test_where_a_list_or_the_campaign_is_gone_the_reach_is_the_account(author, edge):
    news = make_list(author.tenant, "News", "ann@x.example")
    number = author.started(audience=Audience(lists=(news,)))
    ordinal = rows("SELECT ordinal FROM contact WHERE canonical = 'ann@x.example'")[0][0]
    mail, other = mail_to(author, number, ordinal), mail_to(author, author.started(), 1)
    archive_list(**author.who, list_id=news)
    assert edge.post(mail.unsubscribe).status == 200
    rows("DELETE FROM dispatch")
    assert edge.post(other.unsubscribe).status == 200
    assert [row[:3] for row in suppressions()] == [
        ("ann@x.example", "account", ""),
        ("person1@lake.example", "account", ""),
    ]


def test_a_contact_that_was_removed_gets_the_same_answer(author, edge):
    mail = mail_to(author, author.started(), 1)
    rows("DELETE FROM contact WHERE ordinal = 1")
    assert edge.post(mail.unsubscribe).status == 200
    assert suppressions() == []


def test_a_test_mail_unsubscribes_nobody(author, edge):
    test = send_test(**author.who, campaign_id=author.campaign(), addresses=["person1@lake.example"])
    response = edge.post(mail_to(author, test.id, 1).unsubscribe)
    assert response.status == 200
    assert "test mail" in response.text
    assert suppressions() == [] and not edge.folding.wishes.waiting()


def test_a_forged_address_is_nobodys(author, edge):
    mail = mail_to(author, author.started(), 1)
    good = mail.unsubscribe
    track = mail.pixel.removeprefix("/o/").removesuffix(".gif")
    other = good[:-1] + ("a" if good[-1] != "a" else "b")
    for path in (other, good[:-1], good + "a", "/u/x", "/u/", f"/u/{track}", good + "/", f"/u//{good[3:]}"):
        assert edge.get(path).status == edge.post(path).status == 404
    assert suppressions() == []


def test_the_link_outlives_rotated_keys(author, edge):
    mail = mail_to(author, author.started(), 1)
    KeyRing.open(keyring_path()).rotate()
    later = mail_to(author, author.started(), 2)
    assert edge.post(mail.unsubscribe).status == edge.post(later.unsubscribe).status == 200
    assert [row[0] for row in suppressions()] == ["person1@lake.example", "person2@lake.example"]


LANGUAGES = [
    ("nl, fr;q=0.8, en;q=0.2", "fr", "Se désinscrire"),
    ("it-CH", "it", "Disiscriversi"),
    ("es-MX,es;q=0.9", "es", "Darse de baja"),
    ("de, fr;q=0.8, en;q=0.2", "de", "Abmelden"),
    ("xx, *;q=0.1", "en", "Unsubscribe"),
    ("fr;q=0, en", "en", "Unsubscribe"),
    ("\xff" * 9000, "en", "Unsubscribe"),
]


def test_the_page_speaks_the_readers_language(author, edge):
    mail = mail_to(author, author.started(), 1)
    for accepted, language, word in LANGUAGES:
        text = edge.get(mail.unsubscribe, accept_language=accepted).text
        assert f'<html lang="{language}">' in text
        assert f">{word}</button>" in text


def test_the_address_in_the_mails_text_is_that_of_its_header(author):
    author.version_id = author.version(page())
    mail = mail_to(author, author.started(), 1)
    assert mail.unsubscribe in mail.html
