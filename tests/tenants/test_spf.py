"""SPF is evaluated as receivers do it (RFC 7208), limits included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.authoritative import SERVFAIL, authoritative, txt

from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.spf import check_spf
from fairpost.tenants.dns.spf_record import check_host
from fairpost.tenants.dns.subject import Subject

SENDER = "198.51.100.7"
SUBJECT = Subject(
    domain="example.org",
    keys=(),
    return_path_domain="b.example.org",
    link_domain="",
    platform_host="mail.platform.example",
    platform_return_path_domain="b.platform.example",
    sending_addresses=(SENDER,),
)


def spf(record: str, more: dict | None = None, address: str = SENDER):
    zone = {"b.example.org": {"TXT": [txt(record)]}, **(more or {})}
    with authoritative(zone) as server:
        return check_host(address, "b.example.org", Resolver(server.nameservers, 2))


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:198.51.100.7 -all", "pass"),
        ("v=spf1 ip4:198.51.100.0/24 -all", "pass"),
        ("v=spf1 ip4:203.0.113.0/24 -all", "fail"),
        ("v=spf1 ip4:203.0.113.0/24 ~all", "softfail"),
        ("v=spf1 ip4:203.0.113.0/24", "neutral"),
        ("v=spf1 ?ip4:198.51.100.7 -all", "neutral"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 a -all", "fail"),
        ("v=spf1 a:mta.example.org -all", "pass"),
        ("v=spf1 a:mta.example.org/24 -all", "pass"),
        ("v=spf1 mx:example.org -all", "pass"),
        ("v=spf1 include:_spf.example.org -all", "pass"),
        ("v=spf1 include:_deny.example.org ~all", "softfail"),
        ("v=spf1 redirect=_spf.example.org", "pass"),
        ("v=spf1 exists:mta.example.org -all", "pass"),
        ("V=SPF1 IP4:198.51.100.7 -ALL", "pass"),
        ("v=spf1 exp=why.example.org unknown=x ip4:198.51.100.7", "pass"),
        ("v=spf1 include:nothing.example.org -all", "permerror"),
        ("v=spf1 redirect=nothing.example.org", "permerror"),
        ("v=spf1 ip4:300.1.1.1 -all", "permerror"),
        ("v=spf1 -all ip4:nonsense", "permerror"),
        ("v=spf1 all:x", "permerror"),
        ("v=spf1 include: -all", "permerror"),
        ("v=spf1 a/33 -all", "permerror"),
        ("v=spf1 foo -all", "permerror"),
        ("v=spf1 include:broken.example.org -all", "temperror"),
        ("v=spf10 +all", "none"),
        ("v=spf1 include:b.example.org -all", "permerror"),
    ],
)
def test_a_record_comes_to(record, result):
    more = {
        "mta.example.org": {"A": [SENDER]},
        "example.org": {"MX": ["10 mta.example.org."]},
        "_spf.example.org": {"TXT": [txt(f"v=spf1 ip4:{SENDER} -all")]},
        "_deny.example.org": {"TXT": [txt("v=spf1 -all")]},
        "broken.example.org": SERVFAIL,
    }
    assert spf(record, more)[0] == result


def test_ipv6_senders_match_their_networks():
    assert spf("v=spf1 ip6:2001:db8::/32 -all", address="2001:db8::7")[0] == "pass"
    more = {"mta.example.org": {"A": [SENDER], "AAAA": ["2001:db8::1"]}}
    assert spf("v=spf1 a:mta.example.org//64 -all", more, "2001:db8::7")[0] == "pass"


def chain(length: int) -> dict:
    return {
        f"s{n}.example.org": {
            "TXT": [txt(f"v=spf1 include:s{n + 1}.example.org ?all" if n < length else "v=spf1 ?all")]
        }
        for n in range(1, length + 1)
    }


def test_ten_lookups_are_allowed_and_eleven_are_not():
    assert spf("v=spf1 include:s1.example.org -all", chain(10))[0] == "fail"
    result, evaluation = spf("v=spf1 include:s1.example.org -all", chain(11))
    assert result == "permerror"
    assert "10 lookups" in evaluation.fault


def test_three_lookups_that_find_nothing_are_too_many():
    assert spf("v=spf1 a:x1.example.org a:x2.example.org -all")[0] == "fail"
    result, evaluation = spf("v=spf1 a:x1.example.org a:x2.example.org a:x3.example.org -all")
    assert result == "permerror"
    assert "nothing" in evaluation.fault


def test_a_domain_with_eleven_exchangers_is_an_error():
    more = {"big.example.org": {"MX": [f"{n} m{n}.example.org." for n in range(11)]}}
    assert spf("v=spf1 mx:big.example.org -all", more)[0] == "permerror"


def test_what_depends_on_macros_is_named():
    result, evaluation = spf("v=spf1 exists:%{i}.spf.example.org ~all")
    assert (result, evaluation.unsure) == ("softfail", ["exists:%{i}.spf.example.org"])


def check(zone, **options):
    with authoritative(zone) as server:
        return check_spf(replace(SUBJECT, **options), Resolver(server.nameservers, 2))


def record(text: str, **more) -> dict:
    return {"b.example.org": {"TXT": [txt(text)]}, **more}


def test_the_check_names_each_address_that_may_not_send():
    zone = record("v=spf1 ip4:198.51.100.7 -all")
    (ok,) = check(zone)
    assert ok.status == "ok"
    (refused,) = check(zone, sending_addresses=(SENDER, "203.0.113.0/28"))
    assert refused.status == "error"
    assert "203.0.113.0/28" in refused.found
    assert "ip4:203.0.113.0/28" in refused.advice


def test_the_check_wants_the_include_where_only_that_is_known():
    wanted = {"sending_addresses": (), "spf_include": "_spf.platform.example"}
    there = {"_spf.platform.example": {"TXT": [txt("v=spf1 ip4:198.51.100.0/24 ~all")]}}
    (ok,) = check(record("v=spf1 include:_spf.platform.example -all", **there), **wanted)
    assert ok.status == "ok"
    (missing,) = check(record("v=spf1 -all"), **wanted)
    assert (missing.status, "include:_spf.platform.example" in missing.advice) == ("error", True)


def test_the_check_warns_where_nothing_is_configured():
    (finding,) = check(record("v=spf1 -all"), sending_addresses=())
    assert finding.status == "warning"


@pytest.mark.parametrize(
    "zone",
    [
        {},
        {"b.example.org": {"TXT": [txt("v=spf1 -all"), txt("v=spf1 +all")]}},
        record("v=spf1 include:gone.example.org -all"),
    ],
)
def test_a_missing_double_or_broken_record_is_an_error(zone):
    (finding,) = check(zone)
    assert (finding.status, bool(finding.advice)) == ("error", True)
