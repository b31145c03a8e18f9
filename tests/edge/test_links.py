"""Links of a mail lead to where its author meant, and our addresses lead nowhere else."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import page
from tests.builders.mails import mail_to, signing_relay, stranger
from tests.builders.sending import rows, until

from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.events.link_copy import copied
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.keyring import installation_keyring

pytestmark = pytest.mark.django_db(transaction=True)
BODY = """
<p><a href="https://lake.example/a?x=1&amp;y=ü#part">One</a>
<a href="https://give.example/now?donate=1" data-donation>Give</a>
<a href="https://lake.example/{{ first_name }}">Mine</a></p>
"""


@pytest.fixture
def mail():
    signing_relay()
    author = make_author(html=page(BODY))
    author.crowd(1)
    return mail_to(author, author.started(), 1)


def token_of(mail) -> str:
    return mail.pixel.removeprefix("/o/").removesuffix(".gif")


def test_a_link_leads_to_where_its_author_meant(mail, edge):
    response = edge.get(mail.clicks[0])
    assert response.status == 302
    assert response.headers["location"] == "https://lake.example/a?x=1&y=%C3%BC#part"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert int(response.headers["age"]) < 5
    donation = edge.get(mail.clicks[1]).headers["location"]
    assert donation.startswith("https://give.example/now?donate=1&reference=") and len(donation.split("=")[-1]) == 16


def test_a_number_that_is_no_counted_link_leads_nowhere(mail, edge):
    for number in ("2", "3", "99999", "-1", "00", "1000000", "²", "https://evil.example", ""):
        response = edge.get(f"/c/{number}/{token_of(mail)}")
        assert (response.status, "location" in response.headers) == (404, False), number


def test_no_part_of_a_request_changes_a_destination(mail, edge):
    way = {"host": "evil.example", "x_forwarded_host": "evil.example", "referer": "https://evil.example/"}
    response = edge.get(f"{mail.clicks[0]}?url=https://evil.example&next=//evil.example", **way)
    assert response.headers["location"].startswith("https://lake.example/")
    for path in ("/c//evil.example", "/c/0//evil.example", "//evil.example", "/c/0/..//evil.example", "/c/https:/x"):
        assert "location" not in edge.get(path).headers


def test_forged_and_cut_tokens_lead_nowhere(mail, edge):
    token = token_of(mail)
    other = token[:-1] + ("A" if token[-1] != "A" else "E")
    for forged in ("A" * 43, "x", token[:-1], token + "A", other, token[::-1], "é" * 43):
        response = edge.get(f"/c/0/{forged}")
        assert (response.status, "location" in response.headers) == (404, False)
        assert edge.get(f"/o/{forged}.gif").status == 200
    unsubscribe = mail.unsubscribe.removeprefix("/u/")
    assert edge.get(f"/c/0/{unsubscribe}").status == 404
    edge.folded()
    assert rows("SELECT count(*) FROM event") == [(0,)]


def test_a_link_that_is_over_says_so(mail, edge):
    issuer = TokenIssuer(installation_keyring())
    account, campaign = rows("SELECT account_id, campaign_id FROM dispatch")[0]
    yesterday = int((time.time() - 86_400) // 86_400)
    old = issuer.for_campaign(account, campaign).track(1, yesterday).decode()
    day = str((SYSTEM_CLOCK.now() - timedelta(days=1)).date())
    response = edge.get(f"/c/0/{old}", accept_language="de")
    assert response.status == 410
    assert f"Er galt bis zum {day}." in response.text and "location" not in response.headers
    view = stranger().get(f"/v/{old}")
    assert view.status_code == 410 and day in view.content.decode()


def test_the_pixel_is_the_same_for_every_token(mail, edge):
    good, bad = edge.get(mail.pixel), edge.get("/o/nonsense.gif")
    assert good.status == bad.status == 200
    assert good.content == bad.content
    assert good.headers == bad.headers
    assert good.content.startswith(b"GIF89a")
    assert good.headers["content-type"] == "image/gif"
    assert good.headers["cross-origin-resource-policy"] == "cross-origin"
    assert good.headers["cache-control"] == "no-store"


def test_the_link_that_no_person_sees_leads_home_and_gives_a_machine_away(mail, edge):
    assert "display:none" in mail.html.split(mail.honeypot)[1][:30]
    assert edge.get(mail.honeypot).headers["location"] == "http://localhost:8025"
    edge.folded()
    assert rows("SELECT kind, machine, link FROM event") == [(2, 7, -2)]


def test_looking_at_a_mail_writes_no_record_of_a_person(mail, edge):
    before = rows("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM suppression)")
    for path in (*mail.clicks, mail.pixel, mail.unsubscribe):
        edge.get(path, user_agent="SecretAgent/7.0", x_forwarded_for="203.0.113.9")
    stranger().get(mail.view)
    edge.folded()
    assert rows("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM suppression)") == before
    kept = b"".join(path.read_bytes() for path in edge.folder.rglob("*") if path.is_file())
    assert b"SecretAgent" not in kept and b"203.0.113" not in kept


def test_other_methods_than_looking_are_refused(mail, edge):
    for path in (mail.clicks[0], mail.pixel, "/healthz"):
        assert [edge.ask(method, path).status for method in ("POST", "PUT", "DELETE", "OPTIONS")] == [405] * 4


def test_nothing_of_the_edge_is_at_the_pages_any_more(mail):
    for path in (mail.clicks[0], mail.pixel, mail.unsubscribe):
        assert stranger().get(path).status_code == 404


def test_the_copy_of_links_has_new_campaigns_at_once_and_drops_those_that_are_over(edge):
    signing_relay()
    author = make_author(html=page(BODY))
    author.crowd(1)
    campaign = author.started()
    key = (author.account_id, campaign)
    until(lambda: key in copied(edge.folder), "the campaign's links are copied", 2)
    copy = (edge.folder / "links" / str(key[0]) / f"{key[1]}.json").read_text()
    assert "@" not in copy, "nothing of a contact is in it"
    rows("UPDATE dispatch SET latest_at = latest_at - interval '500 days'")
    until(lambda: key not in copied(edge.folder), "they are dropped with the last token", 5)


def test_a_campaign_that_was_not_copied_is_asked_for(mail, edge):
    copied_key = copied(edge.folder).pop()
    edge.folding.links.there.clear()  # as after a loss of the folder's files
    for path in (edge.folder / "links").rglob("*.json"):
        path.unlink()
    assert edge.get(mail.clicks[0]).status == 302
    assert copied_key in copied(edge.folder)
