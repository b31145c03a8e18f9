"""The front page, the health check, and what is at no address."""

from __future__ import annotations

import pytest
from tests.builders.mails import stranger

pytestmark = pytest.mark.django_db


def test_the_front_page_says_what_this_host_is():
    response = stranger("fr").get("/")
    assert response.status_code == 200
    assert 'lang="fr"' in response.content.decode()


def test_health_is_one_word():
    response = stranger().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/nothing", "/u/", "/c/0/", "/static/x.css"])
def test_an_unknown_address_is_a_page(path):
    response = stranger().get(path)
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert "style-src 'sha256-" in response["Content-Security-Policy"]


def test_no_page_asks_for_anything_else():
    text = stranger().get("/").content.decode()
    assert "src=" not in text
    assert "<link" not in text
