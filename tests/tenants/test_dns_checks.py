"""Each check says what stands in DNS and what to do, and never takes a failure to answer for an answer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from tests.authoritative import SERVFAIL, TIMEOUT, TRUNCATE, authoritative, txt

from fairpost.kernel.errors import Invalid
from fairpost.tenants.dns.checks import run_checks
from fairpost.tenants.dns.dkim import check_dkim
from fairpost.tenants.dns.link_domain import check_link_domain
from fairpost.tenants.dns.resolver import DnsFailed, Resolver
from fairpost.tenants.dns.return_path import check_return_path
from fairpost.tenants.dns.subject import PublishedKey, Subject
from fairpost.tenants.dns.tags import parse_tags

KEY = PublishedKey("fp1", "rsa", "AAAA" * 90, active=True)
NAME = "fp1._domainkey.example.org"
GOOD = f"v=DKIM1; k=rsa; p={KEY.public_key}"
SUBJECT = Subject(
    domain="example.org",
    keys=(KEY,),
    return_path_domain="bounces.example.org",
    link_domain="links.example.org",
    platform_host="mail.platform.example",
    platform_return_path_domain="bounces.platform.example",
    sending_addresses=("198.51.100.7",),
)
ALL_GOOD = {
    NAME: {"TXT": [txt(GOOD)]},
    "_dmarc.example.org": {"TXT": [txt("v=DMARC1; p=quarantine")]},
    "bounces.example.org": {"CNAME": ["bounces.platform.example."]},
    "bounces.platform.example": {
        "MX": ["10 mx.platform.example."],
        "TXT": [txt("v=spf1 ip4:198.51.100.0/24 -all")],
    },
    "mx.platform.example": {"A": ["198.51.100.9"]},
    "links.example.org": {"CNAME": ["mail.platform.example."]},
    "mail.platform.example": {"A": ["198.51.100.10"]},
}


def ask(check, zone, subject=SUBJECT, lifetime=5.0):
    with authoritative(zone) as server:
        return check(subject, Resolver(server.nameservers, lifetime))


def test_all_in_order_is_all_ok():
    findings = ask(run_checks, ALL_GOOD)
    assert [(each.check, each.status) for each in findings] == [
        (name, "ok") for name in ("dkim", "spf", "dmarc", "return-path", "link-domain")
    ]
    assert not any(each.advice for each in findings)


def test_an_empty_dns_is_an_error_everywhere_with_advice():
    findings = ask(run_checks, {})
    assert {each.check for each in findings} == {"dkim", "spf", "dmarc", "return-path", "link-domain"}
    assert all(each.status == "error" and each.advice for each in findings)


@pytest.mark.parametrize("trouble", [SERVFAIL, TIMEOUT])
def test_no_answer_is_not_taken_for_no_record(trouble):
    zone = {**ALL_GOOD, NAME: trouble}
    finding = ask(run_checks, zone, lifetime=0.5)[0]
    assert (finding.check, finding.status) == ("dkim", "error")
    assert "no answer" in finding.found
    assert "There is no" not in finding.found


def test_one_silent_name_leaves_the_other_checks_standing():
    findings = ask(run_checks, {**ALL_GOOD, "_dmarc.example.org": SERVFAIL})
    assert [each.check for each in findings if each.status == "error"] == ["dmarc"]


def test_slow_name_servers_cannot_hold_a_check_for_long():
    silent = dict.fromkeys([*ALL_GOOD, "_dmarc.org", "example.org"], TIMEOUT)
    with authoritative(silent) as server:
        began = time.monotonic()
        findings = run_checks(SUBJECT, Resolver(server.nameservers, lifetime=0.3, budget=0.5))
    assert time.monotonic() - began < 1.5
    assert {each.status for each in findings} == {"error"}
    assert "no time left" in findings[-1].found


def test_a_truncated_answer_is_asked_again_over_tcp():
    zone = {NAME: TRUNCATE, f"{NAME}/full": {"TXT": [txt(GOOD)]}}
    (finding,) = ask(check_dkim, zone)
    assert finding.status == "ok"


def test_a_key_behind_an_alias_is_found():
    zone = {NAME: {"CNAME": ["k.platform.example."]}, "k.platform.example": {"TXT": [txt(GOOD)]}}
    (finding,) = ask(check_dkim, zone)
    assert finding.status == "ok"


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([GOOD.replace("A", "B")], "another key"),
        (["v=DKIM1; k=rsa; p="], "revoked"),
        ([f"v=DKIM1; k=ed25519; p={KEY.public_key}"], "another kind"),
        ([f"v=DKIM2; p={KEY.public_key}"], "cannot be read"),
        ([f"v=DKIM1; v=DKIM1; p={KEY.public_key}"], "cannot be read"),
        ([GOOD, GOOD + ";"], "2 DKIM records"),
        ([GOOD + "; h=sha1"], "SHA-256"),
        ([GOOD + "; s=tlsrpt"], "does not allow mail"),
        (["something else"], "no DKIM record"),
        ([GOOD + "; n=\x1b[31mred\x07; h=sha1:\x1b[2J"], "SHA-256"),
    ],
)
def test_a_wrong_key_record_is_an_error(records, said):
    (finding,) = ask(check_dkim, {NAME: {"TXT": [txt(each) for each in records]}})
    assert finding.status == "error"
    assert said in finding.found
    assert finding.advice
    assert "\x1b" not in finding.found


def test_a_key_in_testing_mode_is_a_warning():
    (finding,) = ask(check_dkim, {NAME: {"TXT": [txt(GOOD + "; t=y:s")]}})
    assert finding.status == "warning"


def test_blanks_in_a_key_do_not_matter():
    spaced = GOOD.replace("AAAAAAAA", "AAAA AAAA", 1).replace("; ", " ;  ")
    (finding,) = ask(check_dkim, {NAME: {"TXT": [txt(spaced)]}})
    assert finding.status == "ok"


def test_a_waiting_key_warns_and_no_active_key_is_an_error():
    waiting = replace(SUBJECT, keys=(replace(KEY, active=False),))
    missing = ask(check_dkim, {}, waiting)
    assert [each.status for each in missing] == ["warning", "error"]
    assert [each.status for each in ask(check_dkim, ALL_GOOD, waiting)] == ["ok", "error"]


@pytest.mark.parametrize(
    ("records", "status", "said"),
    [
        ({"MX": ["0 ."]}, "error", "null MX"),
        ({"MX": ["10 mx.gone.example."]}, "error", "has an address"),
        ({"A": ["198.51.100.9"]}, "warning", "no MX"),
        ({"TXT": ['"x"']}, "error", "neither"),
        ({"MX": ["10 mx.gone.example.", "20 mx.platform.example."]}, "ok", "mx.platform.example"),
    ],
)
def test_a_return_path_must_take_mail(records, status, said):
    zone = {"bounces.example.org": records, "mx.platform.example": {"AAAA": ["2001:db8::9"]}}
    (finding,) = ask(check_return_path, zone)
    assert (finding.status, said in finding.found) == (status, True)


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ({"CNAME": ["mail.platform.example."]}, "ok"),
        ({"CNAME": ["hop.example.org."]}, "ok"),
        ({"A": ["198.51.100.10"]}, "ok"),
        ({"A": ["203.0.113.66"]}, "error"),
        ({"A": ["198.51.100.10", "203.0.113.66"]}, "error"),
        ({"A": ["127.0.0.1"]}, "error"),
        ({"CNAME": ["elsewhere.example."]}, "error"),
        ({"TXT": ['"x"']}, "error"),
    ],
)
def test_links_must_lead_to_the_platform(records, status):
    zone = {
        "links.example.org": records,
        "hop.example.org": {"CNAME": ["mail.platform.example."]},
        "mail.platform.example": {"A": ["198.51.100.10"]},
        "elsewhere.example": {"A": ["203.0.113.66"]},
    }
    (finding,) = ask(check_link_domain, zone)
    assert finding.status == status


def test_the_platforms_own_link_host_needs_no_check():
    assert ask(check_link_domain, {}, replace(SUBJECT, link_domain="")) == []


def test_an_alias_loop_ends():
    zone = {"a.example.org": {"CNAME": ["b.example.org."]}, "b.example.org": {"CNAME": ["a.example.org."]}}
    with authoritative(zone) as server, pytest.raises(DnsFailed):
        Resolver(server.nameservers, 2).addresses("a.example.org")


@pytest.mark.parametrize("setting", ["localhost", "1.2.3.4:x", "1.2.3.4:99999", "1.2.3", "[::1", "1.2.3.4,,"])
def test_a_wrong_nameserver_setting_is_said(setting):
    with pytest.raises(Invalid, match="nameservers"):
        Resolver(setting)


def test_tag_lists_are_read_strictly():
    assert parse_tags("v=DKIM1; p=ab ; t=y;") == {"v": "DKIM1", "p": "ab", "t": "y"}
    for wrong in ("", "v", "v=1; v=2", "1=2", "v=1;; p=2"):
        assert parse_tags(wrong) is None


@pytest.mark.parametrize(
    ("setting", "address", "port"),
    [
        ("192.0.2.1", "192.0.2.1", 53),
        ("192.0.2.1:5353", "192.0.2.1", 5353),
        ("2001:db8::1", "2001:db8::1", 53),
        ("[2001:db8::1]:5353", "2001:db8::1", 5353),
    ],
)
def test_a_nameserver_setting_names_address_and_port(setting, address, port):
    server = Resolver(f"{setting}, 192.0.2.9").resolver.nameservers[0]
    assert (server.address, server.port) == (address, port)
