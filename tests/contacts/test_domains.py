"""Domains are asked for once, by a real DNS server, and what takes no mail is flagged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from tests.authoritative import SERVFAIL, authoritative
from tests.builders.contacts import make_contacts
from tests.builders.tenants import make_account

from fairpost.contacts.actions.check_domains import check_domains
from fairpost.contacts.domains.lookup import make_resolver, split_port
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Invalid

ZONE = {
    "good.example": {"MX": ["20 b.mail.example.", "10 a.mail.example."]},
    "null.example": {"MX": ["0 ."]},
    "bare.example": {"A": ["192.0.2.1"]},
    "six.example": {"AAAA": ["2001:db8::1"]},
    "empty.example": {"TXT": ['"nothing for mail"']},
    "sick.example": SERVFAIL,
    "example": {"TXT": ['"the zone itself"']},
}


@pytest.fixture
def ada(db):
    tenant = make_account()
    names = ("good", "null", "bare", "six", "empty", "sick", "gone")
    make_contacts(tenant, *(f"{who}@{name}.example" for name in names for who in ("a", "b")))
    return tenant


@pytest.fixture
def dns():
    with authoritative(ZONE) as server:
        before = settings.FAIRPOST
        settings.FAIRPOST = replace(before, nameservers=server.nameservers)
        yield server
        settings.FAIRPOST = before


def held() -> dict[str, tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT domain, verdict, mx::text, provider FROM contact_domain")
        return {row[0].partition(".")[0]: row[1:] for row in cursor.fetchall()}


def test_each_domain_is_asked_for_once_and_judged(ada, dns):
    clock = FixedClock(datetime(2026, 5, 1, tzinfo=UTC))
    found = check_domains(actor=ada.owner, account_id=ada.account_id, clock=clock)
    assert found.asked == 7
    assert held() == {
        "good": ("ok", '[[10, "a.mail.example"], [20, "b.mail.example"]]', "mail.example"),
        "bare": ("ok", "[]", "bare.example"),
        "six": ("ok", "[]", "six.example"),
        "null": ("null_mx", "[]", ""),
        "empty": ("dead", "[]", ""),
        "gone": ("dead", "[]", ""),
        "sick": ("unknown", "[]", ""),
    }
    assert set(found.unusable) == {
        ("null.example", "null_mx", 2), ("empty.example", "dead", 2), ("gone.example", "dead", 2),
    }  # fmt: skip
    asked = len([name for name, kind in dns.asked if kind == "MX" and not name.startswith("sick")])
    assert asked == 6
    assert check_domains(actor=ada.owner, account_id=ada.account_id, clock=clock).asked == 0
    clock.advance(timedelta(hours=7))
    assert check_domains(actor=ada.owner, account_id=ada.account_id, clock=clock).verdicts == {"unknown": 1}
    clock.advance(timedelta(days=31))
    assert check_domains(actor=ada.owner, account_id=ada.account_id, clock=clock).asked == 7


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_servers_with_and_without_port(text, server):
    assert split_port(text) == server


def test_a_setting_that_names_no_server_is_refused():
    with pytest.raises(Invalid):
        make_resolver("not a server")
