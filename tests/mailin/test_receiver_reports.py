"""Reports of receivers are kept once, for the account whose domain they are about, and shown to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.builders.campaigns import make_author
from tests.builders.receivers import dmarc, gzipped, report_mail, tls, zipped
from tests.builders.returned import sent

from fairpost.events.queries.receiver_reports import dmarc_summary, tls_reports
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.mailin.taking import take_for
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db(transaction=True)
CLOCK = FixedClock(datetime(2027, 1, 5, tzinfo=UTC))
RFC_9990 = ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'


def take(attachment: bytes, kind: str = "application/gzip") -> None:
    assert take_for(report_mail(attachment, kind), "noreply@provider.example", "dmarc@localhost").startswith("250")


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (gzipped(dmarc()), "application/gzip"),
        (zipped(dmarc()), "application/zip"),
        (dmarc(), "text/xml"),
        (gzipped(dmarc(namespace=RFC_9990)), "application/octet-stream"),
    ],
)
def test_a_dmarc_report_is_taken_once_however_it_is_packed(author, packed, kind):
    for _time in range(2):
        take(packed, kind)
    seen = dmarc_summary(author.actor, author.account_id, "Sender.Example", clock=CLOCK)
    assert (seen.messages, seen.passed, len(seen.reports)) == (3, 3, 1)
    [source] = seen.sources
    assert (source.source, source.aligned_dkim, source.aligned_spf, source.held_back) == ("192.0.2.1", 3, 0, 0)
    assert (source.dkim_domains, source.spf_domains) == (["sender.example"], ["bounces.localhost"])
    assert seen.reports[0].published == {"domain": "sender.example", "p": "none", "pct": "100"}


def test_rows_of_other_domains_are_not_the_accounts(author):
    rows = [
        ("192.0.2.1", 5, "pass", "pass", "news.sender.example"),
        ("2001:db8::1", 7, "fail", "fail", "sender.example"),
        ("192.0.2.9", 9, "pass", "pass", "notsender.example"),
        ("192.0.2.9", 9, "pass", "pass", "example"),
        ("nowhere", 9, "pass", "pass", "sender.example"),
    ]
    take(gzipped(dmarc("example", rows=rows)))
    seen = dmarc_summary(author.actor, author.account_id, "sender.example", clock=CLOCK)
    assert [(each.source, each.messages, each.passed, each.held_back) for each in seen.sources] == [
        ("2001:db8::1", 7, 0, 7), ("192.0.2.1", 5, 5, 0),
    ]  # fmt: skip


def test_another_accounts_domain_does_not_exist(author):
    mallory = make_author(owner="Mallory", from_address="news@other.example")
    sent(mallory, 5, [])
    take(gzipped(dmarc()))
    take(gzipped(tls()), "application/tlsrpt+gzip")
    for read in (dmarc_summary, tls_reports):
        with pytest.raises(NotFound):
            read(mallory.actor, mallory.account_id, "sender.example", clock=CLOCK)
        with pytest.raises(NotFound):
            read(mallory.actor, author.account_id, "sender.example", clock=CLOCK)
    assert dmarc_summary(mallory.actor, mallory.account_id, "other.example", clock=CLOCK).messages == 0


def test_two_accounts_of_one_domain_both_see_its_reports(author):
    other = make_author(owner="Ben")
    take(gzipped(dmarc()))
    for each in (author, other):
        assert dmarc_summary(each.actor, each.account_id, "sender.example", clock=CLOCK).messages == 3


def test_a_tls_report_is_shown_to_who_owns_the_domain(author):
    take(gzipped(tls()), "application/tlsrpt+gzip")
    take(tls(), "application/tlsrpt+json")
    [line] = tls_reports(author.actor, author.account_id, "sender.example", clock=CLOCK)
    assert (line.policy, line.successes, line.failures) == ("sts", 5326, 303)
    assert line.details == [{"result": "certificate-expired", "sessions": 303, "mx": "mx1", "reason": ""}]


def test_those_about_the_installation_are_for_its_operator(author):
    take(gzipped(tls("bounces.localhost")))
    [line] = tls_reports(local_operator(), author.account_id, "bounces.localhost", clock=CLOCK)
    assert line.failures == 303
    with pytest.raises((NotFound, Forbidden)):
        tls_reports(author.actor, author.account_id, "bounces.localhost", clock=CLOCK)
