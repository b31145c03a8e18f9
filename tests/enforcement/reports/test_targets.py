"""What people paste of a mail leads to its campaign, and names its reader to nobody."""

from __future__ import annotations

import pytest
from tests.builders.tenants import make_account

from fairpost.enforcement.reports.target import campaign_named, without_tokens
from fairpost.engine.signing.tokens import TokenIssuer, last_day_of_tracking
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.keyring import installation_keyring

pytestmark = pytest.mark.django_db
CAMPAIGN = 88


@pytest.fixture
def pasted():
    """The same mail's addresses, by kind, and its account."""
    tenant = make_account()
    tokens = TokenIssuer(installation_keyring()).for_campaign(tenant.account_id, CAMPAIGN)
    mail, leave = tokens.mail(7).decode(), tokens.unsubscribe(7).decode()
    now = SYSTEM_CLOCK.now().timestamp()
    track = tokens.track(7, last_day_of_tracking(now)).decode()
    old = tokens.track(7, last_day_of_tracking(now) - 800).decode()
    return tenant.account_id, {
        "unsubscribe link": f"see https://mail.example/u/{leave}, please",
        "click": f"<a href='https://links.example/c/12/{track}'>give</a>",
        "view": f"http://localhost:8025/v/{track}",
        "picture": f"https://mail.example/o/{track}.gif",
        "expired click": f"https://links.example/c/0/{old}",
        "message id": f"Message-ID: <{mail}@mail.example>",
        "return path": f"Return-Path: <b-{mail}@bounces.example>",
        "unsubscribe address": f"List-Unsubscribe: <mailto:u-{leave}@bounces.example>",
        "folded": f"List-Unsubscribe:\r\n <https://mail.example/u/{leave[:20]}\r\n {leave[20:]}>",
        "quoted-printable": f"https://mail.example/u/{leave[:30]}=\r\n{leave[30:]}",
    }


KINDS = ["unsubscribe link", "click", "view", "picture", "expired click", "message id", "return path",
         "unsubscribe address", "folded", "quoted-printable"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_address_in_a_mail_names_its_campaign(pasted, kind):
    account_id, texts = pasted
    assert campaign_named(texts[kind], SYSTEM_CLOCK.now()) == (account_id, CAMPAIGN)


@pytest.mark.parametrize("kind", KINDS[:8])
def test_no_token_is_kept(pasted, kind):
    _account, texts = pasted
    assert campaign_named(without_tokens(texts[kind]), SYSTEM_CLOCK.now()) is None


def test_forged_tokens_name_nothing(pasted):
    _account, texts = pasted
    forged = texts["message id"].replace("a", "b")
    assert campaign_named(forged, SYSTEM_CLOCK.now()) is None
    assert campaign_named("a" * 48 + "@x " + "/u/" + "2" * 48, SYSTEM_CLOCK.now()) is None


def test_an_account_that_is_not_here_is_no_target():
    tokens = TokenIssuer(installation_keyring()).for_campaign(999_999_999, CAMPAIGN)
    assert campaign_named(f"<{tokens.mail(1).decode()}@x.example>", SYSTEM_CLOCK.now()) is None


def test_a_large_paste_is_looked_through_in_no_time():
    import time

    began = time.perf_counter()
    for text in ("a" * 50_000, "\n> " * 16_000, "/u/" * 16_000, ("b" * 48 + "@") * 1000, "=\r\n" * 16_000):
        campaign_named(text, SYSTEM_CLOCK.now())
        without_tokens(text)
    assert time.perf_counter() - began < 3
