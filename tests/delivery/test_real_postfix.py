"""A whole campaign through a real Postfix: delivered into a Maildir, signed, and what bounces comes back."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import replace

import dkim
import pytest
from django.conf import settings
from tests.builders.campaigns import make_author
from tests.builders.content import FOOTER, page
from tests.builders.sending import reached
from tests.postfix import running_postfix, why_not

from fairpost.campaigns.queries.recipients import outcome_for_address
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.keyring import installation_keyring
from fairpost.tenants.queries.dkim_keys import identity_keys

HTML = page('<p>Dear {{ first_name }}, <a href="https://lake.example/?a=1&b=2">read on</a> — ü ✓</p>' * 20, FOOTER)
PEOPLE = 200


@pytest.fixture(scope="module")
def postfix():
    """A Postfix of this module's own: its Maildir holds this campaign and nothing else."""
    reason = why_not()
    if reason:
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    with running_postfix() as running:
        yield running


@pytest.fixture
def delivered(works, postfix, monkeypatch):
    """The messages that Postfix delivered of one campaign, and what the accounting says."""
    monkeypatch.setattr(settings, "FAIRPOST", replace(settings.FAIRPOST, return_path_domain="bounces.test"))
    author = make_author(html=HTML, signed=True, from_address="news@sender.example")
    people = author.crowd(PEOPLE)
    author.people("jörg@lake.example", "unknown1@lake.example", "unknown2@lake.example", first=PEOPLE + 1)
    works.relay(postfix.port, signs=False)
    works.fold()
    works.sender(connections=6)
    number = author.started()
    counts = reached(author.account_id, number, seconds=40)
    messages = postfix.wait_for(PEOPLE + 1 + 2, 30)
    return author, number, people, counts, messages


def test_a_campaign_through_postfix(delivered, postfix):
    author, number, people, counts, messages = delivered
    assert counts.accepted == PEOPLE + 3, "the relay took them all; bounces come later"
    bounces = [each for each in messages if each.get_content_type() == "multipart/report"]
    mails = [each for each in messages if each.get_content_type() != "multipart/report"]
    got = Counter(str(each["Delivered-To"]) for each in mails)
    assert got == dict.fromkeys([*people, "jörg@lake.example"], 1)
    signed_for(author, postfix)
    bounced(author, number, bounces)
    queue_ids(author, number, mails, postfix)


def signed_for(author, postfix):
    """What Postfix delivered verifies against the identity's key, by another program."""
    [key] = [each for each in identity_keys(author.account_id, author.identity_id) if each.state == "active"]
    asked = []

    def dns(wanted, timeout=5):
        asked.append(wanted.decode())
        return key.record.value.encode() if wanted.decode().rstrip(".") == key.record.name.rstrip(".") else b""

    files = sorted((postfix.folder / "Maildir" / "new").glob("*"))
    checked = 0
    for path in files:
        raw = path.read_bytes()
        if b"multipart/report" in raw[:4000] or checked >= 25:
            continue
        # The Maildir has LF; on the wire, and signed, it was CRLF. The delivery added Return-Path and Delivered-To.
        assert dkim.verify(re.sub(rb"\r?\n", b"\r\n", raw), dnsfunc=dns), path.read_text()[:2000]
        checked += 1
    assert checked == 25 and asked


def bounced(author, number, bounces):
    """The genuine bounce went to the return path, whose token names the recipient."""
    assert len(bounces) == 2
    issuer = TokenIssuer(installation_keyring())
    named = set()
    for each in bounces:
        assert str(each["Return-Path"]) == "<>", "a bounce itself has the empty return path (RFC 5321, 4.5.5)"
        local, _at, domain = str(each["Delivered-To"]).partition("@")
        assert domain == "bounces.test"
        token = issuer.read_address(local, SYSTEM_CLOCK.now())
        assert (token.account_id, token.campaign_id) == (author.account_id, number)
        named.add(token.ordinal)
        status = next(part for part in each.walk() if part.get_content_type() == "message/delivery-status")
        assert "5.1.1" in status.as_string() and "unknown" in status.as_string()
    assert named == {PEOPLE + 2, PEOPLE + 3}


def queue_ids(author, number, mails, postfix):
    """The id under which Postfix logged a message is in the answer about its recipient."""
    for address in ("person7@lake.example", "jörg@lake.example"):
        outcome = outcome_for_address(author.actor, author.account_id, number, address)
        assert outcome.state == "accepted"
        found = re.search(r"queued as (\S+)", outcome.attempts[0].reply)
        assert found, outcome.attempts
        assert re.search(rf"{found[1]}: to=<{re.escape(address)}>.*status=sent", postfix.wait_for_log(found[1]))
