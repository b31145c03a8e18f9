"""What receivers reported about a domain, for the account that uses it; another's domain does not exist."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from fairpost.events.actions.take_receiver_report import installation_domains
from fairpost.events.returned_mail import NOBODY
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.domains import domain_name
from fairpost.tenants.queries.return_paths import account_uses_domain

DAYS = 30
MOST = 1000

# By dmarc_report_page, then the rows' primary key.
SOURCES = """
    SELECT host(w.source), sum(w.messages)::bigint,
        coalesce(sum(w.messages) FILTER (WHERE w.aligned_dkim OR w.aligned_spf), 0)::bigint,
        coalesce(sum(w.messages) FILTER (WHERE w.aligned_dkim), 0)::bigint,
        coalesce(sum(w.messages) FILTER (WHERE w.aligned_spf), 0)::bigint,
        coalesce(sum(w.messages) FILTER (WHERE w.disposition <> 'none'), 0)::bigint,
        array_agg(DISTINCT w.dkim_domain), array_agg(DISTINCT w.spf_domain)
    FROM dmarc_report AS r JOIN dmarc_row AS w ON w.account_id = r.account_id AND w.report = r.id
    WHERE r.account_id = %s AND r.domain = %s AND r.ends_at >= %s
    GROUP BY w.source ORDER BY 2 DESC, 1 LIMIT %s"""
REPORTS = """
    SELECT reporter, report_id, begins_at, ends_at, messages, published FROM dmarc_report
    WHERE account_id = %s AND domain = %s AND ends_at >= %s ORDER BY ends_at DESC, reporter, report_id LIMIT %s"""
# By tls_report_page.
TLS = """
    SELECT reporter, policy, begins_at, ends_at, successes, failures, details FROM tls_report
    WHERE account_id = %s AND domain = %s AND ends_at >= %s ORDER BY ends_at DESC, reporter, policy LIMIT %s"""


@dataclass(frozen=True, slots=True)
class DmarcSource:
    """Messages from one address: how many, how many DMARC passed, aligned by what, not delivered as usual."""

    source: str
    messages: int
    passed: int
    aligned_dkim: int
    aligned_spf: int
    held_back: int
    dkim_domains: list[str]
    spf_domains: list[str]


@dataclass(frozen=True, slots=True)
class DmarcLine:
    """One report that was taken; `published` is the policy that its writer found."""

    reporter: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    messages: int
    published: dict[str, str]


@dataclass(frozen=True, slots=True)
class DmarcSummary:
    """All reports about a domain in the last days. Nothing proves who wrote them."""

    domain: str
    days: int
    messages: int
    passed: int
    sources: list[DmarcSource]
    reports: list[DmarcLine]


@dataclass(frozen=True, slots=True)
class TlsLine:
    """One report about TLS sessions to a domain, under one kind of policy; `details` say what failed and how often."""

    reporter: str
    policy: str
    begins_at: datetime
    ends_at: datetime
    successes: int
    failures: int
    details: list[dict[str, Any]]


def dmarc_summary(
    actor: Actor, account_id: int, domain: str, *, days: int = DAYS, clock: Clock = SYSTEM_CLOCK
) -> DmarcSummary:
    """By source address, the most messages first. Raises NotFound for a domain that the account does not send from."""
    owner, name = owned(actor, account_id, domain)
    given = [owner, name, clock.now() - timedelta(days=days), MOST]
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, given)
        sources = [DmarcSource(*row[:6], *(named(each) for each in row[6:])) for row in cursor.fetchall()]
        cursor.execute(REPORTS, given)
        reports = [DmarcLine(*row[:5], as_json(row[5])) for row in cursor.fetchall()]
    messages, passed = sum(each.messages for each in sources), sum(each.passed for each in sources)
    return DmarcSummary(name, days, messages, passed, sources, reports)


def tls_reports(
    actor: Actor, account_id: int, domain: str, *, days: int = DAYS, clock: Clock = SYSTEM_CLOCK
) -> list[TlsLine]:
    """The latest first. The operator also reads those about the installation's own domains."""
    owner, name = owned(actor, account_id, domain)
    with connection.cursor() as cursor:
        cursor.execute(TLS, [owner, name, clock.now() - timedelta(days=days), MOST])
        return [TlsLine(*row[:6], as_json(row[6])) for row in cursor.fetchall()]


def owned(actor: Actor, account_id: int, domain: str) -> tuple[int, str]:
    """(whose reports, the domain as A-labels)."""
    name = domain.lower() if domain.lower() in installation_domains() else domain_name(domain, "domain")
    if name in installation_domains() and actor.account_id is None:
        authorise(actor, "installation.manage")
        return NOBODY, name
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    if not account_uses_domain(account_id, name):
        raise NotFound(
            _("This account does not send from {domain}.").format(domain=name),
            hint=_("`fairpost identity list` shows its domains."),
        )
    return account_id, name


def named(values: list[str]) -> list[str]:
    return sorted(each for each in values if each)


def as_json(value: Any) -> Any:
    """Django's cursor gives jsonb as text."""
    return json.loads(value) if isinstance(value, str) else value
