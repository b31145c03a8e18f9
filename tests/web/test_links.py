"""Links of a mail lead to where its author meant, and our addresses lead nowhere else."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from tests.builders.campaigns import make_author
from tests.builders.content import page
from tests.builders.mails import mail_to, signing_relay, stranger
from tests.builders.sending import rows

from fairpost.engine.signing.tokens import TokenIssuer
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


def test_a_link_leads_to_where_its_author_meant(mail):
    response = stranger().get(mail.clicks[0])
    assert response.status_code == 302
    assert response["Location"] == "https://lake.example/a?x=1&y=%C3%BC#part"
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_customers_link_domain_leads_there_too(mail):
    assert stranger().get(mail.clicks[0], headers={"Host": "links.customer.example"}).status_code == 302
    assert stranger().get(mail.pixel, headers={"Host": "links.customer.example"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/u/x", "/v/x", "/api/v1/openapi.json"])
def test_nothing_else_is_on_another_host(mail, path):
    assert stranger().get(path, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("number", ["2", "3", "99999", "-1", "00", "1000000", "https://evil.example"])
def test_a_number_that_is_no_counted_link_leads_nowhere(mail, number):
    response = stranger().get(f"/c/{number}/{token_of(mail)}")
    assert response.status_code == 404
    assert "Location" not in response


def test_query_and_host_change_no_destination(mail):
    response = stranger().get(f"{mail.clicks[0]}?url=https://evil.example&next=//evil.example")
    assert response["Location"].startswith("https://lake.example/")


def test_forged_tokens_lead_nowhere(mail):
    assert stranger().get(f"/c/0/{'A' * 43}").status_code == 404
    assert stranger().get("/c/0/x").status_code == 404
    assert stranger().get(f"/v/{'A' * 43}").status_code == 404


def test_a_link_that_is_over_says_so(mail):
    issuer = TokenIssuer(installation_keyring())
    account, campaign = rows("SELECT account_id, campaign_id FROM dispatch")[0]
    yesterday = int((time.time() - 86_400) // 86_400)
    old = issuer.for_campaign(account, campaign).track(1, yesterday).decode()
    for path in (f"/c/0/{old}", f"/v/{old}"):
        response = stranger().get(path)
        assert response.status_code == 410
        assert str((SYSTEM_CLOCK.now() - timedelta(days=1)).date()) in response.content.decode()


def test_the_pixel_is_the_same_for_every_token(mail):
    good, bad = stranger().get(mail.pixel), stranger().get("/o/nonsense.gif")
    assert good.status_code == bad.status_code == 200
    assert good.content == bad.content
    assert good.content.startswith(b"GIF89a")
    assert good["Content-Type"] == "image/gif"
    assert good["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert good["Cache-Control"] == "no-store"


def test_looking_writes_nothing(mail):
    before = rows("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM suppression)")
    for path in (*mail.clicks, mail.pixel, mail.view, mail.unsubscribe):
        stranger().get(path)
    assert rows("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM suppression)") == before


@pytest.mark.parametrize("place", ["clicks", "view", "pixel"])
def test_a_post_to_a_link_is_refused(mail, place):
    path = getattr(mail, place)
    assert stranger().post(path[0] if isinstance(path, list) else path).status_code in (403, 405)
