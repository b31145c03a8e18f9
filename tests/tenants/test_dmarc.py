"""DMARC is discovered by the tree walk of RFC 9989, and judged by what receivers will do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.authoritative import authoritative, txt

from fairpost.tenants.dns.dmarc import check_dmarc
from fairpost.tenants.dns.dmarc_record import (
    aligned,
    applicable,
    organisational_domain,
    policy,
    walk_tree,
    walked_names,
)
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.subject import PublishedKey, Subject

SUBJECT = Subject(
    domain="news.example.org",
    keys=(PublishedKey("s", "rsa", "AAAA", active=True),),
    return_path_domain="bounces.platform.example",
    link_domain="",
    platform_host="mail.platform.example",
    platform_return_path_domain="bounces.platform.example",
)


def zone_of(**records: str) -> dict:
    """Keys are domains with _ for the dot; values the DMARC records there."""
    return {f"_dmarc.{name.replace('_', '.')}": {"TXT": [txt(text)]} for name, text in records.items()}


def walk(zone: dict, domain: str):
    with authoritative(zone) as server:
        found = walk_tree(domain, Resolver(server.nameservers, 2))
        return found, server.asked


def test_a_short_name_is_walked_label_by_label():
    _found, asked = walk({}, "a.b.example.org")
    assert [name for name, _kind in asked] == [
        "_dmarc.a.b.example.org",
        "_dmarc.b.example.org",
        "_dmarc.example.org",
        "_dmarc.org",
    ]


def test_a_long_name_takes_eight_questions_at_most():
    names = walked_names("a.b.c.d.e.f.g.h.i.j.mail.example.com")
    assert len(names) == 8
    assert names[:3] == ["a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com"]
    assert names[-1] == "com"
    assert len(walked_names("a.b.c.d.e.f.g.com")) == 8


@pytest.mark.parametrize(
    ("zone", "domain", "organisational"),
    [
        (zone_of(example_org="v=DMARC1; p=none"), "news.example.org", "example.org"),
        (
            zone_of(news_example_org="v=DMARC1; p=none", example_org="v=DMARC1; p=none"),
            "news.example.org",
            "example.org",
        ),
        (
            zone_of(news_example_org="v=DMARC1; p=none; psd=n", example_org="v=DMARC1; p=none"),
            "a.news.example.org",
            "news.example.org",
        ),
        (zone_of(gov_example="v=DMARC1; p=none; psd=y"), "a.city.gov.example", "city.gov.example"),
        (zone_of(gov_example="v=DMARC1; p=none; psd=y"), "gov.example", "gov.example"),
        (zone_of(org="v=DMARC1; p=none; psd=y"), "news.example.org", "example.org"),
        ({}, "news.example.org", "news.example.org"),
    ],
)
def test_the_organisational_domain(zone, domain, organisational):
    assert organisational_domain(walk(zone, domain)[0]) == organisational


def test_a_walk_stops_at_a_boundary():
    zone = zone_of(example_org="v=DMARC1; p=reject; psd=n", org="v=DMARC1; p=none; psd=y")
    found, asked = walk(zone, "news.example.org")
    assert len(asked) == 2
    assert [each.domain for each in found.records] == ["example.org"]


@pytest.mark.parametrize(
    ("record", "domain", "exists", "wanted"),
    [
        ("v=DMARC1; p=reject", "example.org", True, "reject"),
        ("v=DMARC1; p=reject", "news.example.org", True, "reject"),
        ("v=DMARC1; p=reject; sp=none", "news.example.org", True, "none"),
        ("v=DMARC1; p=reject; sp=none", "example.org", True, "reject"),
        ("v=DMARC1; p=none; sp=none; np=reject", "gone.example.org", False, "reject"),
        ("v=DMARC1; p=none; sp=quarantine", "gone.example.org", False, "quarantine"),
        ("v=DMARC1; p=reject; t=y", "example.org", True, "quarantine"),
        ("v=DMARC1; p=quarantine; t=y", "example.org", True, "none"),
        ("v=DMARC1; p=none; t=y", "example.org", True, "none"),
        ("v=DMARC1; p=reject; pct=0", "example.org", True, "reject"),
        ("v=DMARC1; p=everything", "example.org", True, "none"),
    ],
)
def test_the_policy_that_applies(record, domain, exists, wanted):
    found = applicable(walk(zone_of(example_org=record), domain)[0])
    assert policy(found, domain, exists) == wanted


def test_the_domains_own_record_comes_before_its_organisations():
    zone = zone_of(news_example_org="v=DMARC1; p=none", example_org="v=DMARC1; p=reject")
    assert applicable(walk(zone, "news.example.org")[0]).domain == "news.example.org"
    assert applicable(walk(zone, "other.example.org")[0]).domain == "example.org"


def test_a_suffixs_policy_applies_where_nothing_nearer_does():
    found = applicable(walk(zone_of(gov_example="v=DMARC1; p=reject; psd=y"), "city.gov.example")[0])
    assert (found.domain, policy(found, "city.gov.example")) == ("gov.example", "reject")


def test_what_is_no_record_does_not_count():
    zone = {"_dmarc.example.org": {"TXT": [txt("v=DMARC2; p=reject"), txt("p=reject; v=DMARC1"), txt("hello")]}}
    assert applicable(walk(zone, "example.org")[0]) is None


@pytest.mark.parametrize(
    ("mode", "other", "holds"),
    [
        ("r", "bounces.example.org", True),
        ("s", "bounces.example.org", False),
        ("s", "news.example.org", True),
        ("r", "example.com", False),
        ("r", "notexample.org", False),
    ],
)
def test_alignment(mode, other, holds):
    with authoritative(zone_of(example_org="v=DMARC1; p=none", org="v=DMARC1; psd=y")) as server:
        assert aligned("news.example.org", other, mode, Resolver(server.nameservers, 2)) is holds


def check(zone, **options):
    with authoritative(zone) as server:
        return check_dmarc(replace(SUBJECT, **options), Resolver(server.nameservers, 2))


def test_mail_that_aligns_by_its_signature_is_ok():
    (finding,) = check(zone_of(example_org="v=DMARC1; p=reject"))
    assert finding.status == "ok"
    assert "reject" in finding.found
    assert "DKIM" in finding.found
    assert "return path" not in finding.found


def test_mail_that_aligns_by_its_return_path_alone_is_ok():
    (finding,) = check(zone_of(example_org="v=DMARC1; p=reject"), keys=(), return_path_domain="b.example.org")
    assert finding.status == "ok"
    (strict,) = check(zone_of(example_org="v=DMARC1; p=reject; aspf=s"), keys=(), return_path_domain="b.example.org")
    assert strict.status == "error"


def test_mail_that_aligns_by_nothing_is_an_error():
    waiting = (PublishedKey("s", "rsa", "AAAA", active=False),)
    (finding,) = check(zone_of(example_org="v=DMARC1; p=none"), keys=waiting)
    assert finding.status == "error"
    assert "Nothing aligns" in finding.found


def test_no_record_is_an_error_with_the_least_to_publish():
    (finding,) = check({})
    assert (finding.status, 'v=DMARC1; p=none"' in finding.advice) == ("error", True)


def test_two_records_count_as_none():
    zone = {"_dmarc.news.example.org": {"TXT": [txt("v=DMARC1; p=none"), txt("v=DMARC1; p=reject")]}}
    (finding,) = check(zone)
    assert (finding.status, "several" in finding.found) == ("error", True)


def test_removed_tags_and_missing_policies_are_warnings():
    _ok, removed = check(zone_of(example_org="v=DMARC1; p=reject; pct=20; ri=60"))
    assert (removed.status, "pct, ri" in removed.found) == ("warning", True)
    _ok, missing = check(zone_of(example_org="v=DMARC1; rua=mailto:x@example.org"))
    assert (missing.status, "counts as none" in missing.found) == ("warning", True)
