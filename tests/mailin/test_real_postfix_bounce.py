"""A real Postfix bounces a message and hands the bounce to the intake by LMTP: its recipient is written to no more."""

from __future__ import annotations

import os
import smtplib
from dataclasses import replace

import pytest
from django.conf import settings
from tests.builders.returned import feedback_rows, sent, suppressions
from tests.builders.sending import until
from tests.postfix import running_postfix, why_not

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def postfix(intake):
    reason = why_not()
    if reason:
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    to_us = f"transport_maps = inline:{{ {{ bounces.test = lmtp:inet:127.0.0.1:{intake.lmtp} }} }}"
    with running_postfix(extra=to_us) as running:
        yield running


def test_a_genuine_bounce_comes_back_and_suppresses(author, intake, postfix, monkeypatch):
    monkeypatch.setattr(settings, "FAIRPOST", replace(settings.FAIRPOST, return_path_domain="bounces.test"))
    author.people("unknown1@lake.example", first=6)
    tokens = sent(author, 1, [1, 6])
    mail = f"{tokens.original(6)}To: unknown1@lake.example\n\nHello\n".partition("\n")[2]
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=20) as session:
        sender = tokens.return_path(6).replace("bounces.localhost", "bounces.test")
        session.sendmail(sender, "unknown1@lake.example", mail)
    until(suppressions, f"a suppression\n{postfix.log()[-3000:]}", 30)
    assert suppressions() == [("unknown1@lake.example", "account", "hard bounce", "campaign:1")]
    assert feedback_rows("kind", "cls", "status", "ordinal", "address") == [
        ("hard_bounce", "unknown_user", "5.1.1", 6, "unknown1@lake.example")
    ]
    assert "status=sent" in postfix.wait_for_log(r"relay=127\.0\.0\.1\[127\.0\.0\.1\]:\d+.*status=sent")
