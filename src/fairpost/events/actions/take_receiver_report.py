"""Keeps a receiver's report for each account whose domain it is about, once; other domains' reports are not kept.

Nothing proves who wrote such a report: it is shown as what somebody said, and nothing else follows from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairpost.events.receivers.dmarc import DmarcReport, DmarcRow
from fairpost.events.receivers.tls import TlsReport
from fairpost.events.returned_mail import NOBODY
from fairpost.tenants.queries.return_paths import owners_of_domains, owners_of_return_paths

# By the primary key.
INSERT_DMARC = """
    INSERT INTO dmarc_report (account_id, domain, reporter, report_id, published, begins_at, ends_at, messages,
        taken_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, domain, reporter, report_id) DO NOTHING RETURNING id"""
INSERT_ROWS = """
    INSERT INTO dmarc_row (account_id, report, line, source, messages, disposition, aligned_dkim, aligned_spf,
        header_from, dkim_domain, dkim_result, spf_domain, spf_result)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
INSERT_TLS = """
    INSERT INTO tls_report (account_id, domain, reporter, report_id, policy, begins_at, ends_at, successes, failures,
        details, taken_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, domain, reporter, report_id, policy) DO NOTHING"""


@transaction.atomic
def take_dmarc_report(report: DmarcReport, now: datetime) -> int:
    """Returns for how many accounts' domains it was about; 0 where for none. Taken again, nothing changes."""
    owners = owners_of_domains(frozenset(names_above(each.header_from for each in report.rows)))
    for account_id, domain in owners:
        rows = [each for each in report.rows if is_within(each.header_from, domain)]
        store_dmarc(account_id, domain, report, rows, now)
    return len(owners)


def store_dmarc(account_id: int, domain: str, report: DmarcReport, rows: Sequence[DmarcRow], now: datetime) -> None:
    messages = sum(each.messages for each in rows)
    head = [account_id, domain, report.reporter, report.report_id, json.dumps(report.published)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_DMARC, [*head, report.begins_at, report.ends_at, min(messages, 2**62), now])
        row = cursor.fetchone()
        if row is not None:
            lines: list[list[Any]] = [
                [account_id, row[0], number, *asdict(each).values()] for number, each in enumerate(rows, 1)
            ]
            cursor.executemany(INSERT_ROWS, lines)


@transaction.atomic
def take_tls_report(report: TlsReport, now: datetime) -> int:
    """Returns for how many owners' domains it was about, the installation itself among them; 0 where for none."""
    names = frozenset(each.domain for each in report.policies)
    owners = {*owners_of_domains(names), *owners_of_return_paths(names)}
    owners |= {(NOBODY, each) for each in names & installation_domains()}
    with connection.cursor() as cursor:
        for account_id, domain in sorted(owners):
            for each in report.policies:
                if each.domain == domain:
                    details = json.dumps([asdict(detail) for detail in each.details])
                    cursor.execute(
                        INSERT_TLS,
                        [
                            account_id, domain, report.reporter, report.report_id, each.kind, report.begins_at,
                            report.ends_at, each.successes, each.failures, details, now,
                        ],
                    )  # fmt: skip
    return len(owners)


def installation_domains() -> frozenset[str]:
    """Domains that are no account's: where returned mail and answers to the platform go."""
    configuration = settings.FAIRPOST
    return frozenset({configuration.platform_host.lower(), configuration.return_path_domain.lower()})


def names_above(domains: Iterable[str]) -> set[str]:
    """Each domain and all that it lies in: whoever sends from `example.org` is told of `news.example.org`."""
    found = set()
    for domain in set(domains):
        labels = domain.split(".")
        found |= {".".join(labels[start:]) for start in range(min(len(labels), 12))}
    return found


def is_within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
