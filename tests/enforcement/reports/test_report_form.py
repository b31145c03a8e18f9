"""The public form: without script, in three languages, and against whoever attacks it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client
from tests.builders.mails import stranger
from tests.builders.tenants import make_account, make_person

from fairpost.enforcement.actions.decide_report import decide_report
from fairpost.enforcement.models import Report
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.tenants.keyring import installation_keyring
from fairpost.web.pages.report import network_of

pytestmark = pytest.mark.django_db


def page_token(client: Client, path: str = "/report") -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).content.decode())[1]


def post(client: Client, path: str = "/report", *, token: str | None = None, headers=None, **fields: str):
    given = {"category": "fraud", "text": "They took my money.", **fields}
    given["csrfmiddlewaretoken"] = page_token(client, path) if token is None else token
    return client.post(path, given, headers={"Origin": "http://localhost", **(headers or {})})


@pytest.mark.parametrize("language", ["en", "fr", "it"])
def test_the_form_is_there_without_script(language):
    response = stranger(language).get("/report")
    text = response.content.decode()
    assert response.status_code == 200 and f'lang="{language}"' in text
    assert "<script" not in text and "src=" not in text and "javascript" not in text
    assert "form-action 'self'" in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "same-origin", "else browsers send no origin and the form is refused"
    assert response["Cache-Control"] == "no-store"


def test_a_report_leads_to_its_secret_page():
    tenant = make_account()
    tokens = TokenIssuer(installation_keyring()).for_campaign(tenant.account_id, 88)
    client = stranger()
    response = post(client, target=f"https://mail.example/u/{tokens.unsubscribe(7).decode()}")
    assert response.status_code == 303
    row = Report.objects.get()
    assert (row.account_id, row.campaign_id, row.channel) == (tenant.account_id, 88, "form")
    shown = client.get(response["Location"])
    assert f"R-{row.pk}" in shown.content.decode()
    assert shown["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("token", "headers"),
    [("", {}), ("x" * 64, {}), (None, {"Origin": "https://evil.example"}), (None, {"Origin": "null"})],
)
def test_a_forged_form_is_refused(token, headers):
    response = post(stranger(), token=token, headers=headers)
    assert response.status_code == 403
    assert "This was not taken" in response.content.decode()
    assert Report.objects.count() == 0


def test_a_form_without_our_cookie_is_refused():
    given = {"category": "fraud", "text": "x", "csrfmiddlewaretoken": page_token(stranger())}
    assert stranger().post("/report", given).status_code == 403


def test_what_is_wrong_comes_back_with_everything_written():
    response = post(stranger(), category="nonsense", text="My <b>story</b>", address="rita@reporter.example")
    text = response.content.decode()
    assert response.status_code == 422 and 'role="alert"' in text
    assert "My &lt;b&gt;story&lt;/b&gt;" in text and 'value="rita@reporter.example"' in text


HOSTILE = [
    {"text": "</textarea><script>alert(1)</script>"},
    {"address": '"><script>alert(1)</script>@x.example'},
    {"target": "</textarea><img src=x onerror=alert(1)>"},
    {"category": '"><script>alert(1)</script>'},
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_is_shown_as_text(hostile):
    client = stranger()
    response = post(client, **{"address": "nobody", **hostile})
    text = response.content.decode()
    assert response.status_code == 422
    assert "<script>alert" not in text and "<img" not in text


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: all@x.example", "a@b.example\nX: y", "a@b.example\x00"])
def test_no_header_comes_in_by_the_address(address):
    assert post(stranger(), address=address).status_code == 422
    assert Report.objects.count() == 0


def test_a_huge_report_is_refused():
    assert post(stranger(), text="x" * 10_001).status_code == 422
    assert post(stranger(), text="x" * 11_000_000).status_code in (400, 403, 413)
    assert Report.objects.count() == 0


def test_thousands_of_fields_are_refused():
    client = stranger()
    fields = {f"f{n}": "x" for n in range(2000)}
    assert client.post("/report", fields).status_code in (400, 403)


def test_a_flood_is_told_to_wait(settings):
    settings.FAIRPOST = replace(settings.FAIRPOST, report_requests_per_hour=3)
    client = stranger()
    for number in range(3):
        assert post(client, text=f"text {number}").status_code == 303
    response = post(client, text="one more")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert Report.objects.count() == 3


def test_complaining_needs_the_page_and_is_possible_once():
    client = stranger()
    path = post(client)["Location"]
    row = Report.objects.get()
    assert "<form" not in client.get(path).content.decode()
    decide_report(actor=make_person(None, "Mara", "reviewer"), report_id=row.pk, reasons="It is <b>legal</b>.")
    shown = client.get(path).content.decode()
    assert "It is &lt;b&gt;legal" in shown and "<form" in shown
    assert client.post(path, {"text": "No."}).status_code == 403
    assert post(client, path, text="Look again.").status_code == 303
    assert "<form" not in client.get(path).content.decode()
    again = post(client, path, token=page_token(client), text="And again.")
    assert again.status_code == 409


@pytest.mark.parametrize("token", ["x", "a" * 48, "../report", "%00" * 16])
def test_a_guessed_link_opens_nothing(token):
    assert stranger().get(f"/report/{token}").status_code == 404


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.3", "nonsense", "10.0.0.3"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("", "", ""),
    ],
)
def test_who_a_flood_comes_from(rf, peer, forwarded, network):
    request = rf.get("/report", REMOTE_ADDR=peer, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    assert network_of(request) == network
