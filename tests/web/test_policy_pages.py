"""Everybody reads the policy; the address of a version shows that version for ever."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from tests.builders.mails import stranger
from tests.builders.policies import TEXTS, make_clause

from fairpost.enforcement.actions.install_starter_policy import install_starter_policy
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db


def read(path: str, language: str = "en", status: int = 200) -> str:
    response = stranger(language).get(path)
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    return response.content.decode()


def test_without_a_policy_the_page_says_so():
    assert "No policy has been published here yet." in read("/policy")


def test_the_policy_lists_what_is_in_force():
    install_starter_policy(actor=local_operator())
    page = read("/policy", "it")
    assert page.count('<a href="/policy/') == 6
    assert '<a href="/policy/fraud" lang="it">Frode e phishing</a>' in page


def test_a_permalink_shows_its_version_after_a_new_one():
    before = FixedClock(SYSTEM_CLOCK.now() - timedelta(days=2))
    first = make_clause(clock=before)
    path = urlsplit(first.permalink).path
    assert path == "/policy/violence/1"
    assert "This version holds now." in read(path)
    changed = {"en": {"title": "Violence", "text": "Something else."}}
    second = make_clause(texts=changed, clock=FixedClock(before.now() + timedelta(days=1)))
    page = read(path)
    assert "No calls for violence." in page and "Something else." not in page
    assert "This version no longer holds: violence@2 does." in page
    assert first.hash in page and second.hash not in page
    assert "Something else." in read("/policy/violence")
    assert 'aria-current="page">violence@2' in read("/policy/violence/2")


def test_a_version_to_come_says_from_when():
    make_clause(effective_from=SYSTEM_CLOCK.now() + timedelta(days=9))
    assert "This version will hold from " in read("/policy/violence/1")
    assert "This version will hold from " in read("/policy/violence")
    assert "violence" not in read("/policy")


def test_a_text_is_read_in_the_language_asked_for():
    german = {"de": {"title": "Gewalt", "text": "Kein Aufruf zu Gewalt."}}
    make_clause(texts={**TEXTS, **german})
    assert 'lang="it">Violenza</h1>' in read("/policy/violence/1", "it;q=0.9, pt")
    assert 'lang="de">Gewalt</h1>' in read("/policy/violence/1", "de-AT, en;q=0.5")
    page = read("/policy/violence/1?lang=fr", "it")
    assert "Pas d&#x27;appel à la violence." in page and '<html lang="it">' in page
    assert 'lang="en">Violence</h1>' in read("/policy/violence/1?lang=zz", "pt")


def test_texts_are_text():
    make_clause(texts={"en": {"title": "<b>x</b>", "text": "<script>x</script>\n\nNot:\n- <i>a</i>\n- b"}})
    page = read("/policy/violence")
    assert "<script>" not in page and "<b>" not in page and "<i>" not in page
    assert "<li>&lt;i&gt;a&lt;/i&gt;</li>" in page


NOWHERE = ["/policy/none", "/policy/violence/2", "/policy/violence/0", f"/policy/violence/{'9' * 60}"]


@pytest.mark.parametrize("path", NOWHERE)
def test_there_is_nothing_where_no_version_is(path: str):
    make_clause()
    assert "There is nothing here" in read(path, status=404)
